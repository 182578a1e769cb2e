"""Punctuality: how many hours of a line came when they were promised, and what has become of them since.

*On time* is measured from the hour's first accepted value of its own: measured, calculated, of the check meter, or put
in by hand. An estimate is none, whoever made it and whenever: an hour that was estimated at its deadline was not on
time, and one that is measured later is late. The moment is when the line log took the value in (`known_at`): not when
it was sent, and not when a reader could first see it, which is some tenths of a second later. So a fault of ours that
keeps readings waiting makes them late here too. A later correction makes no hour late: it is counted as a revision.

What cannot be known: how punctual hours were before the line was live (they were delivered in bulk, nothing was
promised of them), whether an hour that is not there was ever sent (a value that was held is none), and of a month that
was closed, reopened and closed again anything but the close that holds. Promises are those of the line's terms as they
are known now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.as_known import Superseded
from shared.domain.period import View
from shared.domain.promises import NEVER, Moments, Promised
from shared.domain.reading import Quality, Validity
from shared.domain.revision import has_values

OWN = (Quality.MEASURED, Quality.CALCULATED, Quality.SUBSTITUTED, Quality.EDITED)
"""Qualities of values that are an hour's own."""
COUNTS = np.dtype(
    [
        (name, np.int64)
        for name in (
            "hours_expected",  # that have ended, within the line's life
            "hours_present",  # that carry a value, whatever its quality
            "hours_prompt_due",  # promised at once, and the moment has passed
            "hours_prompt",  # of those: a value of their own was known by then
            "hours_due",  # whose deadline has passed: each is one of the next three
            "hours_on_time",  # a value of their own was known by then
            "hours_late",  # one has come since
            "hours_outstanding",  # none has come yet
            "hours_definitive_due",  # promised definitively, and the moment has passed
            "hours_definitive_on_time",  # of those: the close that holds was known by then
            "hours_definitive",  # that are definitive and carry a value
            "hours_estimated",  # that are estimated as they stand
            "hours_revised",  # that have said more than one thing
            "revisions",  # accepted changes behind the first value of each hour
        )
    ]
)
"""What is counted of the hours of a gas day, a gas month, or any other period; counts of periods add up."""


@dataclass(frozen=True, slots=True)
class HoursTold:
    """What is known of some hours.

    Attributes:
        hours: The hour numbers, one behind the other.
        rows: What each says (HOUR, revision 0: nothing), with the validity that its month gives it.
        first_own_ms: When the first value of its own became known, ms since 1970; NEVER where none has.
        closed_ms: When its month was closed last, as it became known; NEVER where it never was.
    """

    hours: range
    rows: NDArray[np.void]
    first_own_ms: Moments
    closed_ms: Moments

    def within(self, hours: range) -> HoursTold:
        """Return what is known of those of them that lie in a range."""
        begin, stop = max(hours.start, self.hours.start), min(hours.stop, self.hours.stop)
        kept = slice(begin - self.hours.start, max(begin, stop) - self.hours.start)
        moments = self.first_own_ms[kept], self.closed_ms[kept]
        return HoursTold(range(begin, max(begin, stop)), self.rows[kept], *moments)


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Counts (COUNTS) of gas days or gas months in which hours are expected, each named by its first gas day."""

    view: View
    first_days: tuple[date, ...]
    counts: NDArray[np.void]

    @property
    def whole(self) -> np.void:
        """The counts of all of them."""
        return _summed(self.counts)


def is_own(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Say which HOUR rows carry a value of the hour's own."""
    return (rows["revision"] > 0) & np.isin(rows["quality"], OWN)


def first_own_ms(hours: range, rows: NDArray[np.void], earlier: Superseded) -> Moments:
    """Return when each hour's first value of its own became known, ms since 1970; NEVER where none has.

    Args:
        hours: The hour numbers.
        rows: HOUR rows as the hours stand.
        earlier: What was said of them before; of hours of `undecided` all, of others it may be left out.
    """
    first = np.where(is_own(rows), rows["known_at"], NEVER)
    own = is_own(earlier.rows)
    np.minimum.at(first, earlier.hour[own] - hours.start, earlier.rows["known_at"][own])
    return first


def undecided(rows: NDArray[np.void], promised: Promised) -> NDArray[np.bool_]:
    """Say of which hours it depends on what they said before whether they came as promised.

    Not of those of which nothing was promised, that have said one thing only, or that were on time as they stand.
    """
    standing = np.where(is_own(rows), rows["known_at"], NEVER)
    missed = np.zeros(len(rows), np.bool_)
    for by_ms in (promised.prompt, promised.complete):
        missed |= (by_ms < NEVER) & (standing > by_ms)
    return missed & (rows["revision"] > 1)


def punctuality(view: View, told: HoursTold, promised: Promised, until_ms: int) -> Punctuality:
    """Count the hours of each gas day or gas month.

    Args:
        view: Gas days or gas months.
        told: What is known of the hours that are expected.
        promised: By when each of them is promised.
        until_ms: The moment as of which it is told, ms since 1970: what is promised for later is not due.
    """
    flags = _flags(told, promised, until_ms)
    days = gas_time.days_and_indexes(np.arange(told.hours.start, told.hours.stop))[0]
    numbers, place = np.unique(days, return_inverse=True)
    first_days = [gas_time.day_of_number(int(number)) for number in numbers]
    if view is View.MONTH:
        months = sorted({day.replace(day=1) for day in first_days})
        place = np.array([months.index(day.replace(day=1)) for day in first_days], np.intp)[place]
        first_days = months
    counts = np.zeros(len(first_days), COUNTS)
    for name, flag in flags.items():
        counts[name] = np.bincount(place, weights=flag, minlength=len(first_days)).astype(np.int64)
    return Punctuality(view, tuple(first_days), counts)


def _flags(told: HoursTold, promised: Promised, until_ms: int) -> dict[str, NDArray[np.generic]]:
    """Return what each hour adds to each count."""
    rows, first = told.rows, told.first_own_ms
    is_present, was_told = has_values(rows), rows["revision"] > 0
    prompt_due, due = promised.prompt <= until_ms, promised.complete <= until_ms
    definitive_due, on_time = promised.definitive <= until_ms, due & (first <= promised.complete)
    has_come = first < NEVER
    is_definitive = is_present & (rows["validity"] == Validity.DEFINITIVE)
    return {
        "hours_expected": np.ones(len(rows), np.bool_),
        "hours_present": is_present,
        "hours_prompt_due": prompt_due,
        "hours_prompt": prompt_due & (first <= promised.prompt),
        "hours_due": due,
        "hours_on_time": on_time,
        "hours_late": due & has_come & ~on_time,
        "hours_outstanding": due & ~has_come,
        "hours_definitive_due": definitive_due,
        "hours_definitive_on_time": definitive_due & is_definitive & (told.closed_ms <= promised.definitive),
        "hours_definitive": is_definitive,
        "hours_estimated": was_told & (rows["quality"] == Quality.ESTIMATED),
        "hours_revised": rows["revision"] > 1,
        "revisions": np.maximum(rows["revision"].astype(np.int64) - 1, 0),
    }


def joined(view: View, parts: Sequence[Punctuality]) -> Punctuality:
    """Return the counts of parts added up: of lines, or of parts of a period."""
    days = sorted({day for part in parts for day in part.first_days})
    counts = np.zeros(len(days), COUNTS)
    for part in parts:
        for name in COUNTS.names or ():
            np.add.at(counts[name], places_of(days, part), part.counts[name])
    return Punctuality(view, tuple(days), counts)


def places_of(days: Sequence[date], part: Punctuality) -> NDArray[np.intp]:
    """Return where the gas days or months of a part stand among first days."""
    place = {day: number for number, day in enumerate(days)}
    return np.array([place[day] for day in part.first_days], np.intp)


def _summed(counts: NDArray[np.void]) -> np.void:
    whole = np.zeros(1, COUNTS)
    for name in COUNTS.names or ():
        whole[name] = counts[name].sum()
    summed: np.void = whole[0]
    return summed
