"""Emptying the store for a replay, in an order in which no worker can write what belongs to the time before.

While `replaying` stands in the epoch's document workers hold still. The positions go to the new epoch first: whoever
still commits a batch of the old one is fenced by that. Then everything that the line log tells is removed.
"""

from __future__ import annotations

from shared.runtime.mongo import Database
from shared.store import epochs
from shared.store.digest import CANONICAL
from shared.store.documents import Collection
from shared.store.retention import is_swept


async def begin(database: Database) -> None:
    """Raise the epoch, fence the workers, and remove what they wrote."""
    await epochs.hold(database)
    await database[Collection.PROGRESS].delete_many({})
    await database[Collection.SWEPT].delete_many({})
    for collection in CANONICAL:
        await database[collection].delete_many({})
    await database[Collection.CHANGES].delete_many({})
    await database[Collection.LEDGERS].delete_many({"_id": {"$regex": "^outcomes/"}})
    await database[Collection.DEAD_LETTERS].delete_many({"by": "validation"})
    await database[Collection.REANSWERS].delete_many({})


async def end(database: Database) -> None:
    """Let the workers begin again."""
    await epochs.release(database)


async def has_reached(database: Database, ends: dict[int, int]) -> bool:
    """Say whether aggregation has applied every partition of the line log up to its end offset.

    Then also what is no longer online has been removed: without that two stores cannot be compared.
    """
    epoch = await epochs.current(database)
    reached = {
        document["_id"]: document["offset"]
        async for document in database[Collection.PROGRESS].find({"epoch": epoch}, {"offset": 1})
    }
    is_read = all(reached.get(f"aggregation/{partition}", -1) >= end - 1 for partition, end in ends.items())
    return is_read and await is_swept(database, ends, epoch)
