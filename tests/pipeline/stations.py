"""Stations and lines of a test: invented, spread over all partitions of the line log, and what they send."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.services import PARTITIONS
from shared.domain import gas_time
from shared.events.partitioning import partition_of

CAPACITY_M3N = 40_000
_MOST_THOUSANDTHS = 20_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """Stations with their lines. Every partition of the line log has at least one station."""

    lines: dict[str, tuple[str, ...]]

    @property
    def stations(self) -> tuple[str, ...]:
        """Return the stations' ids."""
        return tuple(self.lines)

    def document(self, first_day: str) -> bytes:
        """Return the change of the register that makes them known, as JSON, which is YAML too."""
        lines = [
            {"id": line, "station": station, "name": line, "from": first_day, "capacity_m3n_per_h": CAPACITY_M3N}
            for station, names in self.lines.items()
            for line in names
        ]
        stations = [{"id": station, "name": f"Station {station}"} for station in self.lines]
        return json.dumps({"reason": "a test", "stations": stations, "lines": lines}).encode()


def plan(prefix: str, stations: int = PARTITIONS, lines: int = 2) -> Plan:
    """Return stations whose partitions go round, each with the same number of lines."""
    found: list[str] = []
    number = 0
    while len(found) < stations:
        name = f"{prefix}-{number:04d}"
        if partition_of(name, PARTITIONS) == len(found) % PARTITIONS:
            found.append(name)
        number += 1
    return Plan({station: tuple(f"{station}-{chr(65 + line)}" for line in range(lines)) for station in found})


def volume_thousandths(line: str, hour: int) -> int:
    """Return the volume that a line sends for an hour, in thousandths of m³(n): another one for almost each."""
    return (sum(line.encode()) * 104_729 + hour * 7_919_003) % _MOST_THOUSANDTHS


def recent_hours(days: int, until_days_ago: int = 2) -> range:
    """Return the hours of whole gas days that are over for some days."""
    end = gas_time.gas_day(int(time.time()) // 3600) - timedelta(days=until_days_ago)
    return range(gas_time.hours_of_day(end - timedelta(days=days)).start, gas_time.hours_of_day(end).start)


def hour_text(line: str, hour: int, **other: Any) -> dict[str, Any]:
    """Return an hour as it stands in a telegram; `other` fields replace or add."""
    return {
        "start": gas_time.hour_start(hour).isoformat().replace("+00:00", "Z"),
        "volume_m3n": volume_thousandths(line, hour) / 1000,
        **other,
    }


def telegram(
    station: str, lines: Iterable[tuple[str, Sequence[dict[str, Any]]]], name: str, sent_ms: int | None = None
) -> bytes:
    """Return a telegram of hours by line; sent now, if not said otherwise."""
    sent = datetime.fromtimestamp((sent_ms or time.time() * 1000) / 1000, UTC)
    return json.dumps(
        {
            "telegram": name,
            "station": station,
            "sent": sent.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "lines": [{"line": line, "hours": list(hours)} for line, hours in lines],
        }
    ).encode()


def of_hours(made: Plan, station: str, hours: Iterable[int], name: str) -> bytes:
    """Return a telegram with the same hours of all lines of a station."""
    wanted = list(hours)
    return telegram(station, [(line, [hour_text(line, hour) for hour in wanted]) for line in made.lines[station]], name)
