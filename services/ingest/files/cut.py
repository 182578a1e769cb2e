"""A whole file to chunks: cut at row ends, one station each, with every local time resolved over the whole file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from services.ingest.files import fluvius, own_csv
from services.ingest.files.cells import ID
from services.ingest.files.chunk import Chunk, ChunkHour
from services.ingest.files.file_hour import FileHour
from services.ingest.files.heading import Format, Heading, recognise
from services.ingest.files.refusal import FileRefusedError, RefusalCode
from services.ingest.files.rows import Row, refuse_oversized, rows
from services.ingest.files.text import Encoding, decode
from shared.domain.local_time import LocalLabel, resolve
from shared.domain.reason import Reason

MAX_HOURS = 2_000
"""About what a message of the line log holds (1,000 to 2,000 readings)."""
MAX_BYTES = 512 * 1024
"""Original bytes of a chunk: with row numbers and hours it stays below Kafka's default of 1 MiB a message."""

_FILE_HOURS = {Format.OWN: own_csv.file_hours, Format.FLUVIUS: fluvius.file_hours}


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a chunk may become."""

    hours: int = MAX_HOURS
    original_bytes: int = MAX_BYTES


@dataclass(slots=True)
class _Open:
    """A chunk that still grows."""

    hours: list[ChunkHour] = field(default_factory=list)
    size: int = 0


def cut(
    data: bytes, line: str | None, station_of: Callable[[str], str | None], limits: Limits | None = None
) -> list[Chunk]:
    """Return the chunks of a file; the hours of a station keep their order.

    `line` is the line given with the file, for files without a line column. `station_of` tells the station of a line;
    rows of lines that it does not know (None) come in chunks of station "".

    Raises:
        FileRefusedError: the file as a whole cannot be taken; nothing of it was received.
    """
    text = decode(data)
    heading, body = _head_and_body(text.characters)
    default_line = _default_line(line, heading)
    hours = _FILE_HOURS[heading.format](heading, body, default_line)
    return [
        Chunk(station, default_line, text.encoding, heading, tuple(part.hours))
        for station, part in _parts(hours, text.encoding, station_of, limits or Limits())
    ]


def _head_and_body(characters: str) -> tuple[Heading, list[Row]]:
    found = rows(characters)
    head = next(found, None)
    if head is None:
        raise FileRefusedError(RefusalCode.EMPTY, "row 1", "the file holds no text: export it again")
    refuse_oversized(head, ";" if ";" in head.text else ",")
    heading = recognise(head.text)
    body = list(found)
    if not body:
        raise FileRefusedError(RefusalCode.EMPTY, f"row {head.number}", "there is no row below the heading")
    for row in body:
        refuse_oversized(row, heading.separator)
    return heading, body


def _default_line(line: str | None, heading: Heading) -> str:
    if line is None:
        if "line" in heading.columns:
            return ""
        raise FileRefusedError(
            RefusalCode.NO_LINE,
            "row 1",
            "the file has no line column: say which line it is for (--line ID or ?line=ID)",
        )
    if not ID.fullmatch(line):
        raise FileRefusedError(
            RefusalCode.LINE_INVALID, "", "the line given with the file is no id (letters, digits, '.', '_' and '-')"
        )
    return line


def _resolve(hours: list[FileHour]) -> list[int | Reason]:
    """Return the hour number of each hour or why it has none; local labels line by line over the whole file."""
    labels: dict[str, list[LocalLabel]] = {}
    for hour in hours:
        if isinstance(hour.when, LocalLabel):
            labels.setdefault(hour.line, []).append(hour.when)
    resolved = {line: iter(resolve(of_line)) for line, of_line in labels.items()}
    return [next(resolved[hour.line]) if isinstance(hour.when, LocalLabel) else hour.when for hour in hours]


def _parts(
    hours: list[FileHour], encoding: Encoding, station_of: Callable[[str], str | None], limits: Limits
) -> Iterator[tuple[str, _Open]]:
    stations: dict[str, str] = {"": ""}
    growing: dict[str, _Open] = {}
    for hour, when in zip(hours, _resolve(hours), strict=True):
        if hour.line not in stations:
            stations[hour.line] = station_of(hour.line) or ""
        station = stations[hour.line]
        ready = _chunk_hour(hour, when, encoding)
        size = sum(len(original) for original in ready.originals)
        part = growing.setdefault(station, _Open())
        if part.hours and (len(part.hours) >= limits.hours or part.size + size > limits.original_bytes):
            yield station, part
            part = growing[station] = _Open()
        part.hours.append(ready)
        part.size += size
    yield from growing.items()


def _chunk_hour(hour: FileHour, when: int | Reason, encoding: Encoding) -> ChunkHour:
    originals = tuple(row.text.encode(encoding) for row in hour.rows)
    numbers = tuple(row.number for row in hour.rows)
    if isinstance(when, Reason):
        return ChunkHour(None, when, numbers, originals)
    return ChunkHour(when, None, numbers, originals)
