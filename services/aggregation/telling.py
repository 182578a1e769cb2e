"""Telling metrics and logs what a batch led to; logs name the records, and no value that they hold."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from services.aggregation.batch import Batch
from services.aggregation.settled import OUTCOMES, Found, Settled
from services.aggregation.writes import Writes
from shared.events.line_log import Analysed, DecisionAsked, TopologyAsked
from shared.events.topics import ANALYSES, OPERATIONS
from shared.runtime import followed, metrics
from shared.runtime.logging import logger


def tell(partition: int, batch: Batch, settled: Settled, writes: Writes) -> None:
    """Count what a batch led to, and log it; ticks and what is told again have no line."""
    counts = np.bincount(settled.outcome, minlength=len(OUTCOMES)).tolist()
    for outcome, count in zip(OUTCOMES, counts, strict=True):
        metrics.OUTCOMES.labels(outcome.value).inc(count)
    _tell_findings(settled)
    metrics.OPERATIONS.inc(1 + sum(len(operations) for operations in writes.values()))
    if len(batch.candidates):
        known_at = batch.candidates["known_at"]
        metrics.END_TO_END.observe(max(0.0, time.time() - int(known_at.min()) / 1000))
        metrics.YOUNGEST_HOUR.labels(str(partition)).set(int(batch.hour.max()) * 3600)
    if named := list(_named(batch)):
        outcomes = {outcome.value: count for outcome, count in zip(OUTCOMES, counts, strict=True) if count}
        offsets = [batch.steps[0].offset, batch.steps[-1].offset] if batch.steps else []
        sources = followed.sources(named)
        log = logger(__name__)
        log.info("settled", partition=partition, offsets=offsets, sources=sources, days=len(settled.days), **outcomes)


def _named(batch: Batch) -> Iterator[tuple[str, int, int]]:
    """Yield the positions of the records that a batch is about."""
    yield from ((source.topic, source.partition, source.offset) for source in batch.sources)
    for step in batch.steps:
        match step.asked:
            case TopologyAsked(offset=offset) | DecisionAsked(offset=offset):
                yield OPERATIONS.name, 0, offset
            case Analysed(analyses):
                yield ANALYSES.name, 0, analyses.offset


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
