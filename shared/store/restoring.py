"""Where the groups of the workers must stand for the store as it is: what a store brought back from a backup needs.

Validation and aggregation find their own positions, which are in the store; their groups are set so that their lag is
told true. Ingest's position is Kafka's alone. What it counted after the backup is missing in the store, so it reads
that again: its readings come a second time, are dropped as every redelivery is, and are counted once.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.events.topics import ANALYSES, TELEMETRY
from shared.runtime.mongo import Database
from shared.store import epochs
from shared.store.documents import Collection
from shared.store.ledgers import BLOCK_OFFSETS

Place = tuple[str, int]
"""A topic and the number of a partition."""
COUNTED = (TELEMETRY.name, ANALYSES.name)
"""What ingest counts; `operations` are copied, and stand in the line log."""


async def is_whole(database: Database) -> bool:
    """Say whether the store is no half of a replay: then it can be gone on with."""
    document = await database[Collection.EPOCHS].find_one({"held": True})
    return document is None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a stage is in a partition: the last offset of the line log, of the topic that it reads, and the time."""

    offset: int
    read: int
    known_at_ms: int


async def standings(database: Database, stage: str) -> dict[int, Standing]:
    """Return how far a stage is, by partition."""
    asked = {"_id": {"$regex": f"^{stage}/"}, "epoch": await epochs.current(database)}
    found = database[Collection.PROGRESS].find(asked, {"offset": 1, "read": 1, "known_at": 1})
    return {int(one["_id"].split("/")[1]): Standing(one["offset"], one["read"], one["known_at"]) async for one in found}


async def last_blocks(database: Database) -> dict[Place, int]:
    """Return the last block of 1,000 offsets that ingest has counted anything of, by source partition."""
    blocks: dict[Place, int] = {}
    async for document in database[Collection.LEDGERS].find({"_id": {"$regex": "^received/"}}, {"_id": 1}):
        _, topic, partition, block = document["_id"].split("/")
        place = (topic, int(partition))
        blocks[place] = max(blocks.get(place, 0), int(block))
    return blocks


def to_count_from(last_block: int) -> int:
    """Return the offset from which ingest counts again: a block before the last, for a dump may not be of one moment.

    Blocks are counted whole and stored by maximum, so what was counted already changes nothing.
    """
    return max(0, last_block - 1) * BLOCK_OFFSETS
