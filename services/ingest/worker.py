"""Ingest's loop: source records in, line log out; a batch is acknowledged by the broker before the next is read."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from services.ingest.analyses import ConvertedAnalyses, converted_analyses
from services.ingest.conversion import DeadLetter, converted
from services.ingest.ledger import BlockCounts, letter_source, store_dead_letters
from services.ingest.source_record import SourceRecord, source_record
from shared.domain.reason import Reason
from shared.events import line_log, operation
from shared.events.line_log import DecisionAsked, Tick, TopologyAsked
from shared.events.partitioning import partition_of
from shared.events.topics import ANALYSES, COUNTING_PARTITION, INGEST_GROUP, INTAKE, OPERATIONS, RECORDED, TELEMETRY
from shared.runtime import followed, metrics
from shared.runtime.health import Health
from shared.runtime.kafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    Assigned,
    ConsumerRecord,
    TopicPartition,
    Watcher,
    highwater_of,
    position_of,
)
from shared.runtime.lag import Lag
from shared.runtime.logging import logger
from shared.runtime.mongo import Database
from shared.runtime.persistently import patiently, persistently
from shared.runtime.same_topic import Read, require_same
from shared.store import progress
from shared.store.ledgers import BLOCK_OFFSETS
from shared.store.progress import NOTHING_READ

SETTLE_SECONDS = 1.0
"""How often ledgers and offsets are written: each is a round trip, and both may lag without losing anything."""
POLL_MS = 200
FEW_RECORDS = 50
GATHER_SECONDS = 0.03
"""How long a small batch waits for company: what comes together stays together in the stages behind, which then need
not wait (see BATCH_WITHIN_SECONDS)."""


class IngestWorker:
    """Reads `telemetry`, `analyses` and `operations`, one process of a consumer group."""

    def __init__(  # noqa: PLR0913 - its servers, and its sizes
        self,
        clients: tuple[AIOKafkaConsumer, AIOKafkaProducer, Watcher],
        database: Database,
        health: Health,
        partitions: int,
        batch_records: int,
        *,
        bootstrap: str,
    ) -> None:
        self._consumer, self._producer, self._watcher = clients
        self._database, self._health = database, health
        self._bootstrap, self._partitions, self._batch_records = bootstrap, partitions, batch_records
        self._counts = BlockCounts()
        self._lags = {topic: Lag(topic, partial(self._end, topic)) for topic in INTAKE}
        self._committed: dict[TopicPartition, int] = {}
        self._read: dict[TopicPartition, int] = {}
        self._begun: Counter[TopicPartition] = Counter()
        self._owned: set[TopicPartition] = set()
        self._stopping = asyncio.Event()
        self._settled_at = 0.0
        self._log = logger(__name__)

    async def start(self) -> None:
        """Join the group and begin to read."""
        await self._producer.start()
        await self._watcher.start()
        self._consumer.subscribe(INTAKE, listener=Assigned(self._begin, self._leave))
        await self._consumer.start()
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end of the loop."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Finish the batch in hand, write ledgers, commit, leave the group."""
        self._stopping.set()
        await self._task
        await self._consumer.stop()
        await self._watcher.stop()
        await self._producer.stop()

    def owns_operations(self) -> bool:
        """Say whether this worker is the one that reads `operations`, and so writes the ticks."""
        return TopicPartition(OPERATIONS.name, 0) in self._consumer.assignment()

    async def tick(self, until_ms: int) -> None:
        """Write a tick to every partition of the line log."""
        await self._send([(partition, line_log.encode(Tick(until_ms))) for partition in range(self._partitions)])

    async def _begin(self, places: Sequence[TopicPartition]) -> None:
        """Begin at the beginning of the block that was committed last: it is counted whole, but not written again."""
        await self._persist(partial(self._require_same, places))
        ask = partial(self._watcher.committed_for_sure, INGEST_GROUP, places)
        found = await persistently(ask, "ingest", self._health)
        for place, committed in found.items():
            self._committed[place] = committed
            self._begun[place] += 1
            self._read.pop(place, None)
            self._counts.begin((place.topic, place.partition))
            self._consumer.seek(place, first := committed - committed % BLOCK_OFFSETS)
            self._lags[place.topic].begin(place.partition, first)
            self._owned.add(place)

    async def _require_same(self, places: Sequence[TopicPartition]) -> None:
        """Hold still where a source is another one than that whose readings are in the store.

        Raises:
            AnotherTopicError: it ends before what was applied: its readings would be dropped as read already.
        """
        applied = await progress.applied(self._database)
        read = {place: Read(applied.get(f"{place.topic}/{place.partition}", NOTHING_READ)) for place in places}
        await require_same(self._bootstrap, read)

    async def _leave(self, places: Sequence[TopicPartition]) -> None:
        """Settle what was read of partitions that move to another worker."""
        self._owned.difference_update(places)
        await self._settle()
        for place in places:
            self._read.pop(place, None)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            self._health.beat()
            records = await self._poll()
            begun = self._begun.copy()
            if records:
                await self._persist(partial(self._take, records, begun))
            await self._advance(begun)
            if time.monotonic() - self._settled_at > SETTLE_SECONDS:
                await self._persist(self._settle)
        await self._persist(self._settle)

    async def _poll(self) -> list[ConsumerRecord]:
        """Return what has come, a little later if it is little: few fat messages cost less than many thin ones."""
        first = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=self._batch_records)
        batches, begun = [first], self._begun.copy()
        if 0 < sum(map(len, first.values())) < FEW_RECORDS:
            await asyncio.sleep(GATHER_SECONDS)
            batches.append(await self._consumer.getmany(timeout_ms=0, max_records=self._batch_records))
        # What arrived before a partition began, or while it was begun, is read again from where it begins.
        stale = {place for place in first if self._begun[place] != begun[place]}
        batches[0] = {place: found for place, found in first.items() if place not in stale}
        return [
            record for batch in batches for place, found in batch.items() if place in self._owned for record in found
        ]

    async def _persist(self, work: Callable[[], Awaitable[None]]) -> None:
        await persistently(work, "ingest", self._health)

    async def _take(self, records: Sequence[ConsumerRecord], begun: Counter[TopicPartition]) -> None:
        """Convert a batch and write it; what has been written before is only counted.

        A partition that has begun anew meanwhile (the group was rebalanced) is counted when it is read again.
        """
        began = time.monotonic()
        fresh = [record for record in records if record.offset >= self._committed[_place(record)]]
        for record in fresh:
            if record.topic == OPERATIONS.name:
                await self._copy(record)
        sent = [record for record in fresh if record.topic == TELEMETRY.name]
        known = [r for r in records if r.topic == TELEMETRY.name and r.offset < self._committed[_place(r)]]
        found = converted([_source_record(record) for record in sent], self._partitions)
        again = converted([_source_record(record) for record in known], self._partitions)
        await self._send(found.messages)
        analysed = [record for record in records if record.topic == ANALYSES.name]
        told = await self._take_analyses(analysed)
        counts = list(zip(known + sent + analysed, again.counts + found.counts + told.counts, strict=True))
        letters = again.dead_letters + found.dead_letters + told.dead_letters
        originals = {f"{record.topic}/{record.partition}/{record.offset}": record.value for record in records}
        await store_dead_letters(
            self._database, letters, {letter_source(e): originals[letter_source(e)] for e in letters}
        )
        current = {place for place, number in begun.items() if self._begun[place] == number}
        self._conclude([(record, readings) for record, readings in counts if _place(record) in current])
        self._counts.count_dead(
            [one for one in letters if TopicPartition(one.source.topic, one.source.partition) in current]
        )
        metrics.RECORDED.inc(found.recorded)
        self._tell_dead(found.dead_letters)
        self._tell_taken(fresh, found.recorded, len(letters))
        metrics.BATCH_SECONDS.labels("ingest").observe(time.monotonic() - began)

    def _tell_taken(self, fresh: Sequence[ConsumerRecord], recorded: int, dead: int) -> None:
        """Log what a batch led to, by the records' names; what was only counted again has no line."""
        if fresh:
            sources = followed.sources((record.topic, record.partition, record.offset) for record in fresh)
            self._log.info("recorded", sources=sources, readings=recorded, dead_lettered=dead)

    def _tell_dead(self, letters: Sequence[DeadLetter]) -> None:
        """Count what was refused; a defect of ours must be looked at."""
        for letter in letters:
            if letter.fault.code is Reason.DEFECT:
                self._log.error(
                    "defect: a record cannot be converted", source=letter_source(letter), why=letter.fault.message
                )
            metrics.INGEST_DEAD.labels(letter.fault.code.value).inc()

    def _conclude(self, counts: Sequence[tuple[ConsumerRecord, int]]) -> None:
        """Count what was read, now that it is written."""
        for record, readings in counts:
            self._counts.count((record.topic, record.partition), record.offset, readings)
            metrics.RECEIVED.inc(readings)
        for record, _ in counts:
            self._lags[record.topic].reached(record.partition, record.offset + 1, record.timestamp)

    async def _advance(self, begun: Counter[TopicPartition]) -> None:
        """Note how far has been read, now that all that was polled is written.

        By position, not by the last record: markers of the relay's transactions take offsets and are no records, and a
        tick waits until the end of every partition has been committed. A partition that has begun anew meanwhile is
        noted the next time.
        """
        for place in sorted(self._owned):
            position = await position_of(self._consumer, place)
            if position is None or place not in self._owned or self._begun[place] != begun[place]:
                continue
            self._read[place] = position
            self._lags[place.topic].reached(place.partition, position)

    def _end(self, topic: str, partition: int) -> int | None:
        return highwater_of(self._consumer, TopicPartition(topic, partition))

    async def _take_analyses(self, records: Sequence[ConsumerRecord]) -> ConvertedAnalyses:
        """Write analyses to every partition: a chromatograph may serve lines of any.

        To the partition whose owner counts them they go last; what has been written before is only counted.
        """
        again = [record for record in records if record.offset < self._committed[_place(record)]]
        fresh = records[len(again) :]
        # Off the event loop: a telegram of a month takes it some 20 ms, and heartbeats share it.
        known = await asyncio.to_thread(converted_analyses, _with_times(again))
        found = await asyncio.to_thread(converted_analyses, _with_times(fresh))
        others = [partition for partition in range(self._partitions) if partition != COUNTING_PARTITION]
        await self._send([(partition, entry) for partition in others for entry in found.entries])
        await self._send([(COUNTING_PARTITION, entry) for entry in found.entries])
        self._tell_dead(found.dead_letters)
        return ConvertedAnalyses([], known.dead_letters + found.dead_letters, known.counts + found.counts)

    async def _copy(self, record: ConsumerRecord) -> None:
        """Copy what was asked for: a change of the register to every partition, a decision to its line's own.

        To partition 0, whose owner tells the outcome of a change, it goes last.
        """
        try:
            asked = operation.decode(record.value or b"")
        except operation.OperationError as fault:
            self._log.error("unreadable operation", offset=record.offset, fault=str(fault))
            return
        if asked.kind == operation.DECISION:
            entry = line_log.encode(DecisionAsked(record.offset, record.timestamp, asked.document))
            await self._send([(partition_of(asked.station, self._partitions), entry)])
            return
        entry = line_log.encode(TopologyAsked(record.offset, record.timestamp, asked.document))
        await self._send([(partition, entry) for partition in range(1, self._partitions)])
        await self._send([(0, entry)])

    async def _send(self, messages: Sequence[tuple[int, bytes]]) -> None:
        """Write to the line log; each message is in the broker for good when this returns."""
        by_partition: dict[int, list[bytes]] = defaultdict(list)
        for partition, value in messages:
            by_partition[partition].append(value)
        sent = await asyncio.gather(
            *(self._send_in_order(partition, values) for partition, values in by_partition.items()),
            return_exceptions=True,
        )
        for failure in sent:
            if failure is not None:
                raise failure

    async def _send_in_order(self, partition: int, values: Sequence[bytes]) -> None:
        """Send one after the other: were a later one written and an earlier one not, it would look old when it came."""
        for value in values:
            sending = self._producer.send_and_wait(RECORDED.name, value, partition=partition)
            await patiently(sending, "ingest", self._health)

    async def _settle(self) -> None:
        """Store the ledgers, then commit: Kafka's offset never runs ahead of the count."""
        self._settled_at = time.monotonic()
        await self._counts.store(self._database)
        offsets = {
            place: max(offset, self._committed.get(place, 0))
            for place, offset in self._read.items()
            if place in self._consumer.assignment()
        }
        if any(offset > self._committed.get(place, 0) for place, offset in offsets.items()):
            await self._consumer.commit(offsets)
            self._committed |= offsets


def _place(record: ConsumerRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _with_times(records: Sequence[ConsumerRecord]) -> list[tuple[SourceRecord, int]]:
    return [(_source_record(record), record.timestamp) for record in records]


def _source_record(record: ConsumerRecord) -> SourceRecord:
    place = record.topic, record.partition, record.offset
    return source_record(place, record.value, record.headers, record.timestamp)
