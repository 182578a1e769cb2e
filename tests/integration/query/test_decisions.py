"""Decisions: what became of changes of the register, and what is still pending."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import pytest

from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection

REFUSED = ["UNKNOWN_STATION", "lines[0].station", "station NOPE is not registered"]


@pytest.fixture(scope="module", autouse=True)
def decided(database: SyncDatabase[dict[str, Any]]) -> Iterator[None]:
    """Offsets 8 to 10 were decided, 11 was worked off and was no change, 12 was not reached."""
    asked = orjson.dumps({"author": "mia", "reason": "new station", "stations": []})
    documents = [(8, asked, "accepted", []), (9, asked, "refused", [REFUSED]), (10, b"\xff", "refused", [])]
    for offset, document, outcome, issues in documents:
        identity = {"_id": f"operations/{offset}", "kind": "topology", "document": document, "log_offset": offset + 90}
        database[Collection.DECISIONS].insert_one(
            {**identity, "outcome": outcome, "issues": issues, "known_at": 1_795_000_000_000 + offset}
        )
    position = {"_id": "aggregation/0", "sources": {"operations/0": [11, 0]}}
    database[Collection.PROGRESS].insert_one(position)
    yield
    database[Collection.DECISIONS].delete_many({})
    database[Collection.PROGRESS].delete_many({})


async def test_a_decision_says_who_asked_for_what_and_what_became_of_it(query: httpx2.AsyncClient) -> None:
    """The author and the reason are those of the change, the issues those of the refusal."""
    assert (await query.get("/v1/decisions/9")).json() == {
        "decision": 9,
        "kind": "topology",
        "author": "mia",
        "reason": "new station",
        "known_at": "2026-11-18T11:06:40.009Z",
        "outcome": "refused",
        "issues": [dict(zip(("code", "position", "message"), REFUSED, strict=True))],
    }


async def test_the_newest_decision_stands_first(query: httpx2.AsyncClient) -> None:
    """Page by page; a change that is no json has no author."""
    first = (await query.get("/v1/decisions?limit=2")).json()
    second = (await query.get(first["next"])).json()
    assert [row["decision"] for row in (*first["rows"], *second["rows"])] == [10, 9, 8]
    assert second["next"] is None
    assert (first["rows"][0]["author"], first["rows"][0]["outcome"]) == (None, "refused")


@pytest.mark.parametrize(("offset", "code"), [(12, "PENDING"), (11, "NOT_FOUND")])
async def test_pending_and_unknown_are_told_apart(query: httpx2.AsyncClient, offset: int, code: str) -> None:
    """Both are 404: what has not been worked off may still become a decision."""
    given = await query.get(f"/v1/decisions/{offset}")
    assert (given.status_code, given.json()["issues"][0]["code"]) == (404, code)
    assert ("retry-after" in given.headers) == (code == "PENDING")


@pytest.mark.parametrize("offset", ["-1", "x", "9223372036854775808"])
async def test_what_is_no_offset_is_refused(query: httpx2.AsyncClient, offset: str) -> None:
    """Only a place in the order of what was asked names a decision."""
    assert (await query.get(f"/v1/decisions/{offset}")).status_code == 422
