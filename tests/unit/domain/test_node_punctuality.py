"""Punctuality of a node by example: lines are counted once, hours added up."""

from __future__ import annotations

from datetime import date

import numpy as np

from shared.domain.node_punctuality import of_node
from shared.domain.period import View
from shared.domain.punctuality import COUNTS, Punctuality


def _line(**days: tuple[int, int]) -> Punctuality:
    """Return a line of which on some days of November so many hours were due, and so many of them on time."""
    counts = np.zeros(len(days), COUNTS)
    counts["hours_due"], counts["hours_on_time"] = np.array(list(days.values())).reshape(-1, 2).T
    return Punctuality(View.DAY, tuple(date(2026, 11, int(day[1:])) for day in days), counts)


def test_of_a_node_each_line_is_counted_once() -> None:
    """Hours add up; a line of which one due hour was not on time is not on time; one without due hours is neither."""
    lines = [_line(d1=(24, 24), d2=(24, 24)), _line(d1=(24, 23), d3=(0, 0)), _line(d2=(5, 5))]
    found = of_node(View.DAY, lines)
    assert [day.day for day in found.of_lines.first_days] == [1, 2, 3]
    assert found.of_lines.counts["hours_due"].tolist() == [48, 29, 0]
    assert (found.lines_due.tolist(), found.lines_on_time.tolist()) == ([2, 2, 0], [1, 2, 0])
    assert (found.whole_lines_due, found.whole_lines_on_time) == (3, 2)
    assert int(found.of_lines.whole["hours_on_time"]) == 76


def test_a_node_of_nothing_has_nothing() -> None:
    """No rows, no lines."""
    found = of_node(View.MONTH, [])
    assert (found.of_lines.first_days, found.whole_lines_due, found.whole_lines_on_time) == ((), 0, 0)
