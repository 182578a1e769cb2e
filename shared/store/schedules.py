"""Schedules at rest: when which question is asked for whom, and how far each has come.

`{_id, owner, when, asked, where, state, made, next_at, since, problem}`. `when` is `{kind}`, of a daily one with `at`;
`asked` an order's texts; `where` `{kind}` with what its kind needs. `made` counts its deliveries. `next_at` is the next
occasion of a daily one. `since` is up to when everything was readable when it was made (ms since 1970):
what became known before is none of its.
`{_id: "changes", position, version}`: how far the change feed has been looked at for all of them, by partition.

Whatever a schedule makes is written with its position in one transaction: a restart makes what was missed, once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.runtime.mongo import ClientSession, Database, PyMongoError, SyncDatabase, in_transaction
from shared.store.documents import Collection, Index, create_indexes
from shared.store.export_jobs import Document, Order

POSITION = {"_id": "changes"}
"""The position of all schedules in the change feed; no id of a schedule looks like it."""


class When(StrEnum):
    """What a schedule waits for."""

    DAILY = "daily"
    DEFINITIVE = "definitive"
    CHANGES = "changes"


class Where(StrEnum):
    """How a file is handed over."""

    LIST = "list"
    WEBHOOK = "webhook"
    SFTP = "sftp"


class ScheduleState(StrEnum):
    """Whether a schedule makes anything."""

    ACTIVE = "active"
    DISABLED = "disabled"


class OvertakenError(Exception):
    """Another process has done this turn."""


INDEXES = (
    Index(Collection.SCHEDULES, (("owner", 1), ("_id", -1))),
    Index(Collection.SCHEDULES, (("next_at", 1),), {"sparse": True}),
    Index(Collection.SCHEDULES, (("when.kind", 1),)),
    Index(Collection.DELIVERIES, (("owner", 1), ("state", 1), ("place", 1))),
    Index(Collection.DELIVERIES, (("schedule", 1), ("number", 1))),
    Index(Collection.DELIVERIES, (("state", 1), ("next_try", 1))),
    Index(Collection.DELIVERIES, (("asked_at", 1),)),
)
"""Of one owner's schedules, and of what the clock waits for."""


async def ensure_indexes(database: Database) -> None:
    """Create the indexes."""
    await create_indexes(database, INDEXES)


async def create(  # noqa: PLR0913 - a schedule has this many sides
    database: Database,
    owner: str,
    *,
    when: Document,
    order: Order,
    where: Document,
    now_ms: int,
    since_ms: int,
    next_at: datetime | None,
) -> Document:
    """Return a new schedule."""
    document: Document = {
        "_id": f"{now_ms:012x}{secrets.token_hex(6)}",
        "owner": owner,
        "when": when,
        "asked": order.document,
        "where": where,
        "state": ScheduleState.ACTIVE,
        "made": 0,
        "since": since_ms,
        **({} if next_at is None else {"next_at": next_at}),
    }
    await database[Collection.SCHEDULES].insert_one(document)
    return document


async def count(database: Database, owner: str) -> int:
    """Return how many schedules an owner has."""
    return await database[Collection.SCHEDULES].count_documents({"owner": owner})


async def find(database: Database, owner: str, schedule: str) -> Document | None:
    """Return a schedule of an owner; None where there is none, or it is another's."""
    return await database[Collection.SCHEDULES].find_one({"_id": schedule, "owner": owner})


async def listed(database: Database, owner: str, before: str, limit: int) -> Sequence[Document]:
    """Return schedules of an owner, the newest first, those made before one (empty: all)."""
    where: Document = {"owner": owner, **({"_id": {"$lt": before}} if before else {})}
    found: list[Document] = await database[Collection.SCHEDULES].find(where).sort("_id", -1).limit(limit).to_list(limit)
    return found


async def remove(database: Database, owner: str, schedule: str) -> bool:
    """Remove a schedule; say whether it was there. What it has made stays."""
    gone = await database[Collection.SCHEDULES].delete_one({"_id": schedule, "owner": owner})
    return bool(gone.deleted_count)


async def disable(database: Database, schedule: str, problem: Document) -> None:
    """Let a schedule make nothing any more, for a reason."""
    told = {"$set": {"state": ScheduleState.DISABLED, "problem": problem}, "$unset": {"next_at": ""}}
    await database[Collection.SCHEDULES].update_one({"_id": schedule}, told)


async def due(database: Database, limit: int) -> Sequence[Document]:
    """Return daily schedules whose next occasion is there, by the store's clock."""
    where = {"next_at": {"$exists": True}, "$expr": {"$lte": ["$next_at", "$$NOW"]}}
    found: list[Document] = (
        await database[Collection.SCHEDULES].find(where).sort("next_at", 1).limit(limit).to_list(limit)
    )
    return found


async def waiting_for(database: Database, *kinds: When) -> Sequence[Document]:
    """Return the active schedules of some kinds."""
    where = {"when.kind": {"$in": kinds}, "state": ScheduleState.ACTIVE}
    found: list[Document] = await database[Collection.SCHEDULES].find(where).sort("_id", 1).to_list(None)
    return found


async def went_off(database: Database, schedule: Document, next_at: datetime, delivery: Document) -> bool:
    """Write what an occasion of a daily schedule makes, and its next occasion; False where another has."""
    here = {"_id": schedule["_id"], "next_at": schedule["next_at"]}
    return await _at_once(database, here, {"$set": {"next_at": next_at}}, [delivery])


async def moved_on(
    database: Database, before: Document, positions: dict[str, str], deliveries: Sequence[Document]
) -> bool:
    """Write what changes make, and how far they were looked at; False where another has."""
    here = {**POSITION, "version": before["version"]}
    told = {"$set": {"position": positions}, "$inc": {"version": 1}}
    return await _at_once(database, here, told, deliveries)


async def position(database: Database, first: dict[str, str]) -> Document:
    """Return how far the change feed was looked at; `first`: from where on, where nobody has yet."""
    found: Document = await database[Collection.SCHEDULES].find_one_and_update(
        POSITION, {"$setOnInsert": {"position": first, "version": 0}}, upsert=True, return_document=True
    )
    return found


async def _at_once(database: Database, here: Document, told: Document, deliveries: Sequence[Document]) -> bool:
    try:
        await in_transaction(database, _writing(here, told, deliveries))
    except OvertakenError:
        return False
    except PyMongoError as fault:
        if fault.has_error_label("TransientTransactionError"):
            return False  # another writes the same at this moment
        raise
    return True


def _writing(
    here: Document, told: Document, deliveries: Sequence[Document]
) -> Callable[[SyncDatabase[dict[str, Any]], ClientSession], None]:
    def write(store: SyncDatabase[dict[str, Any]], session: ClientSession) -> None:
        if not store[Collection.SCHEDULES].update_one(here, told, session=session).matched_count:
            raise OvertakenError
        names = [delivery["_id"] for delivery in deliveries]
        there = set(store[Collection.DELIVERIES].distinct("_id", {"_id": {"$in": names}}, session=session))
        for delivery in deliveries:
            if delivery["_id"] in there:
                continue
            schedule = {"_id": delivery["schedule"]}
            counted = store[Collection.SCHEDULES].find_one_and_update(
                schedule, {"$inc": {"made": 1}}, return_document=True, session=session
            )
            if counted is not None:  # else it was removed meanwhile
                numbered = {**delivery, "number": counted["made"]}
                store[Collection.DELIVERIES].insert_one(numbered, session=session)

    return write
