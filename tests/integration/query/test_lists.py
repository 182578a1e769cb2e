"""Lists: lines, nodes and dead letters, page by page."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection


async def test_lines_come_page_by_page(query: httpx2.AsyncClient) -> None:
    """The next link leads to what follows, and the last page has none."""
    first = (await query.get("/v1/lines?limit=1")).json()
    second = (await query.get(first["next"])).json()
    assert [row["id"] for page in (first, second) for row in page["rows"]] == ["BE-0042-A", "BE-0042-B"]
    assert second["next"] is None
    row = first["rows"][0]
    assert (row["name"], row["station"], row["station_name"]) == (
        "Moerbroek city run 1",
        "BE-0042",
        "MOERBROEK Vaartdijk",
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("code=01789/1", 2),
        ("code=BE-0042-A", 1),
        ("code=none", 0),
        ("q=vaartdijk", 2),
        ("q=city+run", 1),
        ("q=.*", 0),
        ("q=%00", 0),
    ],
)
async def test_lines_are_found(query: httpx2.AsyncClient, asked: str, found: int) -> None:
    """By another code, by words of name or station; signs of a pattern mean themselves."""
    assert len((await query.get(f"/v1/lines?{asked}")).json()["rows"]) == found


async def test_one_line_and_one_node(query: httpx2.AsyncClient) -> None:
    """A line tells its terms, a node its compositions."""
    line = (await query.get("/v1/lines/BE-0042-A")).json()
    assert line["terms"][0]["from"] == "2026-09-01"
    node: dict[str, object] = {"id": "NODE-1", "name": "Moerbroek", "from": "2026-09-01", "to": None, "codes": []}
    node["readable"] = None
    assert (await query.get("/v1/nodes")).json() == {"rows": [node], "next": None}
    assert (await query.get("/v1/nodes/NODE-1")).json()["compositions"][0]["from"] == "2026-09-01"


async def test_dead_letters(query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]) -> None:
    """Dead letters are told with their reason and without their bytes."""
    letter = {"_id": "telemetry/0/9/0", "p": 0, "reason": "A9", "hour": 472_000, "original": b"{}", "state": "open"}
    database[Collection.DEAD_LETTERS].insert_one(letter)
    body = (await query.get("/v1/dead-letters")).json()
    told = {"id": "telemetry/0/9/0", "reason": "A9", "start": "2023-11-05T16:00:00Z", "state": "open"}
    assert body == {"rows": [told], "next": None}
