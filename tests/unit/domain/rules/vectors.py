"""The published vectors of rules, read from their files: the line, its hours, and what must be found."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from shared.domain.gas_time import hour_number
from shared.domain.quantities import QUANTITIES, VOLUME
from shared.domain.reading import MEASURES, Provenance, Quality, Readings, Source, empty_rows, meter_mark
from shared.domain.topology import Check, Line, Terms
from tests.unit.domain.rules.one_context import CHECK_LINE, FIRST_DAY, LINE, STATION, Told

FOLDER = Path(__file__).parents[4] / "docs" / "vee-vectors" / "rules"
CASES = sorted(str(path.parent.relative_to(FOLDER)) for path in FOLDER.glob("*/*/given.csv"))
FILES = ("line.csv", "given.csv", "expect.csv")
_COLUMNS = dict(zip((quantity.field for quantity in QUANTITIES), MEASURES, strict=True))
_SCALED = dict(zip(_COLUMNS, QUANTITIES, strict=True)) | {"check_volume_m3n": VOLUME}

Expected = set[tuple[int, str, str]]
"""Hour number, rule and severity."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A case: the line under its terms, the hours that are known, and how and when they came."""

    said: dict[str, str]
    rows: list[dict[str, str]]
    expected: Expected

    @property
    def hours(self) -> list[int]:
        """Return the hour numbers of the rows."""
        return [hour_number(datetime.fromisoformat(row["start"])) for row in self.rows]

    @property
    def line(self) -> Line:
        """Return the line with what the case says of it."""
        said = self.said
        bounds = [said.get(f"pressure_{end}_bar_abs") for end in ("lowest", "highest")]
        terms = Terms(
            date.fromisoformat(said.get("first_gas_day", FIRST_DAY.isoformat())),
            "A",
            teletransmitted=said.get("teletransmitted", "true") == "true",
            one_way=said.get("one_way", "true") == "true",
            network=said.get("network", "H"),
            capacity_m3n_per_h=int(said["capacity_m3n_per_h"]) if "capacity_m3n_per_h" in said else None,
            sends=tuple(said.get("sends", "").split()),
            thresholds=tuple((name, float(value)) for name, value in said.items() if "." in name),
            check=Check(CHECK_LINE.id, float(said.get("check_factor", "1")), float(said.get("check_offset_m3n", "0"))),
            pressure_bar_abs=(float(bounds[0]), float(bounds[1])) if bounds[0] and bounds[1] else None,
        )
        end, live = (date.fromisoformat(said[name]) if name in said else None for name in ("end_gas_day", "live_from"))
        return Line(LINE.id, said.get("station", STATION.id), (terms,), end, live)

    @property
    def known_at_ms(self) -> int:
        """Return when the hours became known: ten minutes after the last of them, where the case does not say."""
        if "known_at" in self.said:
            return round(datetime.fromisoformat(self.said["known_at"]).timestamp() * 1000)
        return (max(self.hours) + 1) * 3_600_000 + 600_000

    def readings(self) -> Readings:
        """Return the hours as one telegram or file brings them."""
        rows = empty_rows(len(self.rows))
        rows["hour"] = self.hours
        for field, column in _COLUMNS.items():
            for place, value in enumerate(self._scaled(self.rows, field)):
                rows[column][place] = rows[column][place] if value is None else value
        rows["quality"] = [Quality[row.get("quality", "MEASURED")] for row in self.rows]
        rows["provenance"] = Provenance.FROM_FILE if self.said.get("from_file") == "true" else 0
        station = self.said.get("telegram_station", self.line.station)
        return Readings(rows, [LINE.id], [Source("telemetry", 0, 0, "T", station, 0)])

    def told(self) -> tuple[int, Told, Told]:
        """Return the first hour, and all hours of the line and of its check line from there on, gaps included."""
        by_hour: dict[int, dict[str, str]] = dict(zip(self.hours, self.rows, strict=True))
        rows = [by_hour.get(hour, {}) for hour in range(min(self.hours), max(self.hours) + 1)]
        told: dict[str, Sequence[int | None]] = {
            column: self._scaled(rows, field) for field, column in _COLUMNS.items()
        }
        told["quality"] = [Quality[row.get("quality", "MEASURED" if row else "MISSING")] for row in rows]
        told["meter"] = [meter_mark(row.get("meter", "")) for row in rows]
        return min(self.hours), told, {"volume": self._scaled(rows, "check_volume_m3n")}

    @staticmethod
    def _scaled(rows: list[dict[str, str]], field: str) -> list[int | None]:
        return [_SCALED[field].scaled(Decimal(row[field])) if row.get(field) else None for row in rows]


def read(case: str) -> Vector:
    """Return a case by its folder, as "C5/one-hour-stands-out"."""
    line, given, expected = (_rows(FOLDER / case / file) for file in FILES)
    said = {row["name"]: row["value"] for row in line}
    found = {(hour_number(datetime.fromisoformat(row["start"])), row["rule"], row["severity"]) for row in expected}
    return Vector(said, given, found)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))
