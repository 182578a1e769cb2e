"""A record on its way in through the doors, with the headers that say who delivered it."""

from __future__ import annotations

from dataclasses import dataclass

from services.ingest.analysis_telegram import chromatograph_of
from services.ingest.files.chunk import Chunk
from services.ingest.source_record import CHUNK_HEADER, SENT_HEADER, Headers, delivered_by
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.events.partitioning import partition_of
from shared.events.topics import ANALYSES, COUNTING_PARTITION, TELEMETRY


@dataclass(frozen=True, slots=True)
class Delivery:
    """One record: a telegram, or a chunk of a file.

    `log` is the partition of the line log whose owner tells what became of it; `station` the record's key.
    """

    topic: str
    log: int
    value: bytes
    station: str = ""
    headers: Headers = ()
    is_chunk: bool = False

    def headers_with(self, receipt: str) -> Headers:
        """Return the headers; a chunk's name the receipt that its readings are told under."""
        return (*self.headers, (CHUNK_HEADER, receipt.encode())) if self.is_chunk else self.headers


def of_station(caller: Caller, station: str, body: bytes, partitions: int) -> Delivery:
    """Return a telegram of a station on its way to `telemetry`."""
    return Delivery(TELEMETRY.name, partition_of(station, partitions), body, station, _delivered(caller, station))


def of_file(caller: Caller, chunk: Chunk, sent_ms: int, partitions: int) -> Delivery:
    """Return a chunk of a file on its way to `telemetry`; `sent_ms` is when it came, in ms since 1970."""
    headers = ((SENT_HEADER, str(sent_ms).encode()), *_delivered(caller, chunk.station))
    log = partition_of(chunk.station, partitions)
    return Delivery(TELEMETRY.name, log, chunk.to_bytes(), chunk.station, headers, is_chunk=True)


def of_chromatograph(caller: Caller, body: bytes) -> Delivery:
    """Return a telegram of a chromatograph on its way to `analyses`."""
    return Delivery(ANALYSES.name, COUNTING_PARTITION, body, headers=_delivered(caller, chromatograph_of(body)))


def _delivered(caller: Caller, station: str) -> Headers:
    """Return the headers that say who delivers and what of it is his; an operator delivers for every station."""
    if caller.may(Task.OPERATE):
        return ()
    return delivered_by(caller.identity, station if caller.delivers_for(station) else "")
