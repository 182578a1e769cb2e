"""Runs of hours that changed, by example and against a loop that looks at one hour after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain.hour_changes import RUN, HourChange, Stood, hour_runs
from shared.domain.revision import HOUR

HOURS = 25
Told = tuple[int, HourChange, int, int, int, int, int]


def day(revisions: dict[int, int], validity: int = 2, known_at: int = 7) -> NDArray[np.void]:
    """Return a gas day with revisions by hour."""
    rows = np.zeros(HOURS, HOUR)
    for place, revision in revisions.items():
        rows[place]["revision"], rows[place]["validity"], rows[place]["known_at"] = revision, validity, known_at
    return rows


def test_nothing_changed_makes_no_run() -> None:
    """Neither of no days, nor of days that say what they said."""
    none = np.zeros(0, np.int64)
    empty = np.zeros((0, HOURS), HOUR)
    assert len(hour_runs(none, none, Stood.of(empty), empty, np.zeros((0, HOURS), np.bool_))) == 0
    days = day({3: 1})[None, :]
    zero = np.zeros(1, np.int64)
    assert len(hour_runs(zero, zero, Stood.of(days), days, np.zeros((1, HOURS), np.bool_))) == 0


def test_what_stood_goes_on_saying_it() -> None:
    """However the rows change behind it."""
    days = day({3: 1})[None, :]
    stood = Stood.of(days)
    days["revision"][0, 3] = 9
    assert stood.only(np.array([0])).revision[0, 3] == 1


def test_a_run_goes_on_over_the_end_of_a_day() -> None:
    """Hours that follow each other and changed alike are one; of new and corrected hours each is counted."""
    before = np.stack([day({23: 1}), day({})])
    after = np.stack([day({22: 1, 23: 2}, known_at=8), day({0: 1}, known_at=9)])
    runs = hour_runs(np.zeros(2, np.int64), np.array([100, 124]), Stood.of(before), after, np.zeros((2, HOURS), bool))
    assert runs.tolist() == [(0, HourChange.HOURS, 122, 125, 2, 1, 9)]


def test_validity_alone_is_a_change_of_status() -> None:
    """The hour does not tell when it changed."""
    runs = hour_runs(
        np.zeros(1, np.int64),
        np.array([100]),
        Stood.of(day({1: 3}, 1)[None]),
        day({1: 3}, 2)[None],
        np.zeros((1, HOURS), bool),
    )
    assert runs.tolist() == [(0, HourChange.STATUS, 101, 102, 0, 0, 0)]


one_hour = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 2), st.integers(1, 2), st.booleans())
grids = st.lists(st.lists(one_hour, min_size=HOURS, max_size=HOURS), min_size=1, max_size=4)


@given(grids, st.data())
def test_runs_are_what_a_loop_over_the_hours_finds(grid: list[list[tuple[int, ...]]], data: st.DataObject) -> None:
    """Every hour that changed is in exactly one run of its kind, in the order of line and time."""
    count = len(grid)
    line = np.array(data.draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)), np.int64)
    first = np.arange(count, dtype=np.int64) * HOURS
    before, after = np.zeros((count, HOURS), HOUR), np.zeros((count, HOURS), HOUR)
    regiven = np.zeros((count, HOURS), np.bool_)
    hours: list[Told] = []
    for number, row in enumerate(grid):
        for place, (stood, more, was, now, is_regiven) in enumerate(row):
            before[number, place]["revision"], before[number, place]["validity"] = stood, was
            after[number, place]["revision"], after[number, place]["validity"] = stood + more, now
            after[number, place]["known_at"] = place + 1
            regiven[number, place] = is_regiven
            hour = number * HOURS + place
            if more:
                kind = HourChange.GAS if more == 1 and is_regiven else HourChange.HOURS
                hours.append((int(line[number]), kind, hour, hour + 1, int(not stood), int(bool(stood)), place + 1))
            elif was != now:
                hours.append((int(line[number]), HourChange.STATUS, hour, hour + 1, 0, 0, 0))
    expected: list[Told] = []
    for told in sorted(hours, key=lambda one: (one[0], one[2])):
        if expected and (expected[-1][:2], expected[-1][3]) == (told[:2], told[2]):
            last = expected.pop()
            told = (*last[:3], told[3], last[4] + told[4], last[5] + told[5], max(last[6], told[6]))  # noqa: PLW2901 - joined
        expected.append(told)
    runs = hour_runs(line, first, Stood.of(before), after, regiven)
    assert runs.dtype == RUN
    assert runs.tolist() == expected
