"""Decisions over HTTP and the line log: flagged hours, corrections, months closed and reopened; and their replay."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.domain import gas_time
from shared.store.digest import digest
from tests.pipeline.running import System, until
from tests.pipeline.stations import Plan, plan, recent_hours, telegram
from tests.scenarios.telling import usual

PLAN = plan("DECIDE", stations=4, lines=2)
CAPACITY_M3N = 1_500
LAST_MONTH = gas_time.month_of(gas_time.gas_day(recent_hours(days=1).start).replace(day=1) - timedelta(days=1))
HOURS = gas_time.hours_of_month(LAST_MONTH)
FLAGGED, CORRECTED = HOURS[100], HOURS[200]
WITHIN_S = 60.0


def start(hour: int) -> str:
    """Return an hour as the API writes it."""
    return f"{gas_time.hour_start(hour):%Y-%m-%dT%H:%M:%SZ}"


def month_of(made: Plan, station: str, name: str) -> bytes:
    """Return the last gas month of a station's lines, plausible but for one hour that is more than they can carry."""
    flood = {"volume_m3n": 1_600.0, "energy_kwh": 18_400.0, "gcv_kwh_per_m3n": 11.5}
    hours = [{"start": start(hour), **usual(hour), **(flood if hour == FLAGGED else {})} for hour in HOURS]
    return telegram(station, [(line, hours) for line in made.lines[station]], name)


@pytest.fixture(scope="module")
def told(running: System) -> System:
    """The system with a month of every line, one hour of each flagged by C1."""
    document = json.loads(PLAN.document("2020-01-01"))
    for line in document["lines"]:
        line["capacity_m3n_per_h"] = CAPACITY_M3N
    running.register(json.dumps(document).encode())
    running.send([(station, month_of(PLAN, station, f"{station}/month")) for station in PLAN.stations])
    running.ledger()
    line = PLAN.lines[PLAN.stations[0]][0]
    early = {"kind": "release", "line": line, "reason": "has a tick passed?", "hours": [hour_text(HOURS[0], 1)]}
    until(lambda: decide(running, early)[1]["issues"][0]["code"] != "FUTURE", WITHIN_S, "a tick")
    return running


def hour_text(hour: int, revision: int, **values: float) -> dict[str, Any]:
    """Return an hour as a decision names it."""
    return {"start": start(hour), "revision": revision, **values}


def decide(system: System, decision: dict[str, Any]) -> tuple[int, Any]:
    """Return status and answer of a decision."""
    return system.post("/v1/decisions", json.dumps(decision).encode())


def flagged(system: System, line: str) -> list[dict[str, Any]]:
    """Return a line's open findings that keep hours back."""
    rows: list[dict[str, Any]] = system.get(f"/v1/findings?line={line}&severity=F&state=open")["rows"]
    return rows


def test_a_flagged_hour_is_accepted_once(told: System) -> None:
    """200, then 409 with what stands now; the finding no longer holds it back."""
    line = PLAN.lines[PLAN.stations[0]][0]
    assert {row["rule"] for row in flagged(told, line)} == {"C1"}
    accept = {"kind": "accept", "line": line, "reason": "a cold day", "author": "an", "hours": [hour_text(FLAGGED, 1)]}
    status, answer = decide(told, accept)
    assert (status, answer["outcome"]) == (200, "accepted")
    assert answer["state"]["hours"][0]["validity"] == "PRELIMINARY"
    assert flagged(told, line) == []
    status, answer = decide(told, {**accept, "hours": [hour_text(FLAGGED, 2)]})
    assert (status, answer["issues"][0]["code"], answer["state"]["hours"][0]["revision"]) == (409, "REVISION", 1)


def test_of_two_who_decide_at_once_one_wins(told: System) -> None:
    """The other is told what stands now, whatever the order in which they arrive."""
    line = PLAN.lines[PLAN.stations[1]][0]
    texts = [
        {
            "kind": "correct",
            "line": line,
            "reason": "x",
            "author": author,
            "hours": [hour_text(CORRECTED, 1, volume_m3n=v)],
        }
        for author, v in (("an", 801.0), ("bo", 802.0))
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(lambda text: decide(told, text), texts), key=lambda answer: answer[0])
    assert [status for status, _ in answers] == [200, 409]
    assert answers[1][1]["state"]["hours"][0]["revision"] == 2


def test_a_corrected_hour_is_pinned_until_released(told: System) -> None:
    """A later telegram is held, and taken once the pin is gone."""
    station = PLAN.stations[2]
    line = PLAN.lines[station][0]
    correct = {"kind": "correct", "line": line, "reason": "meter read by hand", "author": "an"}
    assert decide(told, {**correct, "hours": [hour_text(CORRECTED, 1, volume_m3n=900.5)]})[0] == 200
    later = [
        {
            "start": start(CORRECTED),
            **usual(CORRECTED),
            "volume_m3n": 950.0,
            "energy_kwh": 10_925.0,
            "gcv_kwh_per_m3n": 11.5,
        }
    ]
    told.send([(station, telegram(station, [(line, later)], "later"))])
    told.ledger()
    assert volume_of(told, line, CORRECTED) == 900.5
    release = {"kind": "release", "line": line, "reason": "the transmitter works again", "author": "an"}
    assert decide(told, {**release, "hours": [hour_text(CORRECTED, 2)]})[0] == 200
    told.send([(station, telegram(station, [(line, later)], "again"))])
    told.ledger()
    assert volume_of(told, line, CORRECTED) == 950.0
    history = told.get(f"/v1/lines/{line}/hours/{start(CORRECTED)}/history")
    assert [(one["kind"], one["author"], one["validity"]) for one in history["statuses"]] == [
        ("release", "an", "PRELIMINARY")
    ]


def volume_of(system: System, line: str, hour: int) -> float:
    """Return an hour's volume as readers read it."""
    day = gas_time.gas_day(hour)
    answer = system.get(f"/v1/lines/{line}/measurements?view=hour&from={day}&to={day + timedelta(days=1)}")
    (volume,) = [row["volume_m3n"] for row in answer["rows"] if row["start"] == start(hour)]
    return float(volume)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"line": "NOBODY"}, 422, "UNKNOWN_LINE"),
        ({"hours": [{"start": "2090-01-01T00:00:00Z", "revision": 0}]}, 422, "FUTURE"),
        ({"hours": [{"start": start(HOURS[5]), "revision": 7}]}, 409, "REVISION"),
        ({"kind": "estimate", "method": "M0", "hours": [{"start": start(HOURS[5]), "revision": 1}]}, 422, "METHOD"),
        ({"hours": []}, 422, "FORM"),
        ({"kind": "close", "hours": [], "month": LAST_MONTH, "version": 3}, 409, "VERSION"),
        ({"kind": "reopen", "hours": [], "month": LAST_MONTH, "confirmed_by": "an"}, 422, "SAME_PERSON"),
        ({"kind": "reopen", "hours": [], "month": LAST_MONTH, "confirmed_by": "bo"}, 409, "NOT_CLOSED"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_says_why(
    told: System, change: dict[str, Any], status: int, code: str
) -> None:
    """409 where it conflicts with what stands, 422 where it could never be; with the reason."""
    line = PLAN.lines[PLAN.stations[3]][0]
    asked = {"kind": "accept", "line": line, "reason": "x", "author": "an", "hours": [hour_text(HOURS[5], 1)], **change}
    found, answer = decide(told, asked)
    assert (found, answer["issues"][0]["code"]) == (status, code), answer


def test_a_month_is_closed_corrected_and_reopened(told: System) -> None:
    """Refused with a list while an hour is flagged; then definitive, until a second person confirms that it opens."""
    line = PLAN.lines[PLAN.stations[3]][1]
    assert "is not a gas month" in told.gastrack("close-month", "october", code=2)
    told_so = told.gastrack("close-month", LAST_MONTH, "--line", line, "--author", "an", code=1)
    assert "HOURS_BLOCKED" in told_so
    accept = {"kind": "accept", "line": line, "reason": "x", "author": "an", "hours": [hour_text(FLAGGED, 1)]}
    assert decide(told, accept)[0] == 200
    (row,) = told.gastrack("close-month", LAST_MONTH, "--line", line, "--author", "an", "--json")["rows"]
    assert row["closed"]
    assert validity_of(told, line) == "DEFINITIVE"
    month = told.get(f"/v1/lines/{line}/months/{LAST_MONTH}")
    assert (month["closed"], month["author"], month["hours_blocked"]) == (True, "an", 0)
    reopen = {"kind": "reopen", "line": line, "reason": "wrong meter", "author": "an", "month": LAST_MONTH}
    assert decide(told, {**reopen, "confirmed_by": "bo"})[0] == 200
    assert validity_of(told, line) == "PRELIMINARY"
    month = told.get(f"/v1/lines/{line}/months/{LAST_MONTH}")
    assert [(one["kind"], one["author"], one["confirmed_by"]) for one in month["statuses"]] == [
        ("close", "an", None),
        ("reopen", "an", "bo"),
    ]


def validity_of(system: System, line: str) -> str:
    """Return the validity of the whole month as readers read it."""
    following = gas_time.next_month(LAST_MONTH)
    answer = system.get(f"/v1/lines/{line}/measurements?view=month&from={LAST_MONTH}&to={following}")
    return str(answer["rows"][0]["validity"])


def test_a_decision_can_be_looked_up(told: System) -> None:
    """By the Location of its answer; with author, reason and outcome."""
    line = PLAN.lines[PLAN.stations[0]][1]
    accept = {"kind": "accept", "line": line, "reason": "a cold day", "author": "mia", "hours": [hour_text(FLAGGED, 1)]}
    status, answer = decide(told, accept)
    found = told.get(f"/v1/decisions/{answer['decision']}")
    assert status == 200
    assert (found["kind"], found["author"], found["reason"], found["outcome"]) == (
        "accept",
        "mia",
        "a cold day",
        "accepted",
    )


def test_a_replay_decides_the_same(chain: System, told: System) -> None:
    """Decisions stand in the line log: read again from its beginning, with other batches, they come to the same end."""
    told.ledger()
    before = told.store(digest)
    for name in ("validation", "aggregation"):
        chain.services[name].process.stop()
        chain.tell(name, GASTRACK_BATCH_RECORDS="3")
        chain.revive(name)
    replayed = chain.gastrack("replay", "--wait", "200", "--json")
    assert replayed["same"], replayed
    assert replayed["before"]["closings"] == before["closings"]
    assert chain.verify()["mismatches"] == []
