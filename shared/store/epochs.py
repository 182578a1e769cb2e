"""The epoch of the validated readings: raised by each replay, so that what was written before it is not taken twice."""

from __future__ import annotations

from shared.runtime.mongo import Database
from shared.runtime.persistently import HoldStillError
from shared.store.documents import Collection

_KEY = {"_id": "readings.validated"}


async def current(database: Database) -> int:
    """Return the epoch that is in force; 0 before the first replay."""
    document = await database[Collection.EPOCHS].find_one(_KEY)
    return 0 if document is None else int(document["epoch"])


async def to_work_in(database: Database) -> int:
    """Return the epoch that is in force, for a worker that begins.

    Raises:
        HoldStillError: a replay is under way.
    """
    document = await database[Collection.EPOCHS].find_one(_KEY)
    if document is not None and document.get("held"):
        raise HoldStillError
    return 0 if document is None else int(document["epoch"])


async def hold(database: Database) -> None:
    """Raise the epoch, and let workers hold still until `release`."""
    await database[Collection.EPOCHS].update_one(_KEY, {"$inc": {"epoch": 1}, "$set": {"held": True}}, upsert=True)


async def release(database: Database) -> None:
    """Let workers go on, in the new epoch."""
    await database[Collection.EPOCHS].update_one(_KEY, {"$set": {"held": False}})
