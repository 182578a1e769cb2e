"""The operator's files, real or generated in the same shape, and their sums by csv, decimal and the calendar alone."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from shared.domain import gas_time
from tests.unit.ingest.files.real_exports import REAL_EXPORTS
from tests.unit.ingest.files.samples import DUTCH, ENGLISH, Portal, Written, export

SWITCH_DAY = date(2023, 10, 28)
_GAS_DAY_BEGINS = timedelta(hours=6)


@dataclass(slots=True)
class Sums:
    """What a file says, by gas day: Σ m³, Σ kWh, hours with a volume; and hours by status."""

    volume: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    energy: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    present: Counter[date] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def by_month(self, days: dict[date, Decimal]) -> dict[str, Decimal]:
        """Return sums of gas months, as "2023-10"."""
        months: dict[str, Decimal] = defaultdict(Decimal)
        for day, value in days.items():
            months[f"{day:%Y-%m}"] += value
        return months


def sums_of(file: Path, portal: Portal) -> Sums:
    """Add up a file. A gas day is the local date of six hours before; both hours of the October night are on it."""
    sums = Sums()
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.reader(opened, delimiter=";")
        unit, volume, status = next(rows).index(_heading(portal, "Unit")), 8, 10
        for row in rows:
            began = datetime.strptime(f"{row[0]} {row[1]}", f"{portal.date} %H:%M:%S")  # noqa: DTZ007 - local by nature
            day, is_volume = (began - _GAS_DAY_BEGINS).date(), row[unit] != "kWh"
            sums.statuses[row[status]] += is_volume
            if row[volume]:
                (sums.volume if is_volume else sums.energy)[day] += Decimal(row[volume].replace(",", "."))
                sums.present[day] += is_volume
    return sums


def _heading(portal: Portal, english: str) -> str:
    return portal.heading.split(";")[ENGLISH.heading.split(";").index(english)]


def english_file(folder: Path) -> Path:
    """Return the file of 1,699 hours with the October night of 2023."""
    first = gas_time.hours_of_day(date(2023, 10, 22)).start
    hours = [
        Written(first + place, f"{place % 7},{place * 37 % 1000:03}", f"{place % 70},{place * 41 % 1000:03}", "Read")
        for place in range(1_699)
    ]
    return _real_or(folder, "gas_hourly_en.csv", export(ENGLISH, hours))


def dutch_file(folder: Path) -> Path:
    """Return the file of 57 hours of which some are estimated and some missing."""
    first = gas_time.hours_of_day(date(2022, 1, 10)).start
    hours = [
        Written(first + place, "", "", DUTCH.missing)
        if place < 5
        else Written(first + place, f"0,{place:03}", f"{place},500", DUTCH.estimated if place % 9 == 0 else DUTCH.read)
        for place in range(57)
    ]
    return _real_or(folder, "gas_hourly_nl.csv", export(DUTCH, hours))


def _real_or(folder: Path, name: str, generated: bytes) -> Path:
    """Return the real file, or a generated one where the project stands alone; the run's summary says which."""
    if (REAL_EXPORTS / name).exists():
        return REAL_EXPORTS / name
    file = folder / name
    file.write_bytes(generated)
    return file
