"""The register as columns: what holds for each of many readings, looked up at numpy's speed.

`TermsTable.of(register)` lays all terms of all lines in one sorted table; `lookup` finds, for each reading, the terms
that hold in its hour, or none (rule A9); `setting` finds the thresholds and severities that these terms name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.quantities import ABSENT, PRESSURE, VOLUME
from shared.domain.register import Register
from shared.domain.rows import taken
from shared.domain.topology import SENDABLE, Check, Line, Terms

TERMS = np.dtype(
    [
        ("place", np.uint32),  # of the terms in TermsTable.rows; 0: no terms
        ("known", np.bool_),  # the line is registered
        ("active", np.bool_),  # and these terms hold in this hour
        ("before_first", np.bool_),  # the hour lies before the line's first gas day
        ("first", np.int32),  # hour number with which the line's first gas day begins
        ("live", np.int32),  # hour number from which the line's hours have deadlines
        ("station", np.uint32),  # index in TermsTable.stations
        ("one_way", np.bool_),
        ("teletransmitted", np.bool_),
        ("network", "S1"),
        ("capacity", np.int64),  # thousandths of m³(n)/h, ABSENT if none
        ("sends", np.uint8),  # bit i: topology.SENDABLE[i]
        ("check", np.int32),  # number of the line that checks this one, -1 if none
        ("check_factor", np.float64),
        ("check_offset", np.float64),  # thousandths of m³(n)
        ("pressure_lowest", np.int64),  # of the contract, thousandths of bar absolute, ABSENT if none
        ("pressure_highest", np.int64),
    ]
)
_LINE_SHIFT = 32
_HOUR_BIAS = 2**31  # hour numbers may be negative; keys may not
_ALWAYS = -(2**31)
_FOREVER = 2**31
_NO_TERMS = (0, False, False, False, 0, _ALWAYS, 0, False, False, b"", ABSENT, 0, -1, 1.0, 0.0, ABSENT, ABSENT)


@dataclass(frozen=True, slots=True)
class TermsTable:
    """All terms of all lines, sorted by line and first hour; `rows[0]` are the terms of nobody."""

    numbers: dict[str, int]
    stations: dict[str, int]
    keys: NDArray[np.int64]
    ends: NDArray[np.int64]
    rows: NDArray[np.void]
    line_first: NDArray[np.int32]
    line_station: NDArray[np.uint32]
    settings: dict[str, NDArray[np.float64]]

    @classmethod
    def of(cls, register: Register) -> TermsTable:
        """Lay out a register."""
        stations = {station: place for place, station in enumerate(sorted(register.stations))}
        lines = [register.lines[name] for name in sorted(register.lines)]
        terms = [each for line in lines for each in line.terms]
        spans = [(number, *span) for number, line in enumerate(lines) for span in _spans(line)]
        keys = [(number << _LINE_SHIFT) + first + _HOUR_BIAS for number, first, _ in spans]
        owners = [(lines[number], place) for place, (number, _, _) in enumerate(spans, start=1)]
        numbers = {line.id: number for number, line in enumerate(lines)}
        rows = [
            (*_row(each, line, stations, place), *_limits(each, numbers))
            for each, (line, place) in zip(terms, owners, strict=True)
        ]
        return cls(
            numbers=numbers,
            stations=stations,
            keys=np.array(keys, np.int64),
            ends=np.array([_ALWAYS, *(end for _, _, end in spans)], np.int64),
            rows=np.array([_NO_TERMS, *rows], TERMS),
            line_first=np.array([_first_hour(line) for line in lines], np.int32),
            line_station=np.array([stations[line.station] for line in lines], np.uint32),
            settings=_settings(terms),
        )

    def lookup(self, lines: list[str], line: NDArray[np.uint32], hour: NDArray[np.int32]) -> NDArray[np.void]:
        """Return the TERMS of each reading: those of `lines[line[i]]` in `hour[i]`, or of nobody (`rows[0]`)."""
        if not len(self.keys) or not len(hour):
            return np.repeat(self.rows[:1], len(hour))
        number = np.array([self.numbers.get(name, -1) for name in lines], np.int64)[line]
        before = np.searchsorted(self.keys, (number << _LINE_SHIFT) + hour + _HOUR_BIAS, side="right") - 1
        same_line = (before >= 0) & (self.keys[before] >> _LINE_SHIFT == number)
        place = np.where(same_line, before + 1, 0)
        found = taken(self.rows, place)
        known = number >= 0
        found["known"] = known
        found["active"] &= hour < self.ends[place]
        found["first"] = np.where(known, self.line_first[number], 0)
        found["before_first"] = known & ~same_line
        found["station"] = np.where(known, self.line_station[number], 0)
        return found

    def setting(self, name: str, found: NDArray[np.void]) -> NDArray[np.float64] | None:
        """Return what the looked-up terms set for a threshold or severity, NaN where nothing; None if no line does.

        `name` is the rule's id and the threshold, as "D7.relative".
        """
        column = self.settings.get(name)
        return None if column is None else column[found["place"]]


def _first_hour(line: Line) -> int:
    return gas_time.hours_of_day(line.first_day).start


def _spans(line: Line) -> list[tuple[int, int]]:
    """Return first hour and end hour of each of a line's terms; of those that are over by its first day, no hours."""
    first = _first_hour(line)
    starts = [max(first, gas_time.hours_of_day(terms.start).start) for terms in line.terms]
    last = _FOREVER if line.end is None else gas_time.hours_of_day(line.end).start
    ends = [*starts[1:], last]
    return [(start, min(end, last)) for start, end in zip(starts, ends, strict=True)]


def _row(terms: Terms, line: Line, stations: dict[str, int], place: int) -> tuple[object, ...]:
    return (
        place,
        True,
        True,
        False,
        _first_hour(line),
        _ALWAYS if line.live_from is None else gas_time.hours_of_day(line.live_from).start,
        stations[line.station],
        terms.one_way,
        terms.teletransmitted,
        terms.network.encode(),
        ABSENT if terms.capacity_m3n_per_h is None else terms.capacity_m3n_per_h * VOLUME.scale,
        sum(1 << bit for bit, name in enumerate(SENDABLE) if name in terms.sends),
    )


def _limits(terms: Terms, numbers: dict[str, int]) -> tuple[int | float, ...]:
    check = Check("") if terms.check is None else terms.check
    lowest, highest = tuple(PRESSURE.scaled(bar) for bar in terms.pressure_bar_abs or ()) or (ABSENT, ABSENT)
    return numbers.get(check.line, -1), check.factor, check.offset_m3n * VOLUME.scale, lowest, highest


def _settings(terms: list[Terms]) -> dict[str, NDArray[np.float64]]:
    """Return, by name, one column over TermsTable.rows: NaN where the terms leave a setting alone."""
    columns: dict[str, NDArray[np.float64]] = {}
    for place, each in enumerate(terms, start=1):
        for name, value in each.thresholds:
            columns.setdefault(name, np.full(len(terms) + 1, np.nan))[place] = value
    return columns
