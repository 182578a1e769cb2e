"""The consumer of `access.read`: one in all processes for each partition, whose chain it adds to.

The position is the chain's own head, moved in the transaction that adds entries: what comes again is passed over, and
who was overtaken while he slept writes nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from services.query.trail.chaining import Chained, Record, chained
from services.query.trail.keeping import Keeping
from shared.events.topics import ACCESS_READ, Topic
from shared.runtime import kafka, metrics
from shared.runtime.connecting import connected
from shared.runtime.health import Health
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.kafka import AIOKafkaConsumer, Assigned, TopicPartition, highwater_of
from shared.runtime.lag import Lag
from shared.runtime.logging import logger
from shared.runtime.mongo import ClientSession, Database, SyncDatabase, in_transaction
from shared.runtime.persistently import ending_at_once, persistently
from shared.store.documents import ensure_collections
from shared.store.progress import FencedError
from shared.store.trail import Document, Head, append, head_of

GROUP, STAGE = "gastrack-query-trail", "trail"
MOST_RECORDS = 20
"""In a turn: each of at most 20,000 names."""
POLL_MS = 500
KEEP_SECONDS = 60.0
"""How often is looked what is to be signed because a day is over, and what may leave; at once while more is left."""
_AGAIN_SECONDS = 1.0
_SALT_BYTES = 16


class TrailWorker:
    """A part of the query service that chains who read what."""

    def __init__(  # noqa: PLR0913 - its servers, its clock, its topic
        self,
        bootstrap: str,
        database: Database,
        keeping: Keeping,
        health: Health,
        now: Clock = utc_now,
        *,
        topic: Topic = ACCESS_READ,
    ) -> None:
        self._bootstrap, self._database, self._keeping, self._health = bootstrap, database, keeping, health
        self._now, self._topic = now, topic
        self._heads: dict[int, Head] = {}
        self._reading: AIOKafkaConsumer | None = None
        self._lag = Lag(topic.name, self._end)
        self._stopping = asyncio.Event()
        self._keep_at = 0.0
        self._log = logger(__name__)

    async def start(self) -> None:
        """Begin; whether the servers are there or not."""
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Finish the turn in hand, and leave the partitions to others."""
        self._stopping.set()
        await self._task

    async def _run(self) -> None:
        with ending_at_once(STAGE):
            self._health.beat()
            reader = await connected(self._bootstrap, self._topic, self._reader, self._again)
            if reader is None:
                return
            self._reading = reader
            await persistently(partial(ensure_collections, self._database), STAGE, self._health)
            try:
                while not self._stopping.is_set():
                    await self._turn(reader)
            finally:
                await reader.stop()

    def _reader(self) -> AIOKafkaConsumer:
        reader = kafka.consumer(self._bootstrap, f"{GROUP}-{self._topic.name}")
        reader.subscribe([self._topic.name], listener=Assigned(self._moved, self._moved))
        return reader

    async def _again(self) -> bool:
        """Wait a while, and say whether the service still runs."""
        self._health.beat()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), _AGAIN_SECONDS)
        return not self._stopping.is_set()

    async def _moved(self, places: Sequence[TopicPartition]) -> None:
        """Forget what was known of partitions that come or go: the next turn begins where their chains are then."""
        for place in places:
            self._heads.pop(place.partition, None)

    async def _turn(self, reader: AIOKafkaConsumer) -> None:
        self._health.beat()
        for place in reader.assignment():
            if place.partition not in self._heads:
                await persistently(partial(self._begin, reader, place), STAGE, self._health)
        found = await reader.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
        for place, records in found.items():
            read = [Record(one.offset, one.timestamp, one.value or b"") for one in records]
            await self._take(reader, place, read)
        if time.monotonic() >= self._keep_at:
            await persistently(self._keep, STAGE, self._health)

    async def _begin(self, reader: AIOKafkaConsumer, place: TopicPartition) -> None:
        """Go on where a chain is; where the topic ends before that it is a new one, which is read from its beginning.

        What of the old one comes again has numbers that the chain knows.
        """
        head = await head_of(self._database, place.partition)
        end = (await reader.end_offsets([place]))[place]
        if head.offset >= end:
            self._log.error("the topic is another one: read from its beginning", partition=place.partition)
            anew = replace(head, offset=-1)
            if not await self._is_added(Chained(head, anew, [], 0)):
                return  # another was faster: the next turn begins where it has come to
            head = anew
        if place not in reader.assignment():
            return  # it moved away meanwhile: whoever has it now begins
        self._keeping.forget(place.partition)
        self._heads[place.partition] = head
        self._lag.begin(place.partition, head.offset + 1)
        reader.seek(place, head.offset + 1)

    async def _take(self, reader: AIOKafkaConsumer, place: TopicPartition, records: Sequence[Record]) -> None:
        """Chain the records of a partition; what does not follow, or is another's by now, is dropped and read again."""
        head = self._heads.get(place.partition)
        if head is None or not await self._follows(reader, place, head, records[0]):
            self._heads.pop(place.partition, None)
            return
        found = chained(head, records, partial(secrets.token_bytes, _SALT_BYTES))
        if not await persistently(partial(self._is_added, found), STAGE, self._health):
            metrics.FENCED.inc()
            self._heads.pop(place.partition, None)
            return
        if place.partition in self._heads:
            self._heads[place.partition] = found.after
        self._tell(place, found)
        self._lag.reached(place.partition, found.after.offset + 1, records[-1].at_ms)
        await persistently(partial(self._keeping.sign, found.after, self._now()), STAGE, self._health)

    async def _is_added(self, found: Chained) -> bool:
        """Add to a chain; False where it stands elsewhere: it is another's, or an earlier try was written after all."""
        try:
            await in_transaction(self._database, partial(_append, found))
        except FencedError as fenced:
            self._log.warning("fenced", partition=found.before.partition, reason=str(fenced))
            return False
        return True

    async def _follows(self, reader: AIOKafkaConsumer, place: TopicPartition, head: Head, record: Record) -> bool:
        """Say whether a record is next, or what lies between is there no longer: the chain was away for two weeks."""
        if record.offset <= head.offset + 1:
            return True
        begins = (await reader.beginning_offsets([place]))[place]
        if begins == record.offset:
            self._log.error("readings left before they were chained", partition=place.partition, upto=record.offset)
        return bool(begins == record.offset)

    def _tell(self, place: TopicPartition, found: Chained) -> None:
        metrics.TRAIL_ENTRIES.inc(len(found.entries))
        metrics.TRAIL_LOST.inc(found.lost)
        if found.lost:
            self._log.error("messages to the trail never came", partition=place.partition, messages=found.lost)

    def _end(self, partition: int) -> int | None:
        place = TopicPartition(self._topic.name, partition)
        return None if self._reading is None else highwater_of(self._reading, place)

    async def _keep(self) -> None:
        """Sign what is a day old, and let some leave whose time is over; go on soon where more is left."""
        now, is_more_left = self._now(), False
        for partition, head in list(self._heads.items()):
            await self._keeping.sign(head, now)
            is_more_left |= await self._keeping.let_leave(partition, now)
        self._keep_at = time.monotonic() + (0 if is_more_left else KEEP_SECONDS)


def _append(found: Chained, database: SyncDatabase[Document], session: ClientSession) -> None:
    append(database, session, found.before, found.after, found.entries)
