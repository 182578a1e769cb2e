"""From records of `telemetry` to messages of the line log and dead letters: a pure function of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.ingest.columns import Pending, columns_of, readings_of_hours
from services.ingest.files.chunk import Chunk, ChunkError
from services.ingest.files.read import read_chunk, withheld
from services.ingest.files.told import Fault
from services.ingest.foreign import foreign
from services.ingest.source_record import SourceRecord
from services.ingest.telegram import Telegram, taken_apart
from shared.domain.reading import Readings, Source
from shared.domain.reason import Reason
from shared.events import line_log
from shared.events.codec import MAX_READINGS
from shared.events.line_log import Recorded
from shared.events.partitioning import partition_of


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A reading that cannot be taken, at its source position."""

    source: Source
    fault: Fault


@dataclass(slots=True)
class Converter:
    """Turns source records, in their order, into messages of at most 2,000 readings a partition of the line log."""

    partitions: int
    messages: list[tuple[int, bytes]] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    recorded: int = 0
    _pending: dict[int, Pending] = field(default_factory=dict)

    def take(self, record: SourceRecord) -> int:
        """Take a record; return how many readings it is (an undecodable one is one)."""
        return self._take_chunk(record) if record.receipt else self._take_telegram(record)

    def flush(self) -> None:
        """Turn what waits into messages."""
        for partition in list(self._pending):
            self._flush(partition)

    def _take_telegram(self, record: SourceRecord) -> int:
        telegram = taken_apart(record.value)
        if isinstance(telegram, Fault):
            self.dead_letters.append(DeadLetter(_source(record, "", "", 0), telegram))
            return 1
        source = _source(record, telegram.telegram, telegram.station, telegram.sent_ms)
        if record.is_foreign(telegram.station):
            faults = foreign(range(telegram.places), "station", f"station {telegram.station}")
            self.dead_letters += [DeadLetter(source, fault) for fault in faults]
            return telegram.places
        self.dead_letters += [DeadLetter(source, fault) for fault in telegram.faults]
        for part in _parts(telegram):
            partition = partition_of(telegram.station, self.partitions)
            pending = self._pending.setdefault(partition, Pending())
            pending.take(source, part)
            if len(pending.hours) >= MAX_READINGS:
                self._flush(partition)
        return telegram.places

    def _take_chunk(self, record: SourceRecord) -> int:
        told = read_chunk(record.value)
        try:
            station = Chunk.from_bytes(record.value).station
        except ChunkError:
            station = ""
        if record.is_foreign(station):
            told = withheld(record.value, told)
        source = _source(record, record.receipt, station, record.sent_ms)
        self.dead_letters += [DeadLetter(source, fault) for fault in told.faults]
        partition = partition_of(station, self.partitions)
        self._flush(partition)
        if told.hours:
            self._write(partition, readings_of_hours(told.hours, source))
        return len(told.hours) + len(told.faults)

    def _flush(self, partition: int) -> None:
        pending = self._pending.pop(partition, None)
        if pending is None or not pending.hours:
            return
        readings, faults = columns_of(pending)
        for number, fault in faults:
            source = pending.sources[number]
            self.dead_letters.append(DeadLetter(source, fault))
        if len(readings):
            self._write(partition, readings)

    def _write(self, partition: int, readings: Readings) -> None:
        self.recorded += len(readings)
        self.messages.append((partition, line_log.encode(Recorded(readings))))


def _source(record: SourceRecord, telegram: str, station: str, sent_ms: int) -> Source:
    return Source(record.topic, record.partition, record.offset, telegram, station, sent_ms, record.received_ms)


def _parts(telegram: Telegram) -> list[Telegram]:
    """Cut a telegram of many hours, so that each part fits one message."""
    if telegram.places <= MAX_READINGS:
        return [telegram]
    parts = []
    for line, place, position, hours in telegram.runs:
        for first in range(0, len(hours), MAX_READINGS):
            run = (line, place + first, position, hours[first : first + MAX_READINGS])
            parts.append(Telegram(telegram.telegram, telegram.station, telegram.sent_ms, [run]))
    return parts


@dataclass(slots=True)
class Converted:
    """What records became: messages, dead letters, and how many readings each record is."""

    messages: list[tuple[int, bytes]]
    dead_letters: list[DeadLetter]
    counts: list[int]
    recorded: int


def converted(records: Sequence[SourceRecord], partitions: int) -> Converted:
    """Convert records, in their order; one that makes our own code fail harms only itself.

    Converting is pure, so it is tried again with half of the records until the culprit stands alone: a dead letter of
    reason DEFECT, one reading.
    """
    converter = Converter(partitions)
    try:
        counts = [converter.take(record) for record in records]
        converter.flush()
    except Exception as failure:  # noqa: BLE001 - converting is pure: whatever it raises is a defect of ours, and is isolated
        if len(records) > 1:
            middle = len(records) // 2
            return _joined(converted(records[:middle], partitions), converted(records[middle:], partitions))
        message = f"our own code failed on this record ({failure!r}); its bytes are kept"
        fault = Fault(0, Reason.DEFECT, "", message)
        return Converted([], [DeadLetter(_source(records[0], "", "", 0), fault)], [1], 0)
    return Converted(converter.messages, converter.dead_letters, counts, converter.recorded)


def _joined(first: Converted, second: Converted) -> Converted:
    return Converted(
        first.messages + second.messages,
        first.dead_letters + second.dead_letters,
        first.counts + second.counts,
        first.recorded + second.recorded,
    )


def forecast(record: SourceRecord) -> tuple[int, list[Fault]]:
    """Return how many readings a record is, and which of them will be dead-lettered: what the door answers with."""
    found = converted([record], 1)
    return found.counts[0], [letter.fault for letter in found.dead_letters]
