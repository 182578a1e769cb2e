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
SENDS = ["energy_kwh", "gcv_kwh_per_m3n", "temperature_c"]
CAPACITY_M3N_PER_H = 20_000
VALUE_ROWS = 4_096
"""Different rows of values; hours take them in turn, so that making telegrams costs little beside reading them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A number of lines, ten a station."""

    line_count: int

    @property
    def stations(self) -> range:
        """Numbers of the stations."""
        return range(self.line_count // LINES_PER_STATION)

    def lines(self, station: int) -> list[str]:
        """Return the ids of a station's lines."""
        return [f"{station_id(station)}-{letter}" for letter in "ABCDEFGHIJ"]

    def register(self) -> bytes:
        """Return the change of the register that this grid is."""
        lines = [_line(name, station) for station in self.stations for name in self.lines(station)]
        stations = [{"id": station_id(number), "name": f"Station {number}"} for number in self.stations]
        return json.dumps({"reason": "benchmark", "stations": stations, "lines": lines}).encode()


def station_id(number: int) -> str:
    """Return the id of a station."""
    return f"BE-{number:04d}"


def _line(name: str, station: int) -> dict[str, Any]:
    return {
        "id": name,
        "station": station_id(station),
        "name": f"Line {name}",
        "from": REGISTERED_FROM.isoformat(),
        "capacity_m3n_per_h": CAPACITY_M3N_PER_H,
        "sends": SENDS,
    }


class Gateway:
    """Writes telegrams: every field of the documented telegram is there, and the values pass every rule."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._values = _values()
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
        return {"start": _moment(hour), **self._values[self._number % VALUE_ROWS]}

    def _telegram(self, station: int, hour: int, lines: list[dict[str, Any]]) -> tuple[str, bytes]:
        name, sent = station_id(station), _moment(hour + 1)
        telegram = {"telegram": f"{name}/{sent}/{self._number}", "station": name, "sent": sent, "lines": lines}
        return name, orjson.dumps(telegram)


def _moment(hour: int) -> str:
    return datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _values() -> list[dict[str, object]]:
    """Return rows of values that belong to natural gas: energy is volume times calorific value."""
    chance = np.random.default_rng(2026)
    volume = np.round(chance.uniform(200, 15_000, VALUE_ROWS), 3)
    gcv = np.round(chance.uniform(11.2, 11.7, VALUE_ROWS), 4)
    columns = {
        "volume_m3n": volume,
        "energy_kwh": np.round(volume * gcv, 3),
        "gcv_kwh_per_m3n": gcv,
        "temperature_c": np.round(chance.uniform(2, 18, VALUE_ROWS), 1),
        "index_m3": np.round(chance.uniform(1e6, 9e7, VALUE_ROWS), 3),
        "volume_operating_m3": np.round(volume / 50, 3),
        "pressure_bar_abs": np.round(chance.uniform(40, 66, VALUE_ROWS), 2),
    }
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [{**dict(zip(columns, row, strict=True)), "quality": "MEASURED", "meter": "M1"} for row in rows]
