"""Nodes over HTTP: the sum of what their lines publish, what is missing, what they were made of, as known when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
import numpy as np
import orjson
import pytest

from deploy.local.servers import Servers
from services.query.explained.topology_history import node_history
from shared.domain import gas_time
from shared.domain.topology import Code, Composition, Node
from shared.runtime.mongo import SyncDatabase, connect
from shared.store.documents import Collection
from tests.callers import someone
from tests.integration.query.conftest import FIRST, GAP, NOW
from tests.integration.query.stored_lines import KNOWN_AT_MS, plausible_hours, reach, register, store_hours

A, B = "BE-0042-A", "BE-0042-B"
CHANGED = date(2026, 10, 11)
LATER_MS = KNOWN_AT_MS + 3_600_000
INNER = Node("INNER", "Inner", (Composition(FIRST, ((B, Decimal("0.5")),)),), codes=(Code("541453180000000003"),))
NODE = Node("GHENT", "Ghent", (Composition(FIRST, ((A, Decimal(1)),), ((INNER.id, Decimal(-1)),), "Ghent"),))
THEN = Composition(CHANGED, ((A, Decimal(1)), (B, Decimal(2))), (), "Ghent south")
AFTER = replace(NODE, name="Ghent south", compositions=(*NODE.compositions, THEN))
PERIOD = "from=2026-10-10&to=2026-10-12"


@pytest.fixture(scope="module", autouse=True)
def stored_nodes(database: SyncDatabase[dict[str, Any]]) -> None:
    """Line B has hours of October too; node GHENT is A - 0.5 B, and from 11 October on A + 2 B."""
    first = gas_time.hours_of_day(date(2026, 10, 10)).start
    store_hours(database, B, first, plausible_hours(range(first, first + 48), seed=2))
    register(database, INNER, NODE)
    words = {"author": "anna", "reason": "second run opened", "correction": "it was told late"}
    register(database, AFTER, known_at_ms=LATER_MS, offset=9, words=words)


async def _rows(query: httpx2.AsyncClient, what: str, view: str, more: str = PERIOD) -> list[dict[str, Any]]:
    """Return rows with their numbers as they are printed."""
    answer = await query.get(f"/v1/{what}/measurements?view={view}&{more}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = orjson.loads(answer.content)["rows"]
    return rows


def _exact(value: float | None) -> Decimal:
    return Decimal(str(value or 0))


@pytest.mark.parametrize("view", ["hour", "day"])
async def test_a_node_is_the_sum_of_its_lines(query: httpx2.AsyncClient, view: str) -> None:
    """Of what they publish themselves, with the weights of each gas day."""
    node, a, b = [await _rows(query, what, view) for what in (f"nodes/{NODE.id}", f"lines/{A}", f"lines/{B}")]
    assert len(node) == len(a) == len(b)
    for row, of_a, of_b in zip(node, a, b, strict=True):
        weight = Decimal(2) if row["gas_day"] >= CHANGED.isoformat() else Decimal("-0.5")
        for name in ("volume_m3n", "energy"):
            assert _exact(row[name]) == _exact(of_a[name]) + weight * _exact(of_b[name])
        assert (row["gcv"] is None) == (weight < 0)


async def test_missing_lines_are_named(query: httpx2.AsyncClient) -> None:
    """In the hours, the gas day and the month; the node has a row all the same."""
    hours = await _rows(query, f"nodes/{NODE.id}", "hour")
    assert [row["lines_missing"] for row in hours[:6]] == [[A]] * 5 + [[]]
    assert [(row["lines_expected"], row["lines_complete"], row["quality"]) for row in hours[4:6]] == [
        (2, 1, "MEASURED"),
        (2, 2, "MEASURED"),
    ]
    days = await _rows(query, f"nodes/{NODE.id}", "day")
    assert [(row["lines_missing"], row["hours_expected"], row["hours_present"]) for row in days] == [
        ([A], 48, 43),
        ([], 48, 48),
    ]
    months = await _rows(query, f"nodes/{NODE.id}", "month", "from=2026-10&to=2026-11")
    assert months[0]["lines_missing"] == [A, B]
    assert months[0]["validity"] == "PRELIMINARY"


async def test_columns_say_the_same(query: httpx2.AsyncClient) -> None:
    """As lists, of which the missing lines are lists themselves."""
    rows = await _rows(query, f"nodes/{NODE.id}", "hour")
    answer = await query.get(f"/v1/nodes/{NODE.id}/measurements?{PERIOD}&layout=columns")
    columns = orjson.loads(answer.content)["columns"]
    assert columns["volume_m3n"] == [row["volume_m3n"] for row in rows]
    assert columns["lines_missing"] == [row["lines_missing"] for row in rows]


async def test_what_a_reader_holds_is_304(query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]) -> None:
    """Until one of its lines, or what it is made of, changes."""
    path = f"/v1/nodes/{NODE.id}/measurements?from=2026-10-12&to=2026-10-13"
    tag = (await query.get(path)).headers["etag"]
    assert (await query.get(path, headers={"If-None-Match": tag})).status_code == 304
    hours = gas_time.hours_of_day(date(2026, 10, 12))
    store_hours(database, B, hours.start, plausible_hours(range(hours.start, hours.start + 1)))
    changed = await query.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    store_hours(database, B, hours.start, np.zeros(1, plausible_hours(range(1)).dtype))


async def test_weights_are_those_known_then(query: httpx2.AsyncClient) -> None:
    """As known before the change, the node was made of what it was made of before; its hours are their own."""
    moment = "2026-11-18T11:30:00Z"
    row = (await _rows(query, f"nodes/{NODE.id}", "day", f"{PERIOD}&known_at={moment}"))[1]
    a, b = [(await _rows(query, f"lines/{line}", "day", f"{PERIOD}&known_at={moment}"))[1] for line in (A, B)]
    assert _exact(row["volume_m3n"]) == _exact(a["volume_m3n"]) - Decimal("0.5") * _exact(b["volume_m3n"])
    now = (await _rows(query, f"nodes/{NODE.id}", "day"))[1]
    assert now["volume_m3n"] != row["volume_m3n"]
    unknown = await query.get(f"/v1/nodes/{NODE.id}/measurements?{PERIOD}&known_at=2026-11-01T00:00:00Z")
    assert unknown.status_code == 404
    future = await query.get(f"/v1/nodes/{NODE.id}/measurements?{PERIOD}&known_at=2026-12-01T00:00:00Z")
    assert (future.status_code, future.json()["issues"][0]["code"]) == (422, "KNOWN_AT")


async def test_topology_of_a_day(query: httpx2.AsyncClient) -> None:
    """The members, and the lines that it comes to; as known now and then, on days before, within and after."""
    path = f"/v1/nodes/{NODE.id}/topology"
    before = (await query.get(f"{path}?at=2026-10-10")).json()
    assert before["lines"] == [
        {"line": A, "name": "Moerbroek city run 1", "weight": 1.0},
        {"line": B, "name": '=glass & "works"', "weight": -0.5},
    ]
    assert before["composition"]["nodes"] == [{"node": "INNER", "weight": -1.0}]
    assert (before["composition"]["from"], before["composition"]["to"]) == ("2026-09-01", "2026-10-11")
    after = (await query.get(f"{path}?at=2026-10-11")).json()
    assert (after["name"], [one["weight"] for one in after["lines"]]) == ("Ghent south", [1.0, 2.0])
    then = (await query.get(f"{path}?at=2026-10-11&known_at=2026-11-18T11:30:00Z")).json()
    assert (then["name"], [one["weight"] for one in then["lines"]]) == ("Ghent", [1.0, -0.5])
    early = (await query.get(f"{path}?at=2026-08-31")).json()
    assert (early["composition"], early["lines"]) == (None, [])
    assert (await query.get(f"{path}?at=yesterday")).status_code == 422


async def test_history_of_a_node(query: httpx2.AsyncClient) -> None:
    """The newest first: who, when known, why, and what it changed; page by page."""
    path = f"/v1/nodes/{NODE.id}/topology/history"
    whole = (await query.get(path)).json()
    newest, first = whole["rows"]
    assert (newest["author"], newest["reason"], newest["correction"], newest["decision"]) == (
        "anna",
        "second run opened",
        "it was told late",
        9,
    )
    assert {
        "from": "2026-10-11",
        "to": None,
        "what": "weight of line",
        "of": B,
        "before": None,
        "after": 2.0,
    } in newest["changes"]
    assert {change["what"] for change in first["changes"]} == {"active", "name", "weight of line", "weight of node"}
    page = (await query.get(f"{path}?limit=1")).json()
    assert page["rows"] == [newest]
    assert (await query.get(page["next"])).json() == {"rows": [first], "next": None}
    of_line = (await query.get(f"/v1/lines/{A}/topology/history")).json()
    assert [change["what"] for change in of_line["rows"][0]["changes"]][:2] == ["active", "capacity_m3n_per_h"]


async def test_nodes_are_found(query: httpx2.AsyncClient) -> None:
    """By words of their names, and by other codes."""
    for words in ("south", "541453180000000003"):
        assert len((await query.get(f"/v1/nodes?q={words}")).json()["rows"]) == 1
    for code, ids in (("541453180000000003", ["INNER"]), ("GHENT", ["GHENT"]), ("54145318", []), ("01789/1", [])):
        assert [row["id"] for row in (await query.get(f"/v1/nodes?code={code}")).json()["rows"]] == ids
    described = (await query.get(f"/v1/nodes/{NODE.id}")).json()
    assert [one["name"] for one in described["compositions"]] == ["Ghent", "Ghent south"]
    assert described["from"] == "2026-09-01"


async def test_a_node_has_the_name_of_the_running_gas_day(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """In lists, on the page that finds it, and where it is described; not the one that is to come."""
    soon = Composition(date(2027, 1, 1), ((A, Decimal(1)),), (), "Name to come")
    now = Composition(FIRST, ((A, Decimal(1)),), (), "Name of today")
    register(database, Node("RENAMED", "Name to come", (now, soon)))
    assert [row["name"] for row in (await query.get("/v1/nodes?q=renamed")).json()["rows"]] == ["Name of today"]
    assert (await query.get("/v1/nodes/RENAMED")).json()["name"] == "Name of today"
    page = (await query.get("/?q=renamed")).text
    assert "Name of today" in page
    assert "Name to come" not in page
    database[Collection.TOPOLOGY].delete_one({"_id": "node|RENAMED"})


@pytest.mark.parametrize("path", ["measurements", "topology", "topology/history", ""])
async def test_an_unknown_node_is_404(query: httpx2.AsyncClient, path: str) -> None:
    """With an issue, as everywhere."""
    answer = await query.get(f"/v1/nodes/NOPE/{path}".rstrip("/"))
    assert (answer.status_code, answer.json()["issues"][0]["code"]) == (404, "NOT_FOUND")


async def test_the_hours_before_anything_ended_are_none(query: httpx2.AsyncClient) -> None:
    """A period to come has no rows, and a gap of the whole node is null."""
    day = NOW.date().isoformat()
    assert await _rows(query, f"nodes/{NODE.id}", "hour", f"from={day}&to=2026-11-25") != []
    assert await _rows(query, f"nodes/{NODE.id}", "hour", "from=2026-11-25&to=2026-11-26") == []
    assert gas_time.hours_of_day(CHANGED).start > GAP


async def test_a_month_as_known_in_its_midst(query: httpx2.AsyncClient) -> None:
    """It is the sum of the gas days up to then, of a line and of a node; nothing that came later."""
    moment = "known_at=2026-11-18T11:30:00Z"
    for what in (f"lines/{A}", f"nodes/{NODE.id}"):
        days = await _rows(query, what, "day", f"from=2026-11-01&to=2026-12-01&{moment}")
        (month,) = await _rows(query, what, "month", f"from=2026-11&to=2026-12&{moment}")
        assert days[-1]["gas_day"] == "2026-11-18"
        for name in ("hours_present", "hours_expected", "volume_m3n"):
            assert _exact(month[name]) == sum((_exact(day[name]) for day in days), Decimal(0))


async def test_a_topology_is_not_known_beyond_the_watermark(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """Asked for a moment that not everything is known of yet, it says as known when it is answered."""
    asked = f"/v1/nodes/{NODE.id}/topology?known_at=2026-11-23T19:30:00Z"
    reach(database, LATER_MS)
    try:
        assert (await query.get(asked)).json()["known_at"] == "2026-11-18T12:06:40.000Z"
    finally:
        reach(database, int(NOW.timestamp() * 1000))


async def test_history_names_no_foreign_line(database: SyncDatabase[dict[str, Any]], stack: Servers) -> None:
    """Also one that was in the node before: who sees what it is made of now need not see what it was made of."""
    before = Node("SHRUNK", "Shrunk", (Composition(FIRST, ((A, Decimal(1)), ("FOREIGN", Decimal(1)))),))
    register(database, before)
    register(database, replace(before, compositions=(Composition(FIRST, ((A, Decimal(1)),)),)), offset=9)
    store = connect(stack.mongo_uri, database.name)
    try:
        listed = await node_history(store, someone([A], ["SHRUNK"]), "SHRUNK", "", 10)
    finally:
        store.client.close()
    assert [one["of"] for row in listed.rows for one in row["changes"] if one["of"]] == [A]
