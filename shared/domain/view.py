"""The rows of a view: which hours, gas days and gas months a reader sees, and what is missing among them.

A row exists for every hour that has ended and for which the line was active; whether a value came or not. What rests
in the store is only what is present: the missing rows come from the register, at reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.gas_rows import GasRows, gas_of_nobody
from shared.domain.period import Question, View
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance
from shared.domain.revision import HOUR, has_values
from shared.domain.rollup import ROLLUP, fold_days
from shared.domain.topology import Line


@dataclass(frozen=True, slots=True)
class HourRows:
    """Hours that are expected, with what is known of each (dtype HOUR; revision 0: nothing).

    `gas` is what is known of the gas, None for a line that carries that of no chromatograph; so of `PeriodRows`.
    """

    hours: range
    known: NDArray[np.void]
    gas: GasRows | None = None

    @property
    def has_values(self) -> NDArray[np.bool_]:
        """Where an hour carries values: something is known, and it is not that the hour is missing."""
        return has_values(self.known)

    @property
    def has_volume(self) -> NDArray[np.bool_]:
        """Where an hour has a volume."""
        there: NDArray[np.bool_] = self.has_values & (self.known["volume"] != ABSENT)
        return there

    @property
    def has_operating_volume(self) -> NDArray[np.bool_]:
        """Where the volume is operating volume as the operator publishes it, not normalised."""
        operating: NDArray[np.bool_] = (self.known["provenance"] & Provenance.VOLUME_OPERATING) > 0
        return self.has_volume & operating


@dataclass(frozen=True, slots=True)
class PeriodRows:
    """Gas days or gas months: each one's first and end hour, ROLLUP and the number of hours expected in it."""

    view: View
    first_days: tuple[date, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    rollups: NDArray[np.void]
    expected: NDArray[np.int64]
    gas: GasRows | None = None

    @classmethod
    def of_whole(cls, question: Question, rollup: np.void, expected: range) -> PeriodRows:
        """Return a whole period as one row, from the rollup of all its hours: its totals and its completeness."""
        hours = question.hours
        starts, ends = np.array([hours.start], np.int64), np.array([hours.stop], np.int64)
        rollups = np.array([rollup], rollup.dtype)
        return cls(View.DAY, (question.first,), starts, ends, rollups, np.array([len(expected)], np.int64))


def no_rows(view: View, *, with_gas: bool = False) -> HourRows | PeriodRows:
    """Return a view without rows: it has the columns that every view of its kind has."""
    gas = gas_of_nobody(0, is_hours=view is View.HOUR) if with_gas else None
    if view is View.HOUR:
        return HourRows(range(0), np.zeros(0, HOUR), gas)
    nothing = np.zeros(0, np.int64)
    return PeriodRows(view, (), nothing, nothing, np.zeros(0, ROLLUP), nothing, gas)


def ended_before(now: datetime) -> int:
    """Return the first gas hour that has not ended at a moment: all hours before it have."""
    return int(now.timestamp()) // 3600


def expected_hours(line: Line, question: Question, ended: int) -> range:
    """Return the hours of a period for which rows exist: ended, and within the line's life.

    Args:
        line: The line with its terms.
        question: What is asked.
        ended: First hour that has not ended.
    """
    hours = question.hours
    return line.active_hours(range(hours.start, min(hours.stop, ended)))


def hour_rows(expected: range, known: NDArray[np.void]) -> HourRows:
    """Return the hour view.

    Args:
        expected: The hours for which rows exist.
        known: HOUR rows of exactly these hours.
    """
    return HourRows(expected, known)


def day_rows(question: Question, expected: range, rollups: NDArray[np.void]) -> PeriodRows:
    """Return the day view: the gas days in which at least one hour is expected.

    Args:
        question: What is asked.
        expected: The hours for which rows exist.
        rollups: ROLLUP of every gas day of the period, in order; zeros where nothing is known.
    """
    days = tuple(question.first + timedelta(days=place) for place in range((question.end - question.first).days))
    bounds = _starts((*days, question.end))
    return _with_hours(PeriodRows(View.DAY, days, bounds[:-1], bounds[1:], rollups, bounds[:0]), expected)


def month_rows(question: Question, expected: range, rollups: NDArray[np.void]) -> PeriodRows:
    """Return the month view: each month is the fold of its gas days. Arguments as for `day_rows`."""
    firsts = [gas_time.first_day_of_month(month) for month in question.months]
    edges = [(day - question.first).days for day in (*firsts, question.end)]
    months = np.array([fold_days(rollups[begin:end]) for begin, end in pairwise(edges)], rollups.dtype)
    bounds = _starts((*firsts, question.end))
    return _with_hours(PeriodRows(View.MONTH, tuple(firsts), bounds[:-1], bounds[1:], months, bounds[:0]), expected)


def _starts(days: tuple[date, ...]) -> NDArray[np.int64]:
    """Return the first hour of each gas day; of the last one, the end of the day before it."""
    hours = [gas_time.hours_of_day(day).start for day in days[:-1]]
    return np.array([*hours, gas_time.hours_of_day(days[-1] - timedelta(days=1)).stop], np.int64)


def _with_hours(rows: PeriodRows, expected: range) -> PeriodRows:
    """Count the hours expected in each period, and leave out the periods without any."""
    begin, end = np.maximum(rows.starts, expected.start), np.minimum(rows.ends, expected.stop)
    count = np.maximum(end - begin, 0)
    kept = np.flatnonzero(count)
    first_days = tuple(rows.first_days[place] for place in kept)
    return PeriodRows(rows.view, first_days, rows.starts[kept], rows.ends[kept], rows.rollups[kept], count[kept])
