"""Closed months: whatever is told in them is definitive."""

from __future__ import annotations

from datetime import date

import numpy as np

from shared.domain import gas_time
from shared.domain.closing import (
    StatusChange,
    days_within,
    definitive,
    definitive_rollups,
    hours_within,
    was_closed,
)
from shared.domain.decision import DecisionKind
from shared.domain.reading import Quality, Validity
from shared.domain.revision import HOUR
from shared.domain.rollup import fold_hours
from tests.unit.domain.hour_rows import day_of, empty_day, hour_row

OCTOBER = gas_time.hours_of_month("2026-10")


def test_what_is_told_in_a_closed_month_is_definitive() -> None:
    """A told missing hour too; what is unknown and what stands outside keeps what it says."""
    rows = np.array([hour_row(), hour_row(quality=Quality.MISSING), empty_day(1)[0], hour_row()], HOUR)
    closed = definitive(rows, np.array([True, True, True, False]))
    told = [Validity.DEFINITIVE, Validity.DEFINITIVE, 0, Validity.PRELIMINARY]
    assert closed["validity"].tolist() == told
    assert rows["validity"].tolist() == [Validity.PRELIMINARY, Validity.PRELIMINARY, 0, Validity.PRELIMINARY]


def test_the_rollup_of_a_closed_day_is_that_of_its_definitive_hours() -> None:
    """Every hour present counts as definitive, and nothing else changes."""
    day = day_of(hour_row(validity=Validity.RECORDED), hour_row(), hour_row(quality=Quality.MISSING))
    folded, closed = fold_hours(day), definitive(day[0], np.ones(24, np.bool_))
    assert definitive_rollups(folded, np.array([True])) == fold_hours(closed[None, :])
    assert definitive_rollups(folded, np.array([False])) == folded


def test_hours_and_days_of_a_month() -> None:
    """745 hours and 31 gas days of October, none of its neighbours."""
    hours = np.arange(OCTOBER.start - 5, OCTOBER.stop + 5)
    inside = hours_within(["2026-10"], hours)
    assert (inside.sum(), inside[5], inside[4], inside[-6], inside[-5]) == (745, True, False, True, False)
    assert not hours_within([], hours).any()
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)]
    assert days_within({"2026-10"}, days).tolist() == [False, True, True, False]


def test_a_month_was_closed_until_it_was_opened_again() -> None:
    """The first change after the moment tells what was before it; other months and accepted hours tell nothing."""
    others = [
        StatusChange(DecisionKind.CLOSE, 150, 15, "2026-09"),
        StatusChange(DecisionKind.ACCEPT, 250, 25, "2026-10", (1,), (1,)),
    ]
    changes = [
        StatusChange(DecisionKind.CLOSE, 400, 40, "2026-10"),
        *others,
        StatusChange(DecisionKind.REOPEN, 300, 30, "2026-10"),
        StatusChange(DecisionKind.CLOSE, 200, 20, "2026-10"),
    ]
    closed = [was_closed("2026-10", changes, moment, is_closed=True) for moment in (100, 199, 200, 299, 300, 399, 400)]
    assert closed == [False, False, True, True, False, False, True]
    assert not was_closed("2026-10", others, 100, is_closed=False)
