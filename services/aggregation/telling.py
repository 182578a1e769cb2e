"""Telling the metrics what a batch led to."""

from __future__ import annotations

import time

import numpy as np

from services.aggregation.batch import Batch
from services.aggregation.settled import OUTCOMES, Found, Settled
from services.aggregation.writes import Writes
from shared.runtime import metrics


def tell(partition: int, batch: Batch, settled: Settled, writes: Writes) -> None:
    """Count what a batch led to."""
    counts = np.bincount(settled.outcome, minlength=len(OUTCOMES)).tolist()
    for outcome, count in zip(OUTCOMES, counts, strict=True):
        metrics.OUTCOMES.labels(outcome.value).inc(count)
    _tell_findings(settled)
    metrics.OPERATIONS.inc(1 + sum(len(operations) for operations in writes.values()))
    if len(batch.candidates):
        known_at = batch.candidates["known_at"]
        metrics.END_TO_END.observe(max(0.0, time.time() - int(known_at.min()) / 1000))
        metrics.YOUNGEST_HOUR.labels(str(partition)).set(int(batch.hour.max()) * 3600)


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
