"""The hourly gas export of the distribution operator Fluvius: the m³ row and the kWh row of an hour are one reading.

Its m³ is operating volume, so readings carry the provenance VOLUME_OPERATING; `Geen verbruik` is a missing hour, never
a zero. Rows belong to one hour where all but unit, volume and status are equal; the n-th m³ row goes with the n-th kWh
row, in whatever order they stand. The volume row decides whether the hour is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from services.ingest.files.cells import (
    COMMA_NUMBER,
    CellFaultError,
    day_and_time,
    ean,
    identifier,
    quantity,
    shown,
)
from services.ingest.files.file_hour import FileHour
from services.ingest.files.fluvius_terms import CUBIC_METRES, INJECTION, KILOWATT_HOURS, OFFTAKE, STATUSES
from services.ingest.files.heading import Heading
from services.ingest.files.refusal import FileRefusedError, RefusalCode
from services.ingest.files.rows import Row
from services.ingest.files.spelling import plain
from services.ingest.files.told import HourTold
from shared.domain.local_time import LocalLabel
from shared.domain.quantities import ABSENT, ENERGY, QUANTITIES, VOLUME, Quantity
from shared.domain.reading import Provenance, Quality
from shared.domain.reason import Reason

_OF_ONE_HOUR = ("from_date", "from_time", "until_date", "until_time", "ean", "register", "meter")
_Key = tuple[tuple[str, ...], int]


def file_hours(heading: Heading, rows: Iterable[Row], default_line: str) -> list[FileHour]:
    """Return the hours of an export, each with its rows, in the order in which they begin in the file.

    Raises:
        FileRefusedError: more than one EAN code, which cannot all be the one line given with the file.
    """
    hours: list[FileHour] = []
    begun: dict[_Key, FileHour] = {}
    seen: Counter[tuple[tuple[str, ...], Quantity | None]] = Counter()
    codes: set[str] = set()
    for row in rows:
        cells = heading.cells_of(row.text)
        if cells is None:
            hours.append(FileHour([row], default_line, Reason.A1_ROW_LENGTH))
            continue
        _refuse_second_code(codes, cells["ean"], row)
        same = tuple(cells.get(column, "") for column in _OF_ONE_HOUR)
        what = _measured(cells["unit"])
        seen[same, what] += 1
        key = same, seen[same, what]
        if key in begun:
            begun[key].rows.append(row)
        else:
            begun[key] = FileHour([row], default_line, _when(cells))
            hours.append(begun[key])
    return hours


def _refuse_second_code(codes: set[str], cell: str, row: Row) -> None:
    code = ean(cell)
    if code is not None:
        codes.add(code)
    if len(codes) > 1:
        raise FileRefusedError(
            RefusalCode.MANY_METERING_POINTS,
            f"row {row.number}",
            f"the file holds the EAN codes {', '.join(sorted(codes))}: cut it and import each for its own line",
        )


def _when(cells: dict[str, str]) -> LocalLabel | Reason:
    start = day_and_time(cells["from_date"], cells["from_time"])
    end = day_and_time(cells["until_date"], cells["until_time"])
    return Reason.A1_TIME if start is None or end is None else LocalLabel(start, end)


def _measured(unit: str) -> Quantity | None:
    """Return what a unit measures; None for a unit that is not known."""
    spelling = unit.casefold()
    if spelling in CUBIC_METRES:
        return VOLUME
    return ENERGY if spelling in KILOWATT_HOURS else None


def told(cells: Sequence[dict[str, str]], place: int, line: str, hour: int) -> HourTold:
    """Return what the rows of an hour say together.

    Raises:
        CellFaultError: A1_ID, A1_REGISTER, A1_ENUM, A1_UNIT, A1_NUMBER, A1_RANGE, A1_SCHEMA, or A1_PAIR where the m³
            row is not there or missing while the kWh row has a value.
    """
    said: dict[str, tuple[int, Quality]] = {}
    for index, row in enumerate(cells):
        try:
            what, value, quality = _value(row)
        except CellFaultError as fault:
            fault.row = index
            raise
        said[what.field] = value, quality
    values = dict.fromkeys((q.field for q in QUANTITIES), ABSENT)
    values.update((name, value) for name, (value, _) in said.items())
    provenance = Provenance.FROM_FILE | Provenance.VOLUME_OPERATING
    return HourTold(place, line, hour, values, _quality(said), provenance, cells[0].get("meter", ""))


def _value(row: dict[str, str]) -> tuple[Quantity, int, Quality]:
    """Return what a row measures, its scaled value (ABSENT if missing) and its quality."""
    _refuse_foreign(row)
    what = _measured(row["unit"])
    if what is None:
        raise CellFaultError(Reason.A1_UNIT, "unit", f"{shown(row['unit'])} is neither m3 nor kWh")
    quality = STATUSES.get(plain(row["status"]))
    if quality is None:
        raise CellFaultError(
            Reason.A1_ENUM, "status", f"{shown(row['status'])} is none of the known statuses: {', '.join(STATUSES)}"
        )
    if quality is Quality.MISSING:
        _refuse_value_of_missing(row["volume"], what)
        return what, ABSENT, quality
    return what, quantity(row["volume"], "volume", what, COMMA_NUMBER), quality


def _refuse_foreign(row: dict[str, str]) -> None:
    """Refuse rows of another direction, and codes that are none."""
    if ean(row["ean"]) is None:
        raise CellFaultError(Reason.A1_ID, "ean", f'{shown(row["ean"])} is no EAN code of 18 digits, plain or as ="…"')
    if row.get("meter"):
        identifier(row["meter"], "meter")
    register = plain(row["register"])
    if register in INJECTION:
        raise CellFaultError(Reason.A1_REGISTER, "register", "injection is not kept: only rows of offtake are taken")
    if register not in OFFTAKE:
        raise CellFaultError(Reason.A1_ENUM, "register", f"{shown(row['register'])} is no known register: offtake is")


def _refuse_value_of_missing(text: str, what: Quantity) -> None:
    """A status of no consumption may stand beside an empty cell or a zero, not beside a value."""
    if text and quantity(text, "volume", what, COMMA_NUMBER):
        raise CellFaultError(
            Reason.A1_SCHEMA,
            "volume",
            f"{shown(text)} beside a status of no consumption: ask the operator which is true",
        )


def _quality(said: dict[str, tuple[int, Quality]]) -> Quality:
    """Return the quality of the hour: missing where its volume is, else the weaker one of its rows with a value."""
    if VOLUME.field not in said:
        raise CellFaultError(Reason.A1_PAIR, "", "the m³ row of this hour is not there: export m³ and kWh together")
    volume, quality = said[VOLUME.field]
    energy, energy_quality = said.get(ENERGY.field, (ABSENT, quality))
    if energy == ABSENT:
        return quality
    if volume == ABSENT:
        raise CellFaultError(Reason.A1_PAIR, "", "the kWh row has a value and the m³ row has none: ask the operator")
    return max(quality, energy_quality)
