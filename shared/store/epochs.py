"""The epoch of the validated readings: raised by each replay, so that what was written before it is not taken twice."""

from __future__ import annotations

from shared.runtime.mongo import Database
from shared.store.documents import Collection

_KEY = {"_id": "readings.validated"}


async def current(database: Database) -> int:
    """Return the epoch that is in force; 0 before the first replay."""
    document = await database[Collection.EPOCHS].find_one(_KEY)
    return 0 if document is None else int(document["epoch"])


async def raised(database: Database) -> int:
    """Raise the epoch, and return the new one."""
    await database[Collection.EPOCHS].update_one(_KEY, {"$inc": {"epoch": 1}}, upsert=True)
    return await current(database)
