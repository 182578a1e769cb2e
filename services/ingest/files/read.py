"""A chunk to hours and faults, one of the two for each hour: one bad row never harms its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.files import fluvius, own_csv
from services.ingest.files.cells import CellFaultError, shown
from services.ingest.files.chunk import Chunk, ChunkError, ChunkHour
from services.ingest.files.heading import Format
from services.ingest.files.told import Fault, HourTold, Told
from services.ingest.foreign import foreign
from shared.domain.reason import Reason

_TOLD = {Format.OWN: own_csv.told, Format.FLUVIUS: fluvius.told}
_START = {Format.OWN: ("start",), Format.FLUVIUS: ("from_date", "from_time", "until_date", "until_time")}
_ADVICE = {
    Reason.A1_TIME: "is no moment between 1990 and 2099: write 2026-11-23T10:00:00Z, or the day as dd/mm/yyyy",
    Reason.A4_ALIGNMENT: "is not one whole hour from the full hour: send hourly values",
    Reason.B4_AMBIGUOUS: "can be two hours and the file does not tell which: write it with its offset",
    Reason.B4_IMPOSSIBLE: "does not exist, the clock goes forward there: write it with its offset",
}


def read_chunk(chunk: Chunk | bytes) -> Told:
    """Return what a chunk tells. Never raises, whatever the bytes: what is no chunk is one fault."""
    if isinstance(chunk, bytes):
        try:
            chunk = Chunk.from_bytes(chunk)
        except ChunkError as fault:
            return Told(faults=[Fault(0, Reason.A1_SCHEMA, "", f"{fault}: send the file again")])
    told = Told()
    for place, hour in enumerate(chunk.hours):
        try:
            told.hours.append(_hour(chunk, place, hour))
        except CellFaultError as fault:
            told.faults.append(Fault(place, fault.code, _position(chunk, hour, fault), fault.message))
    return told


def withheld(value: bytes, told: Told) -> Told:
    """Return what a chunk tells where its sender does not deliver for its station: no hours, a fault for each."""
    chunk_hours = Chunk.from_bytes(value).hours if told.hours else ()
    faults = [
        fault
        for hour in told.hours
        for fault in foreign([hour.place], _rows(chunk_hours[hour.place].numbers), f"line {hour.line}")
    ]
    return Told(faults=sorted([*told.faults, *faults], key=lambda fault: fault.place))


def _hour(chunk: Chunk, place: int, hour: ChunkHour) -> HourTold:
    cells = [_cells(chunk, hour, index) for index in range(len(hour.originals))]
    line = own_csv.line_of(cells[0], chunk.default_line)
    if hour.hour is None:
        raise _untimely(chunk, hour.unresolved, cells[0])
    return _TOLD[chunk.heading.format](cells, place, line, hour.hour)


def _cells(chunk: Chunk, hour: ChunkHour, index: int) -> dict[str, str]:
    try:
        text = hour.originals[index].decode(chunk.encoding)
    except UnicodeDecodeError as fault:
        raise CellFaultError(
            Reason.A1_ENCODING, "", f"the row is not {chunk.encoding.upper()}: {fault.reason}"
        ) from fault
    cells = chunk.heading.cells_of(text)
    if cells is None:
        raise CellFaultError(
            Reason.A1_ROW_LENGTH,
            "",
            f"the row does not have the {len(chunk.heading.columns)} cells of the heading, or a quote is not closed:"
            " numbers take a decimal point where commas separate the cells",
        )
    return cells


def _untimely(chunk: Chunk, reason: Reason | None, cells: dict[str, str]) -> CellFaultError:
    columns = _START[chunk.heading.format]
    label = " ".join(cells[column] for column in columns)
    code = reason if reason in _ADVICE else Reason.A1_SCHEMA
    return CellFaultError(
        code, columns[0], f"{shown(label)} {_ADVICE.get(code, 'was not resolved: send the file again')}"
    )


def _position(chunk: Chunk, hour: ChunkHour, fault: CellFaultError) -> str:
    numbers = hour.numbers if fault.row is None else hour.numbers[fault.row : fault.row + 1]
    rows = _rows(numbers)
    return f"{rows}, column {chunk.heading.name(fault.column)}" if fault.column else rows


def _rows(numbers: Sequence[int]) -> str:
    return f"row {numbers[0]}" if len(numbers) == 1 else f"rows {' and '.join(map(str, numbers))}"
