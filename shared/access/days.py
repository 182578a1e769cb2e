"""Gas days as rights name them: runs of days, without holes in any of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

Run = tuple[date, date]
"""First gas day and the one after the last."""


@dataclass(frozen=True, slots=True)
class Days:
    """A set of gas days as runs, in order, none touching the next."""

    runs: tuple[Run, ...] = ()

    @classmethod
    def of(cls, runs: Iterable[Run]) -> Days:
        """Return the days that any of the runs holds; a run that ends before it begins holds none."""
        told: list[Run] = []
        for first, end in sorted(run for run in runs if run[0] < run[1]):
            if told and first <= told[-1][1]:
                told[-1] = (told[-1][0], max(end, told[-1][1]))
            else:
                told.append((first, end))
        return cls(tuple(told))

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __contains__(self, day: date) -> bool:
        return any(first <= day < end for first, end in self.runs)

    def covers(self, first: date, end: date) -> bool:
        """Say whether every gas day of a period, `end` not included, is among these."""
        return first >= end or any(run[0] <= first and end <= run[1] for run in self.runs)

    def meets(self, first: date, end: date) -> bool:
        """Say whether any gas day of a period, `end` not included, is among these."""
        return any(run[0] < end and first < run[1] for run in self.runs) if first < end else False

    def latest(self, day: date) -> date | None:
        """Return the last of these days up to a day, None where all are later."""
        begun = [run for run in self.runs if run[0] <= day]
        return min(day, begun[-1][1] - timedelta(days=1)) if begun else None

    def within(self, other: Days) -> Days:
        """Return the days that both hold."""
        pairs = ((mine, theirs) for mine in self.runs for theirs in other.runs)
        return Days.of((max(mine[0], theirs[0]), min(mine[1], theirs[1])) for mine, theirs in pairs)

    def with_days(self, other: Days) -> Days:
        """Return the days that either holds."""
        return Days.of((*self.runs, *other.runs))


ALWAYS = Days(((date.min, date.max),))
"""Every gas day."""
NEVER = Days()
"""No gas day."""
