"""What ingest counts and stores of what it read: received and dead-lettered by whole blocks of 1,000 offsets.

After a restart reading begins at the beginning of the block, so a block is always counted whole, and counts are stored
by maximum: counting again changes nothing (docs/adr/0004).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pymongo import UpdateOne

from services.ingest.conversion import DeadLetter
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from shared.store.ledgers import BLOCK_OFFSETS, received_id

Place = tuple[str, int]
"""A source partition: topic and number."""


@dataclass(slots=True)
class BlockCounts:
    """Counts of the blocks that are being read, by source partition and block."""

    received: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    dead_lettered: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    _touched: set[tuple[str, int, int]] = field(default_factory=set)

    def begin(self, place: Place) -> None:
        """Forget a source partition: it is counted from the beginning of a block."""
        for counts in (self.received, self.dead_lettered):
            for key in [key for key in counts if key[:2] == place]:
                del counts[key]

    def count(self, place: Place, offset: int, readings: int) -> None:
        """Count the readings of a record."""
        key = (*place, offset // BLOCK_OFFSETS)
        self.received[key] += readings
        self._touched.add(key)

    def count_dead(self, letters: Sequence[DeadLetter]) -> None:
        """Count dead letters."""
        for letter in letters:
            source = letter.source
            self.dead_lettered[source.topic, source.partition, source.offset // BLOCK_OFFSETS] += 1

    async def store(self, database: Database) -> None:
        """Write the counts of the blocks touched since the last time; forget blocks that are done."""
        touched = set(self._touched)
        if not touched:
            return
        await database[Collection.LEDGERS].bulk_write([self._upsert(key) for key in sorted(touched)], ordered=False)
        self._touched -= touched
        newest = {key[:2]: max(block for *place, block in touched if tuple(place) == key[:2]) for key in touched}
        for counts in (self.received, self.dead_lettered):
            for key in [key for key in counts if key[2] < newest.get(key[:2], 0)]:
                del counts[key]

    def _upsert(self, key: tuple[str, int, int]) -> UpdateOne:
        counts = {"received": self.received[key], "dead_lettered": self.dead_lettered[key]}
        return UpdateOne({"_id": received_id(*key)}, {"$max": counts}, upsert=True)


async def store_dead_letters(database: Database, letters: Sequence[DeadLetter], originals: Mapping[str, bytes]) -> None:
    """Store dead letters by their source position, and once the bytes of each record they came from."""
    if not letters:
        return
    kept = {letter_source(letter) for letter in letters}
    await database[Collection.ORIGINALS].bulk_write(
        [UpdateOne({"_id": name}, {"$setOnInsert": {"bytes": originals[name]}}, upsert=True) for name in sorted(kept)],
        ordered=False,
    )
    await database[Collection.DEAD_LETTERS].bulk_write([_upsert(letter) for letter in letters], ordered=False)


def letter_source(letter: DeadLetter) -> str:
    """Return the source position of the record that a dead letter came in."""
    return f"{letter.source.topic}/{letter.source.partition}/{letter.source.offset}"


def _upsert(letter: DeadLetter) -> UpdateOne:
    document = {
        "by": "ingest",
        "source": letter_source(letter),
        "reason": letter.fault.code.value,
        "position": letter.fault.position,
        "message": letter.fault.message,
        "telegram": letter.source.telegram,
        "station": letter.source.station,
        "state": "open",
    }
    key = f"{letter_source(letter)}/{letter.fault.place}"
    return UpdateOne({"_id": key}, {"$setOnInsert": document}, upsert=True)
