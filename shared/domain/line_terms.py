"""The register as columns: what holds for each of many readings, looked up at numpy's speed.

`TermsTable.of(register)` lays all terms of all lines in one sorted table; `lookup` finds, for each reading, the terms
that hold in its hour, or none (rule A9).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.quantities import ABSENT, VOLUME
from shared.domain.topology import SENDABLE, Line, Register, Terms

TERMS = np.dtype(
    [
        ("known", np.bool_),  # the line is registered
        ("active", np.bool_),  # and these terms hold in this hour
        ("before_first", np.bool_),  # the hour lies before the line's first gas day
        ("station", np.uint32),  # index in TermsTable.stations
        ("one_way", np.bool_),
        ("teletransmitted", np.bool_),
        ("network", "S1"),
        ("capacity", np.int64),  # thousandths of m³(n)/h, ABSENT if none
        ("sends", np.uint8),  # bit i: topology.SENDABLE[i]
    ]
)
_LINE_SHIFT = 32
_HOUR_BIAS = 2**31  # hour numbers may be negative; keys may not
_FOREVER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class TermsTable:
    """All terms of all lines, sorted by line and first hour."""

    numbers: dict[str, int]
    stations: dict[str, int]
    keys: NDArray[np.int64]
    ends: NDArray[np.int64]
    rows: NDArray[np.void]

    @classmethod
    def of(cls, register: Register) -> TermsTable:
        """Lay out a register."""
        stations = {station: place for place, station in enumerate(sorted(register.stations))}
        numbers = {line: place for place, line in enumerate(sorted(register.lines))}
        keys, ends, rows = [], [], []
        for line_id, number in numbers.items():
            for first, end, row in _spans(register.lines[line_id], stations):
                keys.append((number << _LINE_SHIFT) + first + _HOUR_BIAS)
                ends.append(end)
                rows.append(row)
        return cls(numbers, stations, np.array(keys, np.int64), np.array(ends, np.int64), np.array(rows, TERMS))

    def lookup(self, lines: list[str], line: NDArray[np.uint32], hour: NDArray[np.int32]) -> NDArray[np.void]:
        """Return the TERMS of each reading: `lines[line[i]]` in `hour[i]`; all zero where the line is unknown."""
        found = np.zeros(len(hour), TERMS)
        if not len(self.keys) or not len(hour):
            return found
        number = np.array([self.numbers.get(name, -1) for name in lines], np.int64)[line]
        place = np.searchsorted(self.keys, (number << _LINE_SHIFT) + hour + _HOUR_BIAS, side="right") - 1
        same_line = (place >= 0) & (self.keys[place] >> _LINE_SHIFT == number)
        found[same_line] = self.rows[place[same_line]]
        found["active"] &= hour < self.ends[place]
        found["known"] = number >= 0
        found["before_first"] = found["known"] & ~same_line
        station = self._station_of_number()
        found["station"] = np.where(found["known"], station[number], 0)
        return found

    def _station_of_number(self) -> NDArray[np.uint32]:
        stations = np.zeros(len(self.numbers), np.uint32)
        stations[self.keys >> _LINE_SHIFT] = self.rows["station"]
        return stations


def _spans(line: Line, stations: dict[str, int]) -> list[tuple[int, int, tuple[object, ...]]]:
    """Return first hour, end hour and TERMS row of each of a line's terms."""
    starts = [gas_time.hours_of_day(terms.start).start for terms in line.terms]
    last = _FOREVER if line.end is None else gas_time.hours_of_day(line.end).start
    ends = [*starts[1:], last]
    return [
        (start, min(end, last), _row(terms, stations[line.station]))
        for terms, start, end in zip(line.terms, starts, ends, strict=True)
    ]


def _row(terms: Terms, station: int) -> tuple[object, ...]:
    capacity = ABSENT if terms.capacity_m3n_per_h is None else terms.capacity_m3n_per_h * VOLUME.scale
    sends = sum(1 << place for place, name in enumerate(SENDABLE) if name in terms.sends)
    network = terms.network.encode()
    return (True, True, False, station, terms.one_way, terms.teletransmitted, network, capacity, sends)
