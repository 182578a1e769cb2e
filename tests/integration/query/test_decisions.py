"""Decisions: what became of changes of the register, and what is still pending."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import pytest

from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection

MOVED = ["REVISION", "hours[0].revision", "the hour has moved on"]
REFUSED = ["UNKNOWN_STATION", "lines[0].station", "station NOPE is not registered"]


@pytest.fixture(scope="module", autouse=True)
def decided(database: SyncDatabase[dict[str, Any]]) -> Iterator[None]:
    """Offsets 3 and 8 to 10 were decided, and a month closed by itself; 7 was asked, 12 was reached by no partition."""
    asked = orjson.dumps({"author": "mia", "reason": "new station", "stations": []})
    documents = [(8, asked, "accepted", []), (9, asked, "refused", [REFUSED]), (10, b"\xff", "refused", [])]
    for offset, document, outcome, issues in documents:
        identity = {"_id": f"operations/{offset}", "kind": "topology", "document": document, "log_offset": offset + 90}
        database[Collection.DECISIONS].insert_one(
            {**identity, "outcome": outcome, "issues": issues, "known_at": 1_795_000_000_000 + offset}
        )
    told = {"kind": "close", "line": "BE-0042-A", "known_at": 1_795_000_000_004, "log_offset": 4}
    close = {**told, "author": "deadline", "reason": "by its deadline", "document": b"", "outcome": "accepted"}
    database[Collection.DECISIONS].insert_one({"_id": "close/BE-0042-A/2026-10", **close, "issues": []})
    state = {"hours": [{"start": "2026-11-23T10:00:00Z", "revision": 3}]}
    moved = {**told, "kind": "accept", "author": "mia", "reason": "seen on site", "document": orjson.dumps({})}
    refused = {"outcome": "refused", "conflict": True, "issues": [MOVED], "state": state, "known_at": 3}
    database[Collection.DECISIONS].insert_one({"_id": "operations/3", **moved, **refused})
    database[Collection.RECEIPTS].insert_one({"_id": "operations/7"})
    for partition, reached in ((0, 6), (1, 11)):
        position = {"$set": {"sources": {"operations/0": [reached, 0]}}}
        database[Collection.PROGRESS].update_one({"_id": f"aggregation/{partition}"}, position, upsert=True)
    database[Collection.PROGRESS].insert_one({"_id": "aggregation/2", "sources": {}})
    database[Collection.PROGRESS].insert_one({"_id": "validation/0", "sources": {"operations/0": [99, 0]}})
    yield
    for collection in (Collection.DECISIONS, Collection.PROGRESS, Collection.RECEIPTS):
        database[collection].delete_many({})


async def test_a_decision_says_who_asked_for_what_and_what_became_of_it(query: httpx2.AsyncClient) -> None:
    """The author and the reason are those of the change, the issues those of the refusal."""
    assert (await query.get("/v1/decisions/9")).json() == {
        "decision": 9,
        "id": "operations/9",
        "kind": "topology",
        "line": None,
        "author": "mia",
        "reason": "new station",
        "confirmed_by": None,
        "known_at": "2026-11-18T11:06:40.009Z",
        "outcome": "refused",
        "conflict": False,
        "issues": [dict(zip(("code", "position", "message"), REFUSED, strict=True))],
        "state": None,
        "asked": {"author": "mia", "reason": "new station", "stations": []},
    }


async def test_a_refused_decision_says_what_stood_there(query: httpx2.AsyncClient) -> None:
    """Of a decision on a line: its line, who and why, that it conflicted, and with what."""
    given = (await query.get("/v1/decisions/3")).json()
    told = [given[name] for name in ("kind", "line", "author", "reason", "outcome", "conflict")]
    assert told == ["accept", "BE-0042-A", "mia", "seen on site", "refused", True]
    assert given["state"] == {"hours": [{"start": "2026-11-23T10:00:00Z", "revision": 3}]}
    assert given["issues"][0]["code"] == "REVISION"


async def test_what_time_decided_has_no_number(query: httpx2.AsyncClient) -> None:
    """A month that closed by its deadline stands in the list under its id."""
    rows = (await query.get("/v1/decisions")).json()["rows"]
    (close,) = [row for row in rows if row["decision"] is None]
    assert (close["id"], close["kind"], close["author"]) == ("close/BE-0042-A/2026-10", "close", "deadline")


async def test_the_newest_decision_stands_first(query: httpx2.AsyncClient) -> None:
    """Page by page; a change that is no json has no author."""
    first = (await query.get("/v1/decisions?limit=2")).json()
    second = (await query.get(first["next"])).json()
    assert [row["decision"] for row in (*first["rows"], *second["rows"])] == [10, 9, 8, None]
    assert second["next"] is not None
    assert (first["rows"][0]["author"], first["rows"][0]["outcome"]) == (None, "refused")


@pytest.mark.parametrize(("offset", "code"), [(12, "PENDING"), (7, "PENDING"), (11, "NOT_FOUND"), (6, "NOT_FOUND")])
async def test_pending_and_unknown_are_told_apart(query: httpx2.AsyncClient, offset: int, code: str) -> None:
    """Both are 404: what no partition has come to may still become a decision, and what the door has a receipt of."""
    given = await query.get(f"/v1/decisions/{offset}")
    assert (given.status_code, given.json()["issues"][0]["code"]) == (404, code)
    assert ("retry-after" in given.headers) == (code == "PENDING")


@pytest.mark.parametrize("offset", ["-1", "x", "9223372036854775808"])
async def test_what_is_no_offset_is_refused(query: httpx2.AsyncClient, offset: str) -> None:
    """Only a place in the order of what was asked names a decision."""
    assert (await query.get(f"/v1/decisions/{offset}")).status_code == 422
