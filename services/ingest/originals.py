"""The original bytes of dead letters that validation found: ingest alone can read the sources, so it adds them."""

from __future__ import annotations

import asyncio

from shared.events.topics import OPERATIONS, TELEMETRY
from shared.runtime.kafka import AIOKafkaConsumer, KafkaError, TopicPartition
from shared.runtime.logging import logger
from shared.runtime.mongo import Database, PyMongoError, is_passing
from shared.store.documents import Collection

LOOK_SECONDS = 2.0
MOST_AT_ONCE = 200
FETCH_SECONDS = 10.0
_SOURCES = (TELEMETRY.name, OPERATIONS.name)


class Originals:
    """Adds originals, every two seconds, as long as there are dead letters without."""

    def __init__(self, reader: AIOKafkaConsumer, database: Database) -> None:
        self._reader, self._database = reader, database
        self._stopping = asyncio.Event()
        self._log = logger(__name__)

    async def start(self) -> None:
        """Begin to look."""
        await self._reader.start()
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Stop looking."""
        self._stopping.set()
        await self._task
        await self._reader.stop()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._add_missing()
            except (KafkaError, PyMongoError, TimeoutError) as fault:
                if isinstance(fault, PyMongoError) and not is_passing(fault):
                    raise
                self._log.warning("originals wait: a server is away", fault=str(fault)[:200])
            try:
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def _add_missing(self) -> None:
        letters = self._database[Collection.DEAD_LETTERS]
        wanted = await letters.distinct("source", {"by": "validation", "original": None})
        for source in wanted[:MOST_AT_ONCE]:
            value = await self._fetched(source)
            if value is not None:
                await self._database[Collection.ORIGINALS].update_one(
                    {"_id": source}, {"$setOnInsert": {"bytes": value}}, upsert=True
                )
            await letters.update_many({"source": source}, {"$set": {"original": value is not None}})

    async def _fetched(self, source: str) -> bytes | None:
        """Return the record at a source position, or None where it is no longer kept."""
        topic, partition, offset = source.rsplit("/", 2)
        place = TopicPartition(topic, int(partition))
        if topic not in _SOURCES or (await self._reader.beginning_offsets([place]))[place] > int(offset):
            return None
        self._reader.assign([place])
        self._reader.seek(place, int(offset))
        record = await asyncio.wait_for(self._reader.getone(), FETCH_SECONDS)
        return record.value if record.offset == int(offset) else None
