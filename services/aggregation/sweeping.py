"""Removing what is no longer online: beside the batches, line by line, a little at each turn.

Since the floor stands in the log nothing reads or writes below it, so when it is removed changes nothing. Each step is
one transaction that also says how far it is done, in the name of whoever owns the partition: a worker that is killed
leaves whole steps, and one whose partition is another's now, or whose epoch is over, removes nothing any more.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid4

from services.aggregation.preparing import Preparing
from services.aggregation.state import PartitionState
from shared.runtime import metrics
from shared.runtime.logging import logger
from shared.runtime.mongo import ClientSession, Database, SyncDatabase, in_transaction
from shared.store.documents import Collection
from shared.store.progress import FencedError
from shared.store.retention import Condition, chromatograph_after, leaving_of_gas, leaving_of_line

TURN_SECONDS = 0.2
"""How long a turn removes, of about one second: batches find the store free for the rest."""
AGAIN_SECONDS = 60.0
"""How long a partition that somebody else removes from is left alone: a worker that had it before may have taken it."""
_GAS, _LINE = "gas|", "line|"


@dataclass(frozen=True, slots=True)
class _Swept:
    """How far a partition is: in which epoch, up to which floor, and its last line or chromatograph that is done."""

    epoch: int
    online_from: date
    at: str = ""
    done: bool = False


class Sweeping:
    """Removes what has left of the partitions that this worker owns."""

    def __init__(self, database: Database, preparing: Preparing) -> None:
        self._database, self._preparing = database, preparing
        self._owner = uuid4().hex
        self._swept: dict[int, _Swept] = {}
        self._lost: dict[int, float] = {}
        self._log = logger(__name__)

    def forget(self, partition: int) -> None:
        """Look at the store anew before anything more of a partition is removed."""
        self._swept.pop(partition, None)
        self._lost.pop(partition, None)

    async def turn(self, states: Mapping[int, PartitionState]) -> None:
        """Remove for a little while, partition by partition; tell how many are not done, whatever is in the way."""
        until = time.monotonic() + TURN_SECONDS
        try:
            for partition, state in sorted(states.items()):
                if time.monotonic() >= self._lost.get(partition, 0.0):
                    await self._go_on(partition, state, until)
        finally:
            metrics.RETENTION_BEHIND.set(sum(not here.done for here in self._swept.values()))

    async def _go_on(self, partition: int, state: PartitionState, until: float) -> None:
        """Remove what is left in a partition of what is not online at its own place, until a moment."""
        online_from = await self._preparing.online_from(state.register_offset)
        if online_from is None:
            return
        try:
            while not (here := await self._here(partition, state, online_from)).done and time.monotonic() <= until:
                await self._step(partition, state, here)
        except FencedError:
            self.forget(partition)
            self._lost[partition] = time.monotonic() + AGAIN_SECONDS
            self._log.info("another worker removes what is no longer online", partition=partition)

    async def _here(self, partition: int, state: PartitionState, online_from: date) -> _Swept:
        """Return how far a partition is; the first time, and for another floor, by what the store says."""
        known, epoch = self._swept.get(partition), state.progress.epoch
        if known is None or (known.epoch, known.online_from) != (epoch, online_from):
            known = self._swept[partition] = await self._claimed(partition, epoch, online_from)
        return known

    async def _claimed(self, partition: int, epoch: int, online_from: date) -> _Swept:
        """Take a partition over; of the same floor go on where whoever had it was."""
        documents, floor = self._database[Collection.SWEPT], {"epoch": epoch, "online_from": online_from.isoformat()}
        found = await documents.find_one({"_id": partition, **floor}) or {"at": "", "done": False}
        document = {"_id": partition, **floor, "owner": self._owner, "at": found["at"], "done": found["done"]}
        await documents.replace_one({"_id": partition}, document, upsert=True)
        return _Swept(epoch, online_from, found["at"], found["done"])

    async def _step(self, partition: int, state: PartitionState, here: _Swept) -> None:
        """Remove what leaves of the next line or chromatograph; behind the last one the partition is done.

        Raises:
            FencedError: the partition is another worker's, or of another epoch.
        """
        following = await self._following(partition, state, here.at)
        after = replace(here, done=True) if following is None else replace(here, at=following)
        leaving = {} if following is None else _leaving(partition, following, here.online_from)
        step, removed = _Step(partition, self._owner, after, leaving), Counter[str]()
        await in_transaction(self._database, lambda database, session: removed.update(step.take(database, session)))
        self._swept[partition] = after
        for collection, count in removed.items():
            metrics.RETENTION_REMOVED.labels(collection).inc(count)
        if after.done:
            self._log.info("nothing is left before", partition=partition, online_from=after.online_from.isoformat())

    async def _following(self, partition: int, state: PartitionState, at: str) -> str | None:
        """Return what comes behind a chromatograph or line: all chromatographs first, then the partition's lines."""
        if not at.startswith(_LINE):
            name = await chromatograph_after(self._database, partition, at.removeprefix(_GAS))
            if name is not None:
                return f"{_GAS}{name}"
        lines = (await self._preparing.registered_at(partition, state.register_offset)).lines
        place = bisect_right(lines, at.removeprefix(_LINE) if at.startswith(_LINE) else "", key=lambda line: line.id)
        return f"{_LINE}{lines[place].id}" if place < len(lines) else None


def _leaving(partition: int, unit: str, online_from: date) -> dict[Collection, Condition]:
    if unit.startswith(_GAS):
        return leaving_of_gas(partition, unit.removeprefix(_GAS), online_from)
    return leaving_of_line(unit.removeprefix(_LINE), online_from)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a partition: what it removes, and how far it is done then."""

    partition: int
    owner: str
    after: _Swept
    leaving: Mapping[Collection, Condition]

    def take(self, database: SyncDatabase[dict[str, Any]], session: ClientSession) -> dict[str, int]:
        """Remove in the caller's transaction; return how many documents, by collection.

        Raises:
            FencedError: the partition is another worker's, or of another epoch.
        """
        mine = {"_id": self.partition, "owner": self.owner, "epoch": self.after.epoch}
        here = {"$set": {"at": self.after.at, "done": self.after.done}}
        if database[Collection.SWEPT].update_one(mine, here, session=session).matched_count == 0:
            raise FencedError(f"partition {self.partition} is swept by another worker")
        # A replay removes positions first and `swept` then: what comes in between finds no position.
        position = {"_id": f"aggregation/{self.partition}", "epoch": self.after.epoch}
        if database[Collection.PROGRESS].find_one(position, {"_id": 1}, session=session) is None:
            raise FencedError(f"partition {self.partition} has no position in epoch {self.after.epoch}")
        found = self.leaving.items()
        return {name: database[name].delete_many(told, session=session).deleted_count for name, told in found}
