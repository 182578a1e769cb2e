"""The rows of a document of changes, and who sees which of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from services.query.feed.change_rows import Sight, Wanted, rows_of
from shared.access.caller import Caller, Rights
from shared.access.days import ALWAYS, Days
from shared.access.roles import Role
from shared.domain import gas_time
from shared.domain.hour_changes import RUN, HourChange
from tests.callers import someone

FIRST = gas_time.hours_of_month("2026-10").start
RUNS = [
    (0, HourChange.HOURS, FIRST, FIRST + 2, 1, 1, 5_000),
    (1, HourChange.GAS, FIRST - 1, FIRST + 1, 0, 2, 6_000),
    (0, HourChange.STATUS, FIRST, FIRST + 1, 0, 0, 0),
]
EFFECTS = [{"node": "N", "from": "2026-10-01"}, {"node": "M", "from": "2026-10-02"}]
TOPOLOGY = {"new": False, "from": "2026-10-01", "decision": 3, "known_at": 8_000, "lines": [], "nodes": []}
DOCUMENT = {
    "known_at": 9_000,
    "lines": ["A", "B"],
    "count": len(RUNS),
    "runs": np.array(RUNS, RUN).tobytes(),
    "statuses": [
        {
            "line": "B",
            "kind": "close",
            "month": "2026-10",
            "first": FIRST,
            "end": FIRST + 745,
            "hours": None,
            "known_at": 7_000,
            "cause": "deadline",
            "decision": None,
        }
    ],
    "analyses": [{"chromatograph": "C", "first": "2026-10-01", "end": "2026-10-02", "known_at": 4_000}],
    "parts": [
        {**TOPOLOGY, "kind": "station", "id": "S", "from": None, "lines": ["B"]},
        {**TOPOLOGY, "kind": "chromatograph", "id": "C", "from": None},
        {**TOPOLOGY, "kind": "line", "id": "A", "nodes": EFFECTS},
        {**TOPOLOGY, "kind": "node", "id": "M", "nodes": EFFECTS[1:]},
    ],
}


def seen(sight: Sight, skip: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows that are shown, with their places."""
    return list(rows_of(DOCUMENT, sight, skip))


def names(sight: Sight) -> list[tuple[str, str]]:
    """Return kind and id of the rows that are shown."""
    return [
        (row.get("part", row["kind"]), row.get("line") or row.get("chromatograph") or row["id"])
        for _, row in seen(sight)
    ]


ALL = Sight(someone("AB", "NM"))


def test_every_row_says_what_changed() -> None:
    """Hours in UTC, gas days as days, ends exclusive."""
    rows = [row for _, row in seen(ALL)]
    period = {"from": "2026-10-01T04:00:00Z", "to": "2026-10-01T06:00:00Z", "months": ["2026-10"]}
    assert rows[0] == {
        "kind": "hours",
        "line": "A",
        **period,
        "hours": 2,
        "hours_new": 1,
        "hours_corrected": 1,
        "known_at": "1970-01-01T00:00:05.000Z",
    }
    assert (rows[1]["kind"], rows[1]["months"], rows[1]["hours_corrected"]) == ("gas", ["2026-09", "2026-10"], 2)
    assert (rows[2]["kind"], rows[2]["status"], rows[2]["cause"], rows[2]["hours"]) == ("status", "judged", "rules", 1)
    assert rows[2]["known_at"] == "1970-01-01T00:00:09.000Z"
    assert (rows[3]["status"], rows[3]["cause"], rows[3]["hours"]) == ("close", "deadline", None)
    assert rows[4] == {
        "kind": "analyses",
        "chromatograph": "C",
        "from": "2026-10-01",
        "to": "2026-10-02",
        "known_at": "1970-01-01T00:00:04.000Z",
    }
    assert rows[7] == {
        "kind": "topology",
        "part": "line",
        "id": "A",
        "new": False,
        "from": "2026-10-01",
        "nodes": EFFECTS,
        "decision": 3,
        "known_at": "1970-01-01T00:00:08.000Z",
    }


def test_places_count_all_rows_whoever_looks() -> None:
    """So that a place means the same when rights or filters change."""
    only_b = Sight(someone("B"))
    assert [place for place, _ in seen(ALL)] == list(range(9))
    assert [place for place, _ in seen(only_b)] == [1, 3, 4, 5, 6]
    assert [place for place, _ in seen(only_b, skip=4)] == [4, 5, 6]


def test_foreign_lines_are_unseen() -> None:
    """And foreign nodes, stations that have no line of the caller's, chromatographs that serve none."""
    sight = Sight(someone("A", "N"), gas={"D": ALWAYS})
    assert names(sight) == [("hours", "A"), ("status", "A"), ("line", "A")]
    (row,) = [row for _, row in seen(sight) if row.get("part") == "line"]
    assert row["nodes"] == EFFECTS[:1]


def test_who_follows_a_line_hears_of_its_gas() -> None:
    """And of its station."""
    sight = Sight(ALL.caller, Wanted(frozenset("B"), chromatographs=frozenset("C")))
    assert names(sight) == [
        ("gas", "B"),
        ("status", "B"),
        ("analyses", "C"),
        ("station", "S"),
        ("chromatograph", "C"),
    ]


def test_who_follows_a_node_hears_what_makes_it_another_sum() -> None:
    """A line that it does not hold today may have."""
    sight = Sight(ALL.caller, Wanted(frozenset(), frozenset("M")))
    assert names(sight) == [("line", "A"), ("node", "M")]
    assert [row["nodes"] for _, row in seen(sight)] == [EFFECTS[1:], EFFECTS[1:]]


def test_what_makes_a_node_another_sum_is_told_without_the_name_of_a_foreign_line() -> None:
    """Nor what the register says of that line: the node is another sum from a gas day on."""
    told = [row for _, row in seen(Sight(someone("B", "M"), Wanted(frozenset(), frozenset("M"))))]
    assert [(row["part"], row["id"], row["new"], row["from"], row["nodes"]) for row in told] == [
        ("line", None, None, None, EFFECTS[1:]),
        ("node", "M", False, "2026-10-01", EFFECTS[1:]),
    ]


DAY = date(2026, 10, 3)
"""The third gas day of the month, and the one after it, are the days that may be read below."""
NEXT = DAY + timedelta(days=2)


def bounded(*runs: tuple[date, date]) -> Sight:
    """Return what somebody sees who may read line B, and the gas that serves it, on some gas days."""
    days = Days.of(runs)
    rights = Rights("bounded", {"B": days})
    return Sight(Caller("someone", frozenset({Role.READER}), rights=rights), gas={"C": days})


def test_hours_outside_the_gas_days_of_a_right_are_unseen() -> None:
    """A month that closes is told for the days that may be read; gas of a day before them is not told at all."""
    (row,) = [row for _, row in seen(bounded((DAY, NEXT))) if row["kind"] == "status"]
    assert (row["from"], row["to"], row["months"]) == ("2026-10-03T04:00:00Z", "2026-10-05T04:00:00Z", ["2026-10"])
    assert {row["kind"] for _, row in seen(bounded((DAY, NEXT)))} == {"status", "topology"}
    begun = bounded((date(2026, 10, 1), DAY))
    (gas,) = [row for _, row in seen(begun) if row["kind"] == "gas"]
    assert (gas["from"], gas["hours"], gas["hours_corrected"]) == ("2026-10-01T04:00:00Z", 1, 1)
    assert [row["to"] for _, row in seen(begun) if row["kind"] == "analyses"] == ["2026-10-02"]


def test_rows_of_several_runs_of_days_have_one_place() -> None:
    """So that a place means the same whatever somebody may read."""
    sight = bounded((DAY, NEXT), (date(2026, 10, 20), date(2026, 10, 21)))
    assert [(place, row["from"]) for place, row in seen(sight) if row["kind"] == "status"] == [
        (3, "2026-10-03T04:00:00Z"),
        (3, "2026-10-20T04:00:00Z"),
    ]
