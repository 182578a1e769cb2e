"""From texts to columns: many hours at once become READING rows; what cannot is a fault of its hour alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.ingest.files.told import Fault, HourTold
from services.ingest.telegram import QUALITIES, HourText, Telegram, hour_of
from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import MEASURES, Quality, Readings, Source, empty_rows
from shared.domain.reason import Reason

MAX_METER = 64


@dataclass(slots=True)
class Pending:
    """Hours of one partition of the line log that wait to become one message."""

    hours: list[HourText] = field(default_factory=list)
    runs: list[tuple[int, int, int, int]] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def take(self, source: Source, telegram: Telegram) -> None:
        """Add the good hours of a telegram; `runs` are (line, source, first place, count)."""
        self.sources.append(source)
        for line, place, position, hours in telegram.runs:
            number = self.lines.setdefault(line, len(self.lines))
            self.runs.append((number, len(self.sources) - 1, place, len(hours)))
            self.positions.append(position)
            self.hours += hours


def columns_of(pending: Pending) -> tuple[Readings, list[tuple[int, Fault]]]:
    """Return the readings, and the faults with the number of their source."""
    rows = empty_rows(len(pending.hours))
    line, source, first, count = np.array(pending.runs, np.int64).reshape(-1, 4).T
    run = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(run)) - np.repeat(np.cumsum(count) - count, count)
    rows["line"], rows["source"], rows["place"] = line[run], source[run], first[run] + within
    faults = _Faults(pending, run, within)
    _starts(rows, pending.hours, faults)
    _qualities(rows, pending.hours, faults)
    _measures(rows, pending.hours, faults)
    meters = _meters(rows, pending.hours, faults)
    readings = Readings(rows[~faults.bad], list(pending.lines), pending.sources, meters)
    return readings, list(faults.told(rows))


@dataclass(slots=True)
class _Faults:
    """The first fault of each bad row."""

    pending: Pending
    run: NDArray[np.int64]
    within: NDArray[np.int64]
    by_row: dict[int, tuple[Reason, str, str]] = field(default_factory=dict)

    def add(self, row: int, reason: Reason, where: str, message: str) -> None:
        self.by_row.setdefault(row, (reason, where, message))

    @property
    def bad(self) -> NDArray[np.bool_]:
        mask = np.zeros(len(self.run), np.bool_)
        mask[list(self.by_row)] = True
        return mask

    def told(self, rows: NDArray[np.void]) -> Iterator[tuple[int, Fault]]:
        for row, (reason, where, message) in sorted(self.by_row.items()):
            position = self.pending.positions[self.run[row]]
            if not position.endswith("]") or ".hours[" not in position:
                position = f"{position}.hours[{self.within[row]}]"
            yield int(rows["source"][row]), Fault(int(rows["place"][row]), reason, f"{position}.{where}", message)


def _starts(rows: NDArray[np.void], hours: list[HourText], faults: _Faults) -> None:
    found = [hour_of(hour.start) for hour in hours]
    for row, hour in enumerate(found):
        if isinstance(hour, tuple):
            faults.add(row, hour[0], "start", hour[1])
    rows["hour"] = [0 if isinstance(hour, tuple) else hour for hour in found] if faults.by_row else found


def _qualities(rows: NDArray[np.void], hours: list[HourText], faults: _Faults) -> None:
    found = [QUALITIES.get(hour.quality, 0) for hour in hours]
    rows["quality"] = found
    for row in np.flatnonzero(rows["quality"] == 0).tolist():
        text = f"{hours[row].quality[:40]!r} is not one of {', '.join(QUALITIES)}"
        faults.add(row, Reason.A1_ENUM, "quality", text)


def _measures(rows: NDArray[np.void], hours: list[HourText], faults: _Faults) -> None:
    for name, quantity in zip(MEASURES, QUANTITIES, strict=True):
        told = np.array([getattr(hour, quantity.field) for hour in hours], np.float64)
        absent = np.isnan(told)
        if absent.all():
            continue
        outside = ~absent & ~((told >= quantity.lowest) & (told <= quantity.highest))
        rows[name] = np.where(absent | outside, ABSENT, np.rint(np.where(absent | outside, 0, told) * quantity.scale))
        for row in np.flatnonzero(outside).tolist():
            text = f"outside {quantity.lowest} to {quantity.highest}"
            faults.add(row, Reason.A1_RANGE, quantity.field, text)
    silent = (rows["volume"] == ABSENT) & (rows["quality"] != Quality.MISSING)
    for row in np.flatnonzero(silent).tolist():
        faults.add(row, Reason.A1_NUMBER, "volume_m3n", "no volume: send it, or quality MISSING")


def _meters(rows: NDArray[np.void], hours: list[HourText], faults: _Faults) -> list[str]:
    numbers = {"": 0}
    rows["meter"] = [numbers.setdefault(hour.meter, len(numbers)) for hour in hours]
    for meter in [meter for meter in numbers if len(meter) > MAX_METER]:
        for row in np.flatnonzero(rows["meter"] == numbers[meter]).tolist():
            faults.add(row, Reason.A1_ID, "meter", f"a meter's name has at most {MAX_METER} characters")
    return [meter[:MAX_METER] for meter in numbers]


def readings_of_hours(hours: list[HourTold], source: Source) -> Readings:
    """Return the readings of a chunk of a file: their numbers are scaled already."""
    lines: dict[str, int] = {}
    meters = {"": 0}
    rows = empty_rows(len(hours))
    rows["line"] = [lines.setdefault(hour.line, len(lines)) for hour in hours]
    rows["meter"] = [meters.setdefault(hour.meter, len(meters)) for hour in hours]
    for name in ("hour", "quality", "provenance", "place"):
        rows[name] = [getattr(hour, name) for hour in hours]
    for name, quantity in zip(MEASURES, QUANTITIES, strict=True):
        rows[name] = [hour.values[quantity.field] for hour in hours]
    return Readings(rows, list(lines), [source], list(meters))
