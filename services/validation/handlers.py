"""Validation's one use case: answer every record of the line log, in its order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from shared.domain.reading import Readings
from shared.domain.rules.catalogue import RULES_VERSION
from shared.domain.rules.judging import Finding, Judged, Rejection, judge
from shared.events import answer, line_log
from shared.events.answer import Answer, FindingTold
from shared.events.codec import MalformedEventError
from shared.events.line_log import Analysed, DecisionAsked, Recorded, Tick, TopologyAsked
from shared.events.register_history import NOTHING_CHANGED, RegisterHistory
from shared.events.topics import OPERATIONS, VALIDATED, Topic
from shared.runtime import followed, metrics
from shared.runtime.faust_worker import Record
from shared.runtime.logging import logger
from shared.runtime.mongo import Database
from shared.runtime.persistently import ReadAgainError
from shared.store import epochs, progress
from shared.store.documents import Collection
from shared.store.progress import FencedError, Log, Progress

_REGISTER = f"{OPERATIONS.name}/0"


class Sink(Protocol):
    """Where answers go."""

    async def send(self, topic: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
        """Send (partition, value) messages; each is in the broker for good when this returns."""


@dataclass(slots=True)
class _Answering:
    """A batch under way."""

    partition: int
    after: Progress
    answers: list[tuple[int, bytes]]
    named: list[tuple[str, int, int]] = field(default_factory=list)
    """Positions of the records whose readings were judged."""
    readings: int = 0


class Validation:
    """The stage: its position in each partition, the register, and where answers go.

    `line_log` tells whether it is the one of this store, and where it begins.
    """

    name = "validation"

    def __init__(
        self,
        database: Database,
        line_log: Log,
        register: RegisterHistory,
        sink: Sink,
    ) -> None:
        self._database, self._line_log = database, line_log
        self._register, self._sink = register, sink
        self._positions: dict[int, Progress] = {}
        self._stored: dict[int, Progress] = {}
        self._epoch = -1
        self._log = logger(__name__)

    async def begin(self, partition: int) -> int:
        """Load a partition's position afresh."""
        self._positions.pop(partition, None)
        return (await self._position(partition)).offset + 1

    async def _position(self, partition: int) -> Progress:
        if partition not in self._positions:
            self._epoch = await epochs.to_work_in(self._database)
            loaded = await progress.load(self._database, self.name, partition, self._epoch, self._line_log)
            self._stored[partition] = loaded
            self._positions[partition] = self._stored[partition]
        return self._positions[partition]

    async def turn(self) -> frozenset[int]:
        """Store positions; notice a replay, or that aggregation asks for answers again: those partitions begin anew.

        A position is stored about once a second, not with every batch: answers are functions of the line log, and
        whatever is answered twice is dropped by aggregation (docs/adr/0003).
        """
        if self._positions and self._epoch != await epochs.current(self._database):
            stale, self._positions = frozenset(self._positions), {}
            return stale
        partitions = list(self._positions)
        fenced = {partition for partition in partitions if not await self._is_stored(partition)}
        return frozenset(fenced | {one for one in partitions if one not in fenced and await self._is_asked_again(one)})

    async def _is_stored(self, partition: int) -> bool:
        """Store where a partition stands; False where another worker has moved its position."""
        here, stored = self._positions.get(partition), self._stored[partition]
        if here is None or here is stored:  # None: the group is being shared out, and it begins anew
            return True
        try:
            await progress.save(self._database, stored, here)
        except FencedError as fenced:
            metrics.FENCED.inc()
            self._log.warning("fenced", partition=partition, reason=str(fenced))
            return False
        if self._stored[partition] is stored:  # else it has begun anew meanwhile, from what was stored
            self._stored[partition] = here
        return True

    async def _is_asked_again(self, partition: int) -> bool:
        """Go back to where aggregation misses an answer; the answers are the same, being functions of the log."""
        reanswers = self._database[Collection.REANSWERS]
        asked: dict[str, Any] | None = await reanswers.find_one({"_id": partition, "epoch": self._epoch})
        if asked is None:
            return False
        here = self._stored[partition]
        offset, known_at_ms = int(asked["offset"]), int(asked["known_at"])
        sources = {name: (int(at), int(part)) for name, (at, part) in asked["sources"].items() if name == _REGISTER}
        back = replace(here, offset=offset, part=0, known_at_ms=known_at_ms, sources=sources)
        if back.offset >= here.offset:
            return False  # it has not come that far: what is missed will be answered anyhow
        try:
            await progress.save(self._database, here, back)
        except FencedError:
            return False  # a batch was faster, or this worker is a stale one: it is asked for until it happens
        await reanswers.delete_one(asked)
        self._log.error("answering again", partition=partition, offset=asked["offset"] + 1)
        return True

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """Answer these records.

        Raises:
            ReadAgainError: a record is missing.
        """
        before = await self._position(partition)
        after = replace(before, sources=dict(before.sources))
        answering = _Answering(partition, after, [])
        for record in records:
            if record.offset > after.offset + 1:
                metrics.GAPS.inc()
                raise ReadAgainError(before.offset + 1)  # Faust has lost a message on the way
            if record.offset > after.offset:
                await self._answer(answering, record)
        if not answering.answers:
            return
        await self._sink.send(VALIDATED, answering.answers)
        if answering.named:
            offsets, sources = [before.offset + 1, after.offset], followed.sources(answering.named)
            told = {"partition": partition, "offsets": offsets, "sources": sources, "readings": answering.readings}
            self._log.info("judged", **told)
        if self._positions.get(partition) is before:  # else it has begun anew meanwhile, somewhere else
            self._positions[partition] = after

    async def _answer(self, answering: _Answering, record: Record) -> None:
        after = answering.after
        after.offset = after.read = record.offset
        after.known_at_ms = max(after.known_at_ms, record.timestamp_ms)
        empty = Answer(
            after.epoch, record.offset, after.known_at_ms, record.value, np.zeros(0, np.uint8),
            rules_version=RULES_VERSION,
        )  # fmt: skip
        try:
            entry = line_log.decode(record.value)
        except MalformedEventError as fault:
            self._log.exception("defect: unreadable record of the line log", offset=record.offset)
            answering.answers.append((answering.partition, answer.encode(replace(empty, defect=str(fault)))))
            return
        told = empty
        match entry:
            case Recorded(readings):
                told = await self._judged(empty, readings, after)
                answering.named += [(source.topic, source.partition, source.offset) for source in readings.sources]
                answering.readings += len(readings)
            case TopologyAsked(offset, known_at_ms, document):
                await self._register.take(offset, document, known_at_ms)
                after.sources[_REGISTER] = max(after.sources.get(_REGISTER, (NOTHING_CHANGED, 0)), (offset, 0))
            case DecisionAsked(offset):  # aggregation's to decide: it knows what stands
                self._register.pass_over(offset)
            case Analysed():  # aggregation's to judge: it knows what stands
                pass
            case Tick(until_ms):
                after.until_ms = max(after.until_ms, until_ms)
        answering.answers.append((answering.partition, answer.encode(told)))

    async def _judged(self, empty: Answer, readings: Readings, after: Progress) -> Answer:
        table = await self._register.table_at(after.sources.get(_REGISTER, (NOTHING_CHANGED, 0))[0])
        judged = judge(readings, table, after.known_at_ms)
        for rule, fault in judged.defects.items():
            self._log.error("defect: a rule raised", rule=rule, exc_info=fault)
        self._tell(len(readings), judged)
        return replace(
            empty,
            validity=judged.validity,
            findings=[_told(finding, finding.severity.name) for finding in judged.findings],
            rejected=[_told(rejection, "R") for rejection in judged.rejected],
        )

    def _tell(self, count: int, judged: Judged) -> None:
        recorded = int(np.count_nonzero(judged.validity == 1)) - len(judged.rejected)
        metrics.JUDGED.labels("rejected").inc(len(judged.rejected))
        metrics.JUDGED.labels("recorded").inc(recorded)
        metrics.JUDGED.labels("preliminary").inc(count - recorded - len(judged.rejected))
        for rule, found in Counter(finding.rule for finding in judged.findings).items():
            metrics.FINDINGS.labels(rule).inc(found)


def _told(found: Finding | Rejection, severity: str) -> FindingTold:
    return FindingTold(found.row, found.rule, severity, _number(found.observed), _number(found.threshold))


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
