"""Telling metrics and logs what a batch led to; logs name the records, and no value that they hold."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from services.aggregation.batch import Batch
from services.aggregation.settled import ACCEPTED, OUTCOMES, Found, Settled
from services.aggregation.state import PartitionState
from services.aggregation.writes import Writes
from shared.events.line_log import Analysed, DecisionAsked, TopologyAsked
from shared.events.topics import ANALYSES, OPERATIONS
from shared.runtime import followed, metrics
from shared.runtime.logging import logger

PROMISED_SECONDS = 60.0
"""Within which 99.9 % of all readings are to be readable."""
IN_TIME, LATE = "60s", "later"


def tell(partition: int, state: PartitionState, batch: Batch, settled: Settled, writes: Writes) -> None:
    """Count what a batch led to, and log it; ticks and what is told again have no line."""
    counts = np.bincount(settled.outcome, minlength=len(OUTCOMES)).tolist()
    for outcome, count in zip(OUTCOMES, counts, strict=True):
        metrics.OUTCOMES.labels(outcome.value).inc(count)
    _tell_findings(settled)
    metrics.OPERATIONS.inc(1 + sum(len(operations) for operations in writes.values()))
    _tell_times(batch, state.raised_ms)
    if batch.steps and batch.steps[-1].known_at_ms > state.raised_ms:
        for found, hours in settled.due.items():
            metrics.HOURS_DUE.labels(found).inc(hours)
    accepted = batch.hour[settled.outcome == ACCEPTED]
    state.youngest_hour = max(state.youngest_hour, int(accepted.max(initial=0)))
    if state.youngest_hour:
        metrics.YOUNGEST_HOUR.labels(str(partition)).set(state.youngest_hour * 3600)
    tell_position(partition, state)
    if named := list(_named(batch)):
        outcomes = {outcome.value: count for outcome, count in zip(OUTCOMES, counts, strict=True) if count}
        offsets = [batch.steps[0].offset, batch.steps[-1].offset] if batch.steps else []
        sources = followed.sources(named)
        log = logger(__name__)
        log.info("settled", partition=partition, offsets=offsets, sources=sources, days=len(settled.days), **outcomes)


def tell_position(partition: int, state: PartitionState) -> None:
    """Tell up to which moment a partition has been read; a worker that begins knows it from the one before."""
    if state.progress.until_ms:
        metrics.READ_UP_TO.labels(str(partition)).set(state.progress.until_ms / 1000)


def _named(batch: Batch) -> Iterator[tuple[str, int, int]]:
    """Yield the positions of the records that a batch is about."""
    yield from ((source.topic, source.partition, source.offset) for source in batch.sources)
    for step in batch.steps:
        match step.asked:
            case TopologyAsked(offset=offset) | DecisionAsked(offset=offset):
                yield OPERATIONS.name, 0, offset
            case Analysed(analyses):
                yield ANALYSES.name, 0, analyses.offset


def _tell_times(batch: Batch, raised_ms: int) -> None:
    """Tell how long readings took from their receipt; those that a replay tells again say nothing of that."""
    known_at_ms = batch.candidates["known_at"]
    received_ms = np.array([source.received_ms for source in batch.sources], np.int64)[batch.source]
    began_ms = np.where(received_ms > 0, received_ms, known_at_ms)[known_at_ms > raised_ms]
    if len(began_ms):
        took_seconds = np.maximum(0.0, time.time() - began_ms / 1000)
        late = int(np.count_nonzero(took_seconds > PROMISED_SECONDS))
        metrics.READABLE.labels(IN_TIME).inc(len(began_ms) - late)
        metrics.READABLE.labels(LATE).inc(late)
        metrics.END_TO_END.observe(float(took_seconds.max()))


def _tell_findings(settled: Settled) -> None:
    """Count what rules found and decisions led to."""
    for told in settled.findings:
        if isinstance(told, Found):
            metrics.CONTEXT_FINDINGS.labels(told.rule).inc(len(told.hours))
    for document in settled.decided:
        metrics.DECIDED.labels(document["kind"] or "unreadable", document["outcome"]).inc()
    for method, hours in settled.estimated.items():
        metrics.ESTIMATED.labels(method).inc(hours)
    for how, hours in settled.given.items():
        metrics.GIVEN.labels(how).inc(hours)
