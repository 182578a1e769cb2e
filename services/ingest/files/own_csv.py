"""Our own csv: one row is one hour. Decimal point; `start` with offset, with Z, or local without offset (rule B4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.ingest.files.cells import CellFaultError, identifier, moment, quantity, shown
from services.ingest.files.file_hour import FileHour
from services.ingest.files.heading import Heading
from services.ingest.files.rows import Row
from services.ingest.files.told import HourTold
from shared.domain.gas_time import FIRST_DAY, LAST_DAY, NotAGasTimeError, hour_number
from shared.domain.local_time import LocalLabel
from shared.domain.quantities import ABSENT, ENERGY, GCV, QUANTITIES, TEMPERATURE, VOLUME
from shared.domain.reading import Provenance, Quality
from shared.domain.reason import Reason

_SENT = (VOLUME, ENERGY, GCV, TEMPERATURE)
_QUALITIES = {quality.name: quality for quality in Quality if quality is not Quality.EDITED}


def file_hours(heading: Heading, rows: Iterable[Row], default_line: str) -> list[FileHour]:
    """Return an hour for each row, with its line and what its start says."""
    return [_file_hour(heading, row, default_line) for row in rows]


def _file_hour(heading: Heading, row: Row, default_line: str) -> FileHour:
    cells = heading.cells_of(row.text)
    if cells is None:
        return FileHour([row], default_line, Reason.A1_ROW_LENGTH)
    try:
        return FileHour([row], line_of(cells, default_line), _when(cells["start"]))
    except CellFaultError as fault:
        return FileHour([row], default_line, fault.code)


def _when(start: str) -> int | LocalLabel | Reason:
    told = moment(start)
    if told is None or not FIRST_DAY.year <= told.year <= LAST_DAY.year:
        return Reason.A1_TIME
    return LocalLabel(told) if told.tzinfo is None else _aware(told)


def _aware(start: datetime) -> int | Reason:
    try:
        return hour_number(start)
    except NotAGasTimeError:
        on_the_hour = not start.timestamp() % 3600
        return Reason.A1_TIME if on_the_hour else Reason.A4_ALIGNMENT


def line_of(cells: dict[str, str], default_line: str) -> str:
    """Return the line of a row: its cell, or the line given with the file where the cell is empty or absent.

    Raises:
        CellFaultError: A1_ID: no id, or another line than the one given with the file.
    """
    cell = cells.get("line", "")
    if default_line and cell and cell != default_line:
        raise CellFaultError(
            Reason.A1_ID,
            "line",
            f"the row says {shown(cell)}, the file was given for {default_line}: import it without",
        )
    return identifier(cell or default_line, "line")


def told(cells: Sequence[dict[str, str]], place: int, line: str, hour: int) -> HourTold:
    """Return what the row of an hour says.

    Raises:
        CellFaultError: A1_NUMBER, A1_RANGE, A1_ENUM, or A1_SCHEMA where quality and values contradict each other.
    """
    row = cells[0]
    quality = _quality(row.get("quality", ""))
    _refuse_contradiction(row, quality)
    values = dict.fromkeys((q.field for q in QUANTITIES), ABSENT)
    for what in _SENT:
        text = row.get(what.field, "")
        if text:
            values[what.field] = quantity(text, what.field, what)
    return HourTold(place, line, hour, values, quality, Provenance.FROM_FILE)


def _quality(text: str) -> Quality:
    if not text:
        return Quality.MEASURED
    if text not in _QUALITIES:
        raise CellFaultError(Reason.A1_ENUM, "quality", f"{shown(text)} is none of {', '.join(_QUALITIES)}")
    return _QUALITIES[text]


def _refuse_contradiction(row: dict[str, str], quality: Quality) -> None:
    if quality is not Quality.MISSING:
        if not row["volume_m3n"]:
            raise CellFaultError(
                Reason.A1_NUMBER, "volume_m3n", "the volume is empty: give it, or write MISSING in column quality"
            )
        return
    for column in ("volume_m3n", "energy_kwh"):
        if row.get(column, ""):
            raise CellFaultError(
                Reason.A1_SCHEMA, column, "a value beside quality MISSING: leave it empty or give the quality it has"
            )
