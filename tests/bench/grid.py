"""The grid of the benchmark: stations of ten lines each, its register, and telegrams as gateways send them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import orjson

LINES_PER_STATION = 10
REGISTERED_FROM = date(2024, 1, 1)
SENDS = ("energy_kwh", "gcv_kwh_per_m3n", "temperature_c")
CAPACITY_M3N_PER_H = 20_000
PATTERN_HOURS = 170 * 24
"""Values repeat after so many hours, and the counter goes on: making telegrams costs little beside reading them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A number of lines, ten a station; what they send beside volumes, counter and state."""

    line_count: int
    sends: tuple[str, ...] = SENDS

    @property
    def stations(self) -> range:
        """Numbers of the stations."""
        return range(self.line_count // LINES_PER_STATION)

    def lines(self, station: int) -> list[str]:
        """Return the ids of a station's lines."""
        return [f"{station_id(station)}-{letter}" for letter in "ABCDEFGHIJ"]

    def register(self) -> bytes:
        """Return the change of the register that this grid is."""
        lines = [_line(name, station, self.sends) for station in self.stations for name in self.lines(station)]
        stations = [{"id": station_id(number), "name": f"Station {number}"} for number in self.stations]
        return json.dumps({"reason": "benchmark", "stations": stations, "lines": lines}).encode()


def station_id(number: int) -> str:
    """Return the id of a station."""
    return f"BE-{number:04d}"


def _line(name: str, station: int, sends: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": name,
        "station": station_id(station),
        "name": f"Line {name}",
        "from": REGISTERED_FROM.isoformat(),
        "capacity_m3n_per_h": CAPACITY_M3N_PER_H,
        "sends": list(sends),
    }


class Gateway:
    """Writes telegrams: every field of the documented telegram is there, and the values pass every rule."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._values, self._counted = _values()
        for row in self._values:
            for name in set(SENDS) - set(grid.sends):
                del row[name]
        self._number = 0

    def hour_by_hour(self, hours: range) -> Iterator[tuple[str, bytes]]:
        """(station, telegram): for each hour one telegram of each station, with one hour of each of its ten lines."""
        for hour in hours:
            for station in self._grid.stations:
                lines = [{"line": name, "hours": [self._hour(hour)]} for name in self._grid.lines(station)]
                yield self._telegram(station, hour, lines)

    def spans(self, hours: range, lengths: tuple[int, ...]) -> Iterator[tuple[str, bytes]]:
        """(station, telegram): telegrams of one line and of 24 to 744 hours each, the lines side by side."""
        first, turn = hours.start, 0
        while first < hours.stop:
            end = min(first + lengths[turn % len(lengths)], hours.stop)
            for station in self._grid.stations:
                for name in self._grid.lines(station):
                    told = [self._hour(hour) for hour in range(first, end)]
                    yield self._telegram(station, end - 1, [{"line": name, "hours": told}])
            first, turn = end, turn + 1

    def _hour(self, hour: int) -> dict[str, object]:
        self._number += 1
        turn, place = divmod(hour, PATTERN_HOURS)
        index = round(turn * self._counted[-1] + self._counted[place], 3)
        return {"start": _moment(hour), **self._values[place], "index_m3": index}

    def _telegram(self, station: int, hour: int, lines: list[dict[str, Any]]) -> tuple[str, bytes]:
        name, sent = station_id(station), _moment(hour + 1)
        telegram = {"telegram": f"{name}/{sent}/{self._number}", "station": name, "sent": sent, "lines": lines}
        return name, orjson.dumps(telegram)


def _moment(hour: int) -> str:
    return datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _values() -> tuple[list[dict[str, object]], list[float]]:
    """Return rows of values that every rule passes, hour by hour, and what the counter shows after each.

    A day's curve and a little noise; energy is volume times calorific value, the counter counts operating volumes.
    """
    chance, hours = np.random.default_rng(2026), np.arange(PATTERN_HOURS)
    volume = np.round(8_000 * (1 + 0.3 * np.sin(hours * 2 * np.pi / 24)) * chance.uniform(0.97, 1.03, len(hours)), 3)
    gcv = np.round(11.45 + 0.2 * np.sin(hours * 2 * np.pi / PATTERN_HOURS) + chance.uniform(-0.01, 0.01, len(hours)), 4)
    operating = np.round(volume / 50, 3)
    columns = {
        "volume_m3n": volume,
        "energy_kwh": np.round(volume * gcv, 3),
        "gcv_kwh_per_m3n": gcv,
        "temperature_c": np.round(chance.uniform(7, 12, len(hours)), 1),
        "volume_operating_m3": operating,
        "pressure_bar_abs": np.round(chance.uniform(50, 51, len(hours)), 2),
    }
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    told = [{**dict(zip(columns, row, strict=True)), "quality": "MEASURED", "meter": "M1"} for row in rows]
    return told, np.cumsum(operating).tolist()
