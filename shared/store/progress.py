"""How far a worker is in a partition: one document, written in the transaction of what it wrote.

That one mechanism drops duplicates, fences a stale writer, survives a crash, counts exactly and allows a restore.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from shared.domain.retelling import Retelling
from shared.runtime.mongo import ClientSession, Database, SyncDatabase, synchronous
from shared.store.documents import Collection

NOTHING_READ = -1


class FencedError(RuntimeError):
    """Another worker has moved this partition's position: what was to be written is dropped."""


@dataclass(slots=True)
class Progress:
    """Where a worker stands in a partition of the line log.

    `key` names both ("aggregation/3"). `offset` and `part` are the last answered or applied; `read` the last offset of
    the topic read; `known_at_ms` the greatest so far; `until_ms` the last tick; `sources` the highest (offset, place)
    of each source partition ("telemetry/0"); `retelling` what is still to be told again because of `offset`; `told` the
    `_id` of the last document of `changes`.
    """

    key: str
    epoch: int
    offset: int
    part: int = 0
    last: bool = True
    read: int = NOTHING_READ
    known_at_ms: int = 0
    until_ms: int = 0
    sources: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_stored: bool = True
    retelling: Retelling | None = None
    told: str = ""

    def is_next(self, offset: int, part: int) -> bool:
        """Say whether (offset, part) follows this position without a gap."""
        return (offset, part) == ((self.offset + 1, 0) if self.last else (self.offset, self.part + 1))

    def is_behind(self, offset: int, part: int) -> bool:
        """Say whether (offset, part) is already in the store."""
        return (offset, part) <= (self.offset, self.part)


class Log(Protocol):
    """The line log, as far as a position needs it."""

    async def begins(self, partition: int) -> int:
        """Return the first offset that a partition still has."""

    async def require_same(self, partition: int, offset: int, known_at_ms: int) -> None:
        """Raise HoldStillError where a partition is not the one that was read up to an offset."""


async def load(database: Database, stage: str, partition: int, epoch: int, log: Log) -> Progress:
    """Read a position; if there is none of this epoch, that before the first offset that the line log still has.

    Raises:
        HoldStillError: the position is one of another line log.
    """
    key = f"{stage}/{partition}"
    document = await database[Collection.PROGRESS].find_one({"_id": key, "epoch": epoch})
    if document is None:
        return Progress(key, epoch, await log.begins(partition) - 1, is_stored=False)
    found = _from_document(document)
    await log.require_same(partition, found.offset, found.known_at_ms)
    return found


async def applied(database: Database) -> dict[str, int]:
    """Return the highest offset of each source partition ("telemetry/0") that was applied anywhere."""
    found: dict[str, int] = {}
    async for document in database[Collection.PROGRESS].find({"_id": {"$regex": "^aggregation/"}}, {"sources": 1}):
        for source, (offset, _) in document["sources"].items():
            found[source] = max(found.get(source, NOTHING_READ), offset)
    return found


async def save(database: Database, before: Progress, after: Progress) -> None:
    """Move the position from `before` to `after`, by itself.

    Raises:
        FencedError: the position in the store is not `before`.
    """
    await asyncio.to_thread(move, synchronous(database), before, after)


def move(
    database: SyncDatabase[dict[str, Any]], before: Progress, after: Progress, session: ClientSession | None = None
) -> None:
    """Move the position from `before` to `after`, in the caller's transaction.

    Raises:
        FencedError: the position in the store is not `before`.
    """
    after.is_stored = True
    key = {"_id": before.key}
    if not before.is_stored:
        _begin(database, key, after, session)
        return
    position = {"epoch": before.epoch, "offset": before.offset, "part": before.part, "read": before.read}
    expected = {**key, **position, "retelling": _retelling_fields(before.retelling)}
    moved = database[Collection.PROGRESS].update_one(expected, {"$set": _to_fields(after)}, session=session)
    if moved.matched_count == 0:
        raise FencedError(f"{before.key} no longer stands at {before.offset}.{before.part}")


def _begin(
    database: SyncDatabase[dict[str, Any]], key: dict[str, str], after: Progress, session: ClientSession | None
) -> None:
    """Write the first position of an epoch, in place of an older epoch's."""
    documents = database[Collection.PROGRESS]
    document = documents.find_one(key, session=session)
    if document is None:
        documents.insert_one({**key, **_to_fields(after)}, session=session)
        return
    if document["epoch"] >= after.epoch:
        raise FencedError(f"{key['_id']} has begun already")
    documents.replace_one(document, {**key, **_to_fields(after)}, session=session)


def _to_fields(progress: Progress) -> dict[str, Any]:
    return {
        "epoch": progress.epoch,
        "offset": progress.offset,
        "part": progress.part,
        "last": progress.last,
        "read": progress.read,
        "known_at": progress.known_at_ms,
        "until": progress.until_ms,
        "sources": {name: list(position) for name, position in progress.sources.items()},
        "retelling": _retelling_fields(progress.retelling),
        "told": progress.told,
    }


def _retelling_fields(retelling: Retelling | None) -> dict[str, Any] | None:
    return None if retelling is None else asdict(retelling)


def _from_document(document: dict[str, Any]) -> Progress:
    """Return a position as it was; with plain numbers: events do not hold the driver's long ones."""
    return Progress(
        document["_id"],
        int(document["epoch"]),
        int(document["offset"]),
        int(document["part"]),
        document["last"],
        int(document["read"]),
        int(document["known_at"]),
        int(document["until"]),
        {name: (int(position[0]), int(position[1])) for name, position in document["sources"].items()},
        retelling=Retelling(**document["retelling"]) if document.get("retelling") else None,
        told=document.get("told", ""),
    )
