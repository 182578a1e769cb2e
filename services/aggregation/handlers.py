"""Aggregation's one use case: take answers of a partition, decide, and write all of it in one transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from pymongo import InsertOne

from services.aggregation.batch import OPERATIONS_SOURCE, Batch, GapError, gather, retelling_batch
from services.aggregation.changes import Told, change_document, told_parts
from services.aggregation.commits import Commits
from services.aggregation.defects import isolated
from services.aggregation.ledgers_told import LedgersTold
from services.aggregation.preparing import Preparing
from services.aggregation.retelling import Retellings
from services.aggregation.settle import settle
from services.aggregation.state import PartitionState
from services.aggregation.sweeping import Sweeping
from services.aggregation.telling import tell, tell_position
from services.aggregation.writes import Writes, register_writes, writes_of
from shared.domain.effects import changed_parts
from shared.domain.register import Register, heard_at
from shared.domain.retelling import Retelling
from shared.events import answer as answers
from shared.events.answer import Answer
from shared.events.line_log import TopologyAsked
from shared.events.register_history import NOTHING_CHANGED, RegisterHistory
from shared.events.topics import COUNTING_PARTITION
from shared.events.topology import applied
from shared.runtime import metrics
from shared.runtime.faust_worker import Record
from shared.runtime.logging import logger
from shared.runtime.mongo import Database
from shared.runtime.persistently import ReadAgainError
from shared.store import epochs, progress
from shared.store.documents import Collection
from shared.store.progress import FencedError, Log, Progress
from shared.store.register import register_of

ASK_AGAIN_SECONDS = 30.0
"""Until then, validation may be busy, or changing hands (10 s); then what was asked for is asked for again."""
PATIENCE_SECONDS = 0.5
"""How long a partition tells again at a time, beyond the part it is at; then those that wait have their turn."""
MOST_WAITING, MOST_PATIENCE_SECONDS = 512, 20.0
"""Records that may wait for that; where more come, others wait as well, but not so long that the worker seems dead."""


class Aggregation:
    """The stage: what it holds of each partition, the register, and the store.

    `line_log` tells whether it is the one of this store, and where it begins; `partitions` how many there are.

    Of a partition that is behind something is to be told again, and answers wait for that: `turn` goes on with it.
    """

    name = "aggregation"

    def __init__(
        self,
        database: Database,
        line_log: Log,
        register: RegisterHistory,
        partitions: int,
    ) -> None:
        self._database, self._line_log = database, line_log
        self._preparing = Preparing(database, register, partitions)
        self._retellings = Retellings(database, register, self._preparing)
        self._commits = Commits(database)
        self._sweeping = Sweeping(database, self._preparing)
        self._states: dict[int, PartitionState] = {}
        self._gaps: dict[int, set[tuple[int, int, int]]] = {}
        self._awaiting: dict[int, float] = {}
        self._waiting: dict[int, list[tuple[int, Answer]]] = {}
        self._behind: set[int] = set()
        self._epoch = -1
        self._ledgers = LedgersTold(database)
        self._log = logger(__name__)

    async def begin(self, partition: int) -> int:
        """Load a partition afresh from the store."""
        self._forget(partition)
        state = await self._state(partition)
        tell_position(partition, state)
        position = state.progress
        if position.retelling is not None:
            self._behind.add(partition)
        return position.read + 1

    async def _state(self, partition: int) -> PartitionState:
        if partition not in self._states:
            self._epoch = await epochs.to_work_in(self._database)
            position = await progress.load(self._database, self.name, partition, self._epoch, self._line_log)
            register = await self._register() if partition == COUNTING_PARTITION else Register()
            asked = position.sources.get(OPERATIONS_SOURCE, (NOTHING_CHANGED, 0))[0]
            raised_ms = await epochs.raised_ms(self._database)
            self._states[partition] = PartitionState(position, register, asked, raised_ms)
        return self._states[partition]

    async def _register(self) -> Register:
        return register_of([document async for document in self._database[Collection.TOPOLOGY].find()])

    def is_behind(self, partition: int) -> bool:
        """Say whether something of a partition waits for the next turn: what is to be told again took too long."""
        return partition in self._behind

    async def turn(self) -> frozenset[int]:
        """Notice a replay (the epoch was raised): all partitions begin again. Tell the ledgers to the metrics.

        Go on with what is to be told again: a partition that has much of it must not keep the others waiting.
        """
        await (self._ledgers.tell() if COUNTING_PARTITION in self._states else self._ledgers.leave())
        await self._ask_once_more()
        if self._states and self._epoch != await epochs.current(self._database):
            stale = frozenset(self._states)
            for partition in stale:
                self._forget(partition)
            return stale
        await self._sweeping.turn(self._states)
        behind = sorted(self._behind)
        return frozenset([partition for partition in behind if await self._is_to_be_read_again(partition)])

    async def _is_to_be_read_again(self, partition: int) -> bool:
        """Go on with a partition that is behind; say whether an answer is missing."""
        state = await self._state(partition)
        if state.busy.locked():
            return False
        try:
            await self._go_on(partition, state, PATIENCE_SECONDS)
        except GapError:
            return True
        except FencedError:  # it is another worker's now; were it ours, its next answer would lead back to it
            metrics.FENCED.inc()
            self._forget(partition)
        return False

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """Take the answers in these records.

        Raises:
            ReadAgainError: an answer is missing, or another worker has moved the position.
        """
        state, waiting = await self._state(partition), self._waiting.setdefault(partition, [])
        told = [(record.offset, answers.decode(record.value)) for record in records]
        waiting[:] = [*(one for one in waiting if one[0] < records[0].offset), *told]  # what comes again came before
        patience = PATIENCE_SECONDS if len(waiting) < MOST_WAITING else MOST_PATIENCE_SECONDS
        await self._take(partition, state, patience)

    async def _take(self, partition: int, state: PartitionState, patience: float) -> None:
        """Go on with a partition whose records have just come.

        Raises:
            ReadAgainError: see `handle`.
        """
        try:
            await self._go_on(partition, state, patience)
        except GapError as gap:
            await self._on_gap(partition, state, str(gap))
        except FencedError as fenced:
            metrics.FENCED.inc()
            self._log.warning("fenced", partition=partition, reason=str(fenced))
            raise ReadAgainError(await self.begin(partition)) from fenced

    async def _go_on(self, partition: int, state: PartitionState, patience: float) -> None:
        """Take what waits; before it what is to be told again, for some seconds: then it is the turn of others.

        Raises:
            GapError: an answer is missing.
            FencedError: another worker has moved the position.
        """
        until, has_told = time.monotonic() + patience, False
        self._behind.add(partition)
        try:
            async with state.busy:
                while (retelling := state.progress.retelling) is not None or self._waiting.get(partition):
                    if retelling is None:
                        await self._take_batch(partition, state, self._waiting[partition])
                    elif has_told and time.monotonic() > until:
                        return
                    else:
                        await self._tell_part(partition, state, retelling)
                        has_told = True
                self._behind.discard(partition)
        except (GapError, FencedError):
            raise
        except BaseException:
            self._states.pop(partition, None)  # whether the transaction took effect is for the store to say
            raise

    def _forget(self, partition: int) -> None:
        self._behind.discard(partition)
        self._sweeping.forget(partition)
        for kept in (self._states, self._waiting, self._awaiting, self._gaps):
            kept.pop(partition, None)

    async def _take_batch(self, partition: int, state: PartitionState, waiting: list[tuple[int, Answer]]) -> None:
        """Take what waits up to the first step that is long."""
        batch, after = gather(state.progress, waiting, awaits_missing=partition in self._awaiting)
        after.retelling = self._retellings.after(batch, state.register_offset)
        last = waiting[batch.taken - 1][0]
        if after != state.progress:
            await self._settle_and_commit(partition, state, batch, after)
        del waiting[: batch.taken]
        if not waiting and after.read == last:
            self._awaiting.pop(partition, None)

    async def _tell_part(self, partition: int, state: PartitionState, retelling: Retelling) -> None:
        """Tell a part again of what is to be told again."""
        units, left = await self._retellings.part_of(partition, retelling)
        after = replace(state.progress, retelling=left)
        await self._settle_and_commit(partition, state, retelling_batch(retelling, units), after)

    async def _settle_and_commit(self, partition: int, state: PartitionState, batch: Batch, after: Progress) -> None:
        given = await self._preparing.given(partition, state, batch)
        settled = isolated(batch, lambda: settle(given))
        for rule, fault in settled.defects.items():
            self._log.error("defect: a rule raised", rule=rule, exc_info=fault)
        writes = writes_of(partition, state, batch, settled)
        register, parts = self._take_changes(partition, state.register, batch, writes)
        change = change_document(partition, state.progress, after, settled, parts)
        if change is not None:
            writes[Collection.CHANGES].append(InsertOne(change))
            after.told = change["_id"]
        await self._commits.commit(state.progress, after, writes)
        state.register, state.register_offset = register, given.register_offset
        state.committed(settled, after)
        tell(partition, state, batch, settled, writes)

    def _take_changes(
        self, partition: int, register: Register, batch: Batch, writes: Writes
    ) -> tuple[Register, list[Told]]:
        """Fold changes of the register, in the one partition whose owner writes it; return also what they changed."""
        parts: list[Told] = []
        if partition != COUNTING_PARTITION:
            return register, parts
        for step in batch.steps:
            change = step.asked
            if not isinstance(change, TopologyAsked):
                continue
            outcome = applied(register, change.document, change.known_at_ms)
            before = register
            if isinstance(outcome, Register):
                register = outcome = heard_at(before, outcome, step.known_at_ms)
                parts += told_parts(changed_parts(before, register), change.offset, change.known_at_ms)
            for collection, operations in register_writes(before, change, outcome, step).items():
                writes[collection] += operations
        return register, parts

    async def _on_gap(self, partition: int, state: PartitionState, gap: str) -> None:
        """Read again what was lost on the way here; what the topic itself lacks, validation must answer again.

        Raises:
            ReadAgainError: reading again may fill the gap.
        """
        metrics.GAPS.inc()
        self._log.error("gap", partition=partition, reason=gap)
        position, offsets = state.progress, [read for read, _ in self._waiting[partition]]
        here = (position.offset, position.part)
        seen = self._gaps.setdefault(partition, set())
        if not _is_whole(offsets, position.read) and (*here, offsets[0]) not in seen:
            seen.add((*here, offsets[0]))
            self._waiting[partition].clear()
            raise ReadAgainError(position.read + 1)
        self._gaps.pop(partition, None)  # what stands behind the gap has come a second time: it was read again
        await self._ask_again(partition, position)
        await self._take(partition, state, PATIENCE_SECONDS)

    async def _ask_again(self, partition: int, position: Progress) -> None:
        asked = {
            "_id": partition,
            "epoch": position.epoch,
            "offset": position.offset,
            "known_at": position.known_at_ms,
            "sources": {name: list(value) for name, value in position.sources.items()},
        }
        await self._database[Collection.REANSWERS].replace_one({"_id": partition}, asked, upsert=True)
        self._awaiting[partition] = time.monotonic()

    async def _ask_once_more(self) -> None:
        """Ask again for what has not come: it may have been lost once more."""
        for partition, asked_at in list(self._awaiting.items()):
            if partition in self._states and time.monotonic() - asked_at > ASK_AGAIN_SECONDS:
                await self._ask_again(partition, self._states[partition].progress)


def _is_whole(offsets: Sequence[int], read: int) -> bool:
    """Say whether these records follow the last one read, without a hole: then nothing was lost on the way here."""
    return offsets[0] <= read + 1 and offsets[-1] - offsets[0] == len(offsets) - 1
