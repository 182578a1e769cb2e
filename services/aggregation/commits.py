"""Committing settled batches: those of several partitions that are ready together share one transaction.

Each still moves its own position, and all of it happens or none. When a shared transaction fails, each batch is tried
by itself, so that one that is fenced costs the others nothing. Few fat operations win: five round trips for four
partitions instead of twenty.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from services.aggregation.writes import Operation
from shared.runtime.mongo import ClientSession, Database, PyMongoError, SyncDatabase, in_transaction
from shared.store import progress
from shared.store.documents import Collection
from shared.store.progress import FencedError, Progress

MOST_SHARED = 2_000
"""Operations that share a transaction: beyond that the round trips no longer matter, and failing would cost more."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is to be written of one partition, and who waits for it."""

    before: Progress
    after: Progress
    writes: dict[Collection, list[Operation]]
    done: asyncio.Future[None]

    @property
    def size(self) -> int:
        return sum(map(len, self.writes.values()))


class Commits:
    """Writes batches in the order in which they come."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Batch] = []
        self._writer: asyncio.Task[None] | None = None

    async def commit(self, before: Progress, after: Progress, writes: dict[Collection, list[Operation]]) -> None:
        """Write a batch with its position.

        Raises:
            FencedError: the position in the store is not `before`; nothing was written.
            PyMongoError: whether it was written is for the store to say.
        """
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Batch(before, after, writes, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        await done

    async def _write_waiting(self) -> None:
        while self._waiting:
            shared = [self._waiting.pop(0)]
            while self._waiting and sum(batch.size for batch in shared) + self._waiting[0].size <= MOST_SHARED:
                shared.append(self._waiting.pop(0))
            if len(shared) == 1 or not await self._written_together(shared):
                for batch in shared:
                    await self._write_alone(batch)

    async def _written_together(self, batches: list[_Batch]) -> bool:
        """Say whether one transaction took them all."""
        try:
            await in_transaction(self._database, lambda database, session: _write(database, session, batches))
        except (FencedError, PyMongoError):
            return False
        for batch in batches:
            _conclude(batch, None)
        return True

    async def _write_alone(self, batch: _Batch) -> None:
        try:
            await in_transaction(self._database, lambda database, session: _write(database, session, [batch]))
        except Exception as fault:  # noqa: BLE001 - it is raised where the batch is waited for
            _conclude(batch, fault)
        else:
            _conclude(batch, None)


def _write(database: SyncDatabase[dict[str, Any]], session: ClientSession, batches: list[_Batch]) -> None:
    merged: dict[Collection, list[Operation]] = {}
    for batch in batches:
        progress.move(database, batch.before, batch.after, session)
        for collection, operations in batch.writes.items():
            merged.setdefault(collection, []).extend(operations)
    for collection, operations in merged.items():
        if operations:
            database[collection].bulk_write(operations, ordered=True, session=session)


def _conclude(batch: _Batch, fault: Exception | None) -> None:
    """Tell who waits, unless he has been cancelled."""
    if batch.done.done():
        return
    if fault is None:
        batch.done.set_result(None)
    else:
        batch.done.set_exception(fault)
