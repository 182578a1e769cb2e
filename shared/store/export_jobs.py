"""Exports that were ordered, at rest: one document of `export_jobs` each, from the order until it is forgotten.

`{_id, owner, asked, asked_at, key, digest, state, attempts, attempt, worker, lease_until, progress, result, problem,
expires, forget_at, swept}`. The `_id` begins with the moment of the order, so ids sort by it. `asked` holds the texts
of the question, `{line, node, given}`, which are read again when the job runs; `asked_at` (ms since 1970) is the moment
for which they are read. `key` and `digest` are those of the order's Idempotency-Key. `result` is there once the file is
whole: `{name, file_name, media_type, size, rows, sha256}`, written by the one update that makes the job done.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from shared.runtime.mongo import Database
from shared.store.documents import Collection, Index, create_indexes

Document = dict[str, Any]
NO_LEASE = datetime(1970, 1, 1, tzinfo=UTC)
"""A lease that has always been over: whoever comes first may take the job."""


class JobState(StrEnum):
    """Where a job stands; who ordered it never sees a removed one."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    REMOVED = "removed"


OF_A_SCHEDULE = "\x1f"
"""How the keys of jobs begin that a schedule ordered: no header can hold it, so no caller's key does."""
OPEN = (JobState.WAITING, JobState.RUNNING)
"""States of jobs that are still to be worked on."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody orders: lines and nodes, and the other parameters of a download as they were written."""

    lines: tuple[str, ...]
    nodes: tuple[str, ...]
    given: Mapping[str, str]

    @property
    def document(self) -> Document:
        """The order as it rests; what was not said is left out, so that saying nothing twice is the same order."""
        said = {name: text for name, text in sorted(self.given.items()) if text}
        return {"line": list(self.lines), "node": list(self.nodes), "given": said}

    @property
    def digest(self) -> str:
        """SHA-256 of the order, in hex."""
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()


def order_of(asked: Document) -> Order:
    """Return the order that rests in a job."""
    return Order(tuple(asked["line"]), tuple(asked["node"]), dict(asked["given"]))


_KEY_OF_ONE = {"unique": True, "partialFilterExpression": {"key": {"$exists": True}}}
INDEXES = (
    Index(Collection.EXPORT_JOBS, (("owner", 1), ("key", 1)), _KEY_OF_ONE),
    Index(Collection.EXPORT_JOBS, (("owner", 1), ("_id", -1))),
    Index(Collection.EXPORT_JOBS, (("state", 1), ("_id", 1))),
)
"""Of one owner's key, of his jobs, and of what waits."""


async def ensure_indexes(database: Database) -> None:
    """Create the indexes."""
    await create_indexes(database, INDEXES)


async def with_key(database: Database, owner: str, key: str) -> Document | None:
    """Return the job that an owner ordered under an Idempotency-Key, or None."""
    return await database[Collection.EXPORT_JOBS].find_one({"owner": owner, "key": key})


async def count_open(database: Database, owner: str) -> int:
    """Return how many jobs that an owner ordered himself wait or run: what his schedules order is not in his hands."""
    his_own = {"$not": re.compile(f"^{OF_A_SCHEDULE}")}
    asked = {"owner": owner, "state": {"$in": OPEN}, "key": his_own}
    return await database[Collection.EXPORT_JOBS].count_documents(asked)


async def create(  # noqa: PLR0913 - who orders what, when, under which name, for how long
    database: Database, owner: str, order: Order, asked_at_ms: int, *, key: str = "", kept_seconds: float | None = None
) -> Document:
    """Return a new job, or the one that another has just made under the same key; `kept_seconds`: not as usual."""
    document: Document = {
        "_id": f"{asked_at_ms:012x}{secrets.token_hex(10)}",
        "asked": order.document,
        "asked_at": asked_at_ms,
        "digest": order.digest,
        "state": JobState.WAITING,
        "attempts": 0,
        "lease_until": NO_LEASE,
        "progress": {"rows": 0, "bytes": 0},
        **({} if kept_seconds is None else {"kept_seconds": kept_seconds}),
    }
    if not key:
        await database[Collection.EXPORT_JOBS].insert_one({**document, "owner": owner})
        return {**document, "owner": owner}
    made: Document = await database[Collection.EXPORT_JOBS].find_one_and_update(
        {"owner": owner, "key": key}, {"$setOnInsert": document}, upsert=True, return_document=True
    )
    return made


async def find(database: Database, owner: str, job: str) -> Document | None:
    """Return a job of an owner; None where there is none, or it is another's."""
    asked = {"_id": job, "owner": owner, "state": {"$ne": JobState.REMOVED}}
    return await database[Collection.EXPORT_JOBS].find_one(asked)


async def listed(database: Database, owner: str, before: str, limit: int) -> Sequence[Document]:
    """Return jobs of an owner, the newest first, those ordered before a job (empty: all)."""
    where: Document = {"owner": owner, "state": {"$ne": JobState.REMOVED}}
    if before:
        where["_id"] = {"$lt": before}
    found: list[Document] = (
        await database[Collection.EXPORT_JOBS].find(where).sort("_id", -1).limit(limit).to_list(limit)
    )
    return found


async def remove(database: Database, owner: str, job: str) -> bool:
    """Take a job away, whatever its state; say whether it was there. Its key is free again, its file is swept later."""
    gone = {"$set": {"state": JobState.REMOVED, "attempt": ""}, "$unset": {"key": "", "result": ""}}
    asked = {"_id": job, "owner": owner, "state": {"$ne": JobState.REMOVED}}
    changed = await database[Collection.EXPORT_JOBS].update_one(asked, gone)
    return bool(changed.modified_count)
