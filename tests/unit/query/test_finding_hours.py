"""Which hours of a finding are open, and how the others were settled."""

from __future__ import annotations

from typing import Any

from services.query.explained.finding_hours import open_hours, settled_of, settlements


def settled(hours: list[int], how: str, known_at: int, decision: int | None = None) -> dict[str, Any]:
    """Return an entry of a finding's `settled`, as aggregation writes it."""
    return {"hours": hours, "how": how, "known_at": known_at, "decision": decision}


def test_each_hour_is_settled_once_and_by_what_came_first() -> None:
    """A decision over a whole day is noted whole on each finding of it: foreign and settled hours do not count."""
    entries = [settled([7], "superseded", 1_000), settled([6, 7, 8, 9], "accepted", 2_000, 41)]
    document = {"hours": [7, 8, 10], "open": [10], "settled": entries}
    assert [(one.hours, one.how, one.decision) for one in settlements(document)] == [
        ((7,), "superseded", None),
        ((8,), "accepted", 41),
    ]
    assert {hour: one.how for hour, one in settled_of(document).items()} == {7: "superseded", 8: "accepted"}
    assert settlements(document)[1].told == {"how": "accepted", "known_at": "1970-01-01T00:00:02.000Z", "decision": 41}


def test_what_settled_nothing_of_a_finding_is_not_told() -> None:
    """An entry whose hours are all settled already, or all foreign."""
    entries = [settled([7], "superseded", 1_000), settled([7], "corrected", 2_000), settled([9], "accepted", 3_000)]
    assert len(settlements({"hours": [7], "open": [], "settled": entries})) == 1


def test_a_finding_of_before_settlements_is_open_as_a_whole() -> None:
    """It has neither field: nothing says that anybody decided on it."""
    old = {"hours": [7, 8], "state": "open"}
    assert (open_hours(old), settlements(old)) == ([7, 8], [])
