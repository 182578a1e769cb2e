"""Attribution: which chromatograph's gas a line carries from which hour on, and what serves where it is silent.

An attribution is never overwritten: a later word for the same hour stands beside the earlier one, so that what was
known at any moment stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared.domain.analysis import KEPT_ANALYSIS, good_analyses
from shared.domain.quantities import ABSENT

MOST_DELAY_H = 72
"""Longest time that gas may take from a chromatograph to a line."""
HELD_H = 24
"""How long the last good analysis is held where a chromatograph is silent (the Dutch code)."""
_FOR_EVER = 2**62
_NO_HOUR = -(2**62)


class GasHow(IntEnum):
    """How the gas of an hour was found."""

    NONE = 0
    ANALYSIS = 1
    """The attributed chromatograph's analysis of that hour."""
    HELD = 2
    """Its last good one, of an earlier hour."""
    OTHER = 3
    """Another chromatograph's, in the order of the attribution."""
    MONTH_MEAN = 4
    """No analysis tells it: the flow-weighted mean of the line's gas month so far, or of the month before."""
    CONTRACT = 5
    """There is no such mean either: the calorific value of the contract."""


BY_ANALYSIS = (GasHow.ANALYSIS, GasHow.HELD, GasHow.OTHER)
"""An analysis tells the gas; in any other way only its calorific value is known."""


@dataclass(frozen=True, slots=True)
class Chromatograph:
    """A chromatograph: its id, and its name as people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """What holds from an hour on: whose gas the line carries, after which delay, and who else may serve.

    Attributes:
        start: First hour, UTC hour number.
        chromatograph: Its id; "" where the line carries the gas of no chromatograph of ours.
        delay_h: Hours that the gas takes to the line: its hour h carries the analysis of h - delay_h.
        others: Chromatographs that serve where the first has been silent for longer than it is held, in order.
        known_at_ms: When this became known, milliseconds since 1970.
        contract_gcv: Millionths of kWh/m³(n) that count where nobody tells the gas, ABSENT where nothing is agreed.
    """

    start: int
    chromatograph: str
    delay_h: int = 0
    others: tuple[str, ...] = ()
    known_at_ms: int = 0
    contract_gcv: int = ABSENT

    @property
    def chromatographs(self) -> tuple[str, ...]:
        """Whoever may serve, the attributed one first."""
        return tuple(dict.fromkeys(filter(None, (self.chromatograph, *self.others))))


def in_force(told: Iterable[Attribution], moment_ms: int | None = None) -> tuple[Attribution, ...]:
    """Return the attributions that hold, or held as known at a moment, by their hours; of one hour the last word."""
    until_ms = _FOR_EVER if moment_ms is None else moment_ms
    known = sorted((one for one in told if one.known_at_ms <= until_ms), key=lambda one: one.known_at_ms)
    latest = {one.start: one for one in known}
    return tuple(latest[start] for start in sorted(latest))


def serving(attributions: Iterable[Attribution]) -> tuple[str, ...]:
    """Return the ids of all chromatographs that may serve, each once."""
    return tuple(dict.fromkeys(name for one in attributions for name in one.chromatographs))


def touched_by_analyses(attributions: Sequence[Attribution], chromatograph: str, told: range) -> list[range]:
    """Return the hours that may carry another gas since a chromatograph told of some hours, or follow one that does.

    Args:
        attributions: Those in force.
        chromatograph: Who told.
        told: From the first to the last hour of which it told.
    """
    reach = range(told.start, told.stop + HELD_H + MOST_DELAY_H)
    touched = []
    for attribution, within in each_in_force(attributions, reach):
        low = max(within.start, told.start + attribution.delay_h)
        high = min(within.stop, told.stop + attribution.delay_h + HELD_H)
        if chromatograph in attribution.chromatographs and low < high:
            touched.append(range(low, high + 1))
    return touched


def touched_by_words(before: Sequence[Attribution], after: Sequence[Attribution], until: int) -> list[range]:
    """Return the hours that may carry another gas since more was told of a line, or follow one that does.

    Args:
        before: All that was told.
        after: The same, and more behind it.
        until: End of the hours that there may be.
    """
    starts = {told.start for told in after[len(before) :]}
    everything = range(min(starts, default=until), until)
    return [
        range(h.start, h.stop + 1) for told, h in each_in_force(in_force(after), everything) if told.start in starts
    ]


def hours_needed(attributions: Sequence[Attribution], hours: range) -> range:
    """Return the hours whose analyses can serve some hours."""
    delays = [one.delay_h for one in attributions] or [0]
    return range(hours.start - max(delays) - HELD_H, hours.stop - min(delays))


@dataclass(frozen=True, slots=True)
class Served:
    """By whom each of many hours is served.

    Attributes:
        how: GasHow of each hour.
        chromatograph: Place of its chromatograph in `names`; where nobody serves, 0.
        hour: The hour of the analysis.
        delay_h: Hours that the gas took.
        names: Ids of chromatographs; the first is "".
        analyses: The analysis of each hour, as they were known; zeros where nobody serves.
    """

    how: NDArray[np.uint8]
    chromatograph: NDArray[np.int64]
    hour: NDArray[np.int64]
    delay_h: NDArray[np.int64]
    names: tuple[str, ...]
    analyses: NDArray[np.void]


def served_by_nobody(count: int, names: tuple[str, ...] = ("",), form: np.dtype[np.void] = KEPT_ANALYSIS) -> Served:
    """Return hours of which nobody tells the gas (yet)."""
    chromatograph, hour, delay_h = (np.zeros(count, np.int64) for _ in range(3))
    return Served(np.zeros(count, np.uint8), chromatograph, hour, delay_h, names, np.zeros(count, form))


def served_behind(parts: Sequence[Served]) -> Served:
    """Return hours behind each other, of one or of many lines; there is at least one part, and all of one form."""
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    places = [np.array([names.index(name) for name in part.names], np.int64)[part.chromatograph] for part in parts]
    how, hour, delay_h, analyses = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("how", "hour", "delay_h", "analyses")
    )
    return Served(how, np.concatenate(places), hour, delay_h, names, analyses)


def served(
    attributions: Sequence[Attribution],
    hours: range,
    known: Mapping[str, NDArray[np.void]],
    needed: range,
    good: Callable[[NDArray[np.void]], NDArray[np.bool_]] = good_analyses,
) -> Served:
    """Say by which analysis each hour is served.

    Args:
        attributions: In force, in the order of their hours.
        hours: The hours of the line.
        known: Of each chromatograph a row for every hour of `needed` (KEPT_ANALYSIS, or another form for all of them).
        needed: The hours of `known`; see `hours_needed`.
        good: Says which of these rows may serve.
    """
    names = ("", *serving(attributions))
    form = next((rows.dtype for rows in known.values()), KEPT_ANALYSIS)
    found = served_by_nobody(len(hours), names, form)
    told = {name: _Good.of(rows, good(rows), needed) for name, rows in known.items()}
    for attribution, within in each_in_force(attributions, hours):
        _serve(found, attribution, range(within.start - hours.start, within.stop - hours.start), hours.start, told)
    return found


def each_in_force(attributions: Sequence[Attribution], hours: range) -> Iterator[tuple[Attribution, range]]:
    """Give each attribution of those in force that holds in some of the hours, with these hours."""
    bounds = [*(one.start for one in attributions), _FOR_EVER]
    for attribution, (start, end) in zip(attributions, pairwise(bounds), strict=True):
        low, high = max(start, hours.start), min(end, hours.stop)
        if low < high:
            yield attribution, range(low, high)


@dataclass(frozen=True, slots=True)
class _Good:
    """The good analyses of a chromatograph: `last[i]` is the last hour up to `first + i` that has one."""

    first: int
    rows: NDArray[np.void]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, rows: NDArray[np.void], is_good: NDArray[np.bool_], hours: range) -> _Good:
        """Return those of rows, one for each of some hours."""
        numbers = np.where(is_good, np.arange(hours.start, hours.stop), _NO_HOUR)
        return cls(hours.start, rows, np.maximum.accumulate(numbers) if len(numbers) else numbers)


def _serve(found: Served, attribution: Attribution, places: range, first_hour: int, good: Mapping[str, _Good]) -> None:
    """Let one attribution serve the hours at some places, whoever is asked first and has something."""
    at = np.arange(places.start, places.stop)
    for name in attribution.chromatographs:
        if name not in good or not len(at):
            continue
        wanted = first_hour + at - attribution.delay_h
        last = good[name].last[wanted - good[name].first]
        serves = wanted - last <= HELD_H
        chosen, hour = at[serves], last[serves]
        exact = hour == wanted[serves]
        how = np.where(exact, GasHow.ANALYSIS, GasHow.HELD) if name == attribution.chromatograph else GasHow.OTHER
        found.how[chosen] = how
        found.chromatograph[chosen] = found.names.index(name)
        found.hour[chosen], found.delay_h[chosen] = hour, attribution.delay_h
        found.analyses[chosen] = good[name].rows[hour - good[name].first]
        at = at[~serves]
