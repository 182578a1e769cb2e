"""The original bytes of dead letters that validation found: ingest alone can read the sources, so it adds them."""

from __future__ import annotations

import asyncio

from shared.events.topics import INTAKE
from shared.runtime.kafka import AIOKafkaConsumer, TopicPartition
from shared.runtime.mongo import Database
from shared.store.documents import Collection

LOOK_SECONDS = 2.0
"""How often dead letters without their bytes are looked for."""
MOST_AT_ONCE = 200
FETCH_SECONDS = 10.0


class Originals:
    """Adds originals as long as there are dead letters without."""

    def __init__(self, reader: AIOKafkaConsumer, database: Database) -> None:
        self._reader, self._database = reader, database

    async def add_missing(self) -> None:
        """Add the bytes of the oldest sources that lack them."""
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
        if topic not in INTAKE or (await self._reader.beginning_offsets([place]))[place] > int(offset):
            return None
        self._reader.assign([place])
        self._reader.seek(place, int(offset))
        record = await asyncio.wait_for(self._reader.getone(), FETCH_SECONDS)
        return record.value if record.offset == int(offset) else None
