"""The history of an hour: what it said, since when, from whom and why; its statuses; what was found in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest

from shared.domain import gas_time
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Quality, Validity
from shared.events.topics import OPERATIONS, RECORDED, SOURCES, TELEMETRY
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection
from tests.integration.query.stored_history import StoredHistory
from tests.integration.query.stored_lines import a_line, register

LINE = "BE-0042-C"
HOUR = gas_time.hours_of_day(date(2026, 10, 15)).start + 3
START = "2026-10-15T07:00:00Z"
ONE = range(HOUR, HOUR + 1)
BEGIN_MS = 1_794_000_000_000
TELEGRAM, DECISION, TICK = (SOURCES.index(topic.name) for topic in (TELEMETRY, OPERATIONS, RECORDED))


def instant(place: int) -> str:
    """Return the moment of an event of the history: they follow each other by a second."""
    return f"2026-11-06T21:20:{place:02d}.000Z"


@pytest.fixture(scope="module", autouse=True)
def history(database: SyncDatabase[dict[str, Any]]) -> Iterator[None]:
    """An hour is estimated, sent, sent by file, accepted, closed, corrected and opened again, each a second later."""
    register(database, a_line(LINE, first=date(2026, 9, 1)))
    line = StoredHistory(database, LINE)
    moments = [BEGIN_MS + place * 1_000 for place in range(7)]
    estimated: dict[str, Any] = {"quality": Quality.ESTIMATED, "method": b"M4", "failed": b"B2", "source_topic": TICK}
    line.revise(ONE, moments[0], source_partition=3, source_place=5, gcv=ABSENT, **estimated)
    line.revise(ONE, moments[1], source_topic=TELEGRAM, source_place=2, volume=1_234_567, gcv=11_500_000)
    file: dict[str, Any] = {"provenance": Provenance.FROM_FILE, "validity": Validity.RECORDED, "source_topic": TELEGRAM}
    line.revise(ONE, moments[2], index=81_234_567_100, temperature=-1_500, **file)
    line.accept(ONE, moments[3], decision=40)
    line.turn("2026-10", "close", moments[4], cause="deadline", author="deadline", decision=None)
    corrected: dict[str, Any] = {"quality": Quality.EDITED, "provenance": Provenance.PINNED, "source_topic": DECISION}
    line.revise(ONE, moments[5], **corrected)
    line.turn("2026-10", "reopen", moments[6], decision=42)
    line.turn("2026-11", "close", moments[6])
    told = {"kind": "correct", "line": LINE, "author": "jan", "reason": "meter was swapped", "document": b"{}"}
    kept = {"_id": f"operations/{line.offset - 2}", "outcome": "accepted", "issues": [], "known_at": moments[5]}
    database[Collection.DECISIONS].insert_one({**told, **kept})
    database[Collection.FINDINGS].insert_many(_findings())
    yield
    for name in (Collection.DECISIONS, Collection.FINDINGS):
        database[name].delete_many({})


def _findings() -> list[dict[str, Any]]:
    numbers = {"observed": [1.0, 2.5], "threshold": [2.0, None]}
    told = {"line": LINE, "severity": "F", "hours": [HOUR - 1, HOUR], **numbers, "p": 0, "log_offset": 3}
    accepted = {"hours": [HOUR], "how": "accepted", "known_at": BEGIN_MS + 3_000, "decision": 40}
    return [
        {"_id": "b", "rule": "C5", **told, "known_at": 20, "open": [HOUR - 1], "settled": [accepted], "state": "open"},
        {"_id": "a", "rule": "D7", **told, "known_at": 10, "state": "open"},
        {"_id": "c", "rule": "D7", **told, "known_at": 30, "hours": [HOUR - 2, HOUR - 1], "state": "open"},
    ]


async def told(query: httpx2.AsyncClient, start: str = START) -> dict[str, Any]:
    """Return the history of an hour."""
    given = await query.get(f"/v1/lines/{LINE}/hours/{start}/history")
    assert given.status_code == 200, given.text
    body: dict[str, Any] = given.json()
    return body


async def test_every_revision_says_since_when_and_how_it_was_judged(query: httpx2.AsyncClient) -> None:
    """Oldest first; the validity is that of the moment at which it became known."""
    body = await told(query)
    assert (list(body), body["id"], body["start"], body["next"]) == (
        ["id", "start", "rows", "statuses", "findings", "gas", "next"],
        LINE,
        START,
        None,
    )
    names = ("revision", "known_at", "superseded_at", "quality", "validity", "pinned")
    assert [tuple(row[name] for name in names) for row in body["rows"]] == [
        (1, instant(0), instant(1), "ESTIMATED", "PRELIMINARY", False),
        (2, instant(1), instant(2), "MEASURED", "PRELIMINARY", False),
        (3, instant(2), instant(5), "MEASURED", "RECORDED", False),
        (4, instant(5), None, "EDITED", "DEFINITIVE", True),
    ]


async def test_every_revision_says_its_values(query: httpx2.AsyncClient) -> None:
    """In the units of the telegram; what was not sent is null."""
    estimated, sent, filed, _ = (await told(query))["rows"]
    assert (sent["volume_m3n"], sent["gcv_kwh_per_m3n"], sent["index_m3"]) == (1_234.567, 11.5, None)
    assert (filed["index_m3"], filed["temperature_c"]) == (81_234_567.1, -1.5)
    assert (estimated["gcv_kwh_per_m3n"], estimated["method"], estimated["failed_rule"]) == (None, "M4", "B2")
    assert (sent["method"], sent["failed_rule"]) == (None, None)


async def test_every_revision_says_where_it_comes_from(query: httpx2.AsyncClient) -> None:
    """A deadline, a telegram, a file, a decision with its author and reason."""
    rows = (await told(query))["rows"]
    assert [row["cause"] for row in rows] == [
        {"kind": "estimate", "source": "readings.recorded/3/1/5", "decision": None, "rule": "B2"},
        {"kind": "telegram", "source": "telemetry/0/2/2", "decision": None, "rule": None},
        {"kind": "file", "source": "telemetry/0/3/0", "decision": None, "rule": None},
        {"kind": "decision", "source": "operations/0/6/0", "decision": 6, "rule": None},
    ]
    assert [(row["author"], row["reason"]) for row in rows] == [(None, None)] * 3 + [("jan", "meter was swapped")]


async def test_statuses_say_what_the_hour_became_and_by_whom(query: httpx2.AsyncClient) -> None:
    """Accepted, closed by its deadline, opened again; the closes of other months are not told."""
    names = ("kind", "known_at", "validity", "cause", "author", "decision")
    assert [tuple(status[name] for name in names) for status in (await told(query))["statuses"]] == [
        ("accept", instant(3), "PRELIMINARY", "decision", "mia", 40),
        ("close", instant(4), "DEFINITIVE", "deadline", "deadline", None),
        ("reopen", instant(6), "PRELIMINARY", "decision", "mia", 42),
    ]


async def test_findings_say_what_was_found_in_this_hour(query: httpx2.AsyncClient) -> None:
    """Its own numbers and state, in the order in which they became known; those of its neighbours are not told."""
    open_one, accepted = (await told(query))["findings"]
    assert [(one["id"], one["observed"], one["threshold"]) for one in (open_one, accepted)] == [
        ("a", 2.5, None),
        ("b", 2.5, None),
    ]
    assert (open_one["state"], open_one["settled"], open_one["title"]) == ("open", None, "energy identity")
    assert accepted["state"] == "settled"
    assert accepted["settled"] == {"how": "accepted", "known_at": instant(3), "decision": 40}


async def test_an_hour_of_which_nothing_is_known_has_no_rows(query: httpx2.AsyncClient) -> None:
    """Before it was sent, and where its whole gas day is unknown; that its month closed is told all the same."""
    for start in ("2026-10-15T05:00:00Z", "2026-10-16T05:00:00Z"):
        body = await told(query, start)
        assert (body["rows"], [status["validity"] for status in body["statuses"]]) == ([], [None, None])


@pytest.mark.parametrize("start", ["2026-10-15T09:00:00+02:00", "2026-10-15T09:00:00%2B02:00", "2026-10-15T07:00Z"])
async def test_a_start_may_have_any_offset(query: httpx2.AsyncClient, start: str) -> None:
    """The same hour by another name."""
    assert (await told(query, start))["start"] == START


@pytest.mark.parametrize(
    ("line", "start", "status", "code"),
    [
        ("NOPE", START, 404, "NOT_FOUND"),
        (LINE, "2026-08-31T10:00:00Z", 404, "NOT_FOUND"),
        (LINE, "2026-10-15T07:30:00Z", 422, "START"),
        (LINE, "2026-10-15T07:00:00", 422, "START"),
        (LINE, "yesterday", 422, "START"),
        (LINE, "1815-06-18T11:00:00Z", 422, "START"),
        (LINE, "x" * 65, 422, "STRING_TOO_LONG"),
    ],
)
async def test_what_is_no_hour_of_the_line_is_refused(
    query: httpx2.AsyncClient, line: str, start: str, status: int, code: str
) -> None:
    """A line or an hour that is not there is 404, what names no hour 422."""
    given = await query.get(f"/v1/lines/{line}/hours/{start}/history")
    assert (given.status_code, given.json()["issues"][0]["code"]) == (status, code)
