"""The epoch of the validated readings: raised by each replay, so that what was written before it is not taken twice."""

from __future__ import annotations

from datetime import datetime

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


async def raised_ms(database: Database) -> int:
    """Return when the epoch was raised, ms since 1970: what became known before that is told again; 0: never."""
    document = await database[Collection.EPOCHS].find_one(_KEY)
    moment: datetime | None = None if document is None else document.get("raised_at")
    return 0 if moment is None else round(moment.timestamp() * 1000)


async def hold(database: Database) -> None:
    """Raise the epoch, and let workers hold still until `release`."""
    raised = {"$inc": {"epoch": 1}, "$set": {"held": True}, "$currentDate": {"raised_at": True}}
    await database[Collection.EPOCHS].update_one(_KEY, raised, upsert=True)


async def release(database: Database) -> None:
    """Let workers go on, in the new epoch."""
    await database[Collection.EPOCHS].update_one(_KEY, {"$set": {"held": False}})
