"""A chunk: part of a file that can be read by itself, of one station, as it stands in one record of `telemetry`."""

from __future__ import annotations

from typing import Self

import msgspec

from services.ingest.files.heading import Heading
from services.ingest.files.text import Encoding
from shared.domain.gas_time import is_supported
from shared.domain.reason import Reason


class ChunkError(ValueError):
    """Bytes that are no chunk; the message says why."""


class ChunkHour(msgspec.Struct, frozen=True, array_like=True):
    """One hour of a chunk: one row of our own csv, or the rows of an operator's export that tell one hour together."""

    hour: int | None
    """Hour number; None where the file does not tell it."""
    unresolved: Reason | None
    """Why there is no hour number."""
    numbers: tuple[int, ...]
    """Row numbers in the file; the heading is row 1."""
    originals: tuple[bytes, ...]
    """The rows as they stood in the file, line ends included."""

    def __post_init__(self) -> None:
        if not self.numbers or len(self.numbers) != len(self.originals):
            raise ChunkError("an hour needs at least one row, and a number for each of its rows")
        if (self.hour is None) == (self.unresolved is None):
            raise ChunkError("an hour has either an hour number or the reason why it has none")
        if self.hour is not None and not is_supported(self.hour):
            raise ChunkError(f"hour number {self.hour} lies outside the years that are kept")


class Chunk(msgspec.Struct, frozen=True):
    """Everything that is needed to read some hours of a file without the rest of it."""

    station: str
    """"" where the rows' line is unknown."""
    default_line: str
    """The line given with the file; "" if none."""
    encoding: Encoding
    heading: Heading
    hours: tuple[ChunkHour, ...]

    def to_bytes(self) -> bytes:
        """Return the chunk as msgpack."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the chunk that `to_bytes` wrote.

        Raises:
            ChunkError: the bytes are no chunk.
        """
        try:
            return msgspec.msgpack.decode(data, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise ChunkError(f"not a chunk of a file: {fault}") from fault

    def original(self, place: int) -> bytes:
        """Return the bytes that an hour had in the file: what a dead letter keeps."""
        return b"".join(self.hours[place].originals)
