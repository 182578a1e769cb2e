"""Families C about what goes on for too long: values that stand still, no flow, estimates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.line_context import BY_METHOD, ESTIMATED, HISTORY_HOURS
from shared.domain.quantities import GCV, TEMPERATURE, VOLUME
from shared.domain.rules.context_evidence import ContextEvidence, Floats
from shared.domain.rules.rule import Hits, JudgedBy, Severity, rule

VOLUME_HOURS, TEMPERATURE_HOURS, GCV_HOURS = 6, 12, 24
"""How many hours a value may stand still: fixed, because they say how far back a finding reaches [P]."""
_STANDING = (
    ("gcv", GCV_HOURS, GCV.scale, "gcv_kwh_per_m3n"),
    ("temperature", TEMPERATURE_HOURS, TEMPERATURE.scale, "temperature_c"),
    ("volume", VOLUME_HOURS, VOLUME.scale, "volume_m3n"),
)
"""Column, window, scale and threshold of each value; the longest window first, for it concerns the most hours."""


@rule(
    "C3",
    "zero run",
    formula="hours without flow ≤ max(hours, P99 of the line's own runs without flow in 28 gas days)",
    severity=Severity.W,
    source="Oracle",
    thresholds={"hours": 24.0},
    by=JudgedBy.AGGREGATION,
)
def flow_comes_back(evidence: ContextEvidence) -> Hits:
    """The line has not flowed for longer than it ever does: a closed valve, or a meter that has stopped.

    Found once a run, in the hour in which it becomes too long. A line that often stands still is not found: its own
    runs are as long. Observed and threshold: hours.
    """
    least = np.maximum(evidence.threshold("hours"), 1.0)
    begun = evidence.at("volume", evidence.hour - least.astype(np.int64))
    idle = np.flatnonzero((evidence.told("volume") == 0) & (begun == 0))
    observed, bound = np.full(len(evidence), np.nan), np.full(len(evidence), np.nan)
    for row, volume in zip(idle, evidence.only(idle).window("volume", HISTORY_HOURS), strict=True):
        runs = _zero_runs(volume)
        observed[row] = runs[-1]
        usual = np.percentile(runs[:-1], 99) if len(runs) > 1 else 0.0
        bound[row] = max(float(least[row]), np.ceil(usual))
    return Hits((observed > bound) & (observed - 1 <= bound), observed, bound)


def _zero_runs(volume: Floats) -> NDArray[np.int64]:
    """Return the lengths of the runs of zeros, in order; the last one ends with the last hour."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], volume == 0, [False])).astype(np.int8)))
    return edges[1::2] - edges[::2]


@rule(
    "C8",
    "frozen",
    formula="range of V over 6 h > volume_m3n, of T over 12 h > temperature_c, of GCV over 24 h > gcv_kwh_per_m3n",
    severity=Severity.F,
    source="AVEVA; hours [P]",
    thresholds={"volume_m3n": 0.0005, "temperature_c": 0.05, "gcv_kwh_per_m3n": 0.00005},
    by=JudgedBy.AGGREGATION,
)
def values_move(evidence: ContextEvidence) -> Hits:
    """A value has stood still for hours, as a transmitter does that repeats the last one it knew.

    The thresholds are half of the last place that is sent. Hours without flow are never frozen: nothing moves then; nor
    are estimates and substitutes of ours, which hold the last gas quality. All hours of the window are concerned; where
    several values stand still, of the longest. Observed: the range; threshold: what it must exceed; in the unit of the
    value.
    """
    count = len(evidence)
    mask, since = np.zeros(count, np.bool_), np.zeros(count, np.int64)
    observed, bound = np.full(count, np.nan), np.full(count, np.nan)
    for column, hours, scale, name in _STANDING:
        least = evidence.threshold(name)
        moved = np.abs(evidence.told(column) - evidence.before(column, hours - 1))
        still = np.flatnonzero(~mask & (moved <= least * scale))
        if not len(still):
            continue
        some = evidence.only(still)
        spread = np.ptp(some.window(column, hours), axis=1) / scale
        sent = (some.window("volume", hours) != 0) & ~_are(some, hours, ESTIMATED | BY_METHOD)
        frozen = sent.all(axis=1) & (spread <= least[still])
        rows = still[frozen]
        mask[rows], since[rows], bound[rows], observed[rows] = True, hours - 1, least[rows], spread[frozen]
    return Hits(mask, observed, bound, since=since)


@rule(
    "C17",
    "estimated for too long",
    formula="hours estimated in a row ≤ hours",
    severity=Severity.W,
    source="Oracle, Dutch code",
    thresholds={"hours": 24.0},
    by=JudgedBy.AGGREGATION,
)
def measured_again(evidence: ContextEvidence) -> Hits:
    """The line has been estimated for longer than an estimate is good for.

    Observed and threshold: hours in a row, up to the one that is judged; of more than 28 days only those are counted.
    """
    estimated = np.flatnonzero((evidence.states(evidence.hour) & np.uint8(ESTIMATED)) != 0)
    observed = np.full(len(evidence), np.nan)
    if len(estimated):
        some = evidence.only(estimated)
        reversed_gaps = ~_are(some, HISTORY_HOURS, ESTIMATED)[:, ::-1]
        observed[estimated] = np.where(reversed_gaps.any(axis=1), reversed_gaps.argmax(axis=1), HISTORY_HOURS)
    allowed = evidence.threshold("hours")
    return Hits(observed > allowed, observed, allowed)


def _are(evidence: ContextEvidence, hours: int, states: int) -> NDArray[np.bool_]:
    """Say which of the hours that end with each judged one are in one of some states: shape (rows, hours)."""
    back = np.arange(hours - 1, -1, -1)
    such: NDArray[np.bool_] = (evidence.states(evidence.hour[:, None] - back) & np.uint8(states)) != 0
    return such
