"""Families C and D about sudden steps: a single high hour, and gas that becomes another one within an hour."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared.domain.rules.context_evidence import ContextEvidence, Floats
from shared.domain.rules.evidence import present
from shared.domain.rules.rule import Hits, JudgedBy, Severity, rule

SPIKE_HOURS, SPIKE_BACK = 24, 11
"""A spike is looked for in 24 hours around it: 12 before and 11 after, so it is found 11 hours later."""


@rule(
    "C5",
    "spike",
    formula="(highest - third highest) / max(third highest, share_of_capacity · capacity) in 24 h ≤ ratio",
    severity=Severity.F,
    source="California practice, Oracle; the share [P]",
    thresholds={"ratio": 1.8, "share_of_capacity": 0.01, "hours": 18.0},
    by=JudgedBy.AGGREGATION,
)
def no_spike(evidence: ContextEvidence) -> Hits:
    """One hour stands out from the day around it: the third highest hour shows what the line does when it flows.

    Judged on volumes without their sign, 11 hours later, when the hours after it are known; `hours` of the 24 must be.
    Observed and threshold: the ratio.
    """
    observed = np.full(len(evidence), np.nan)
    doubtful = np.flatnonzero(~_has_company(evidence))
    if len(doubtful):
        observed[doubtful] = _ratios(evidence.only(doubtful))
    allowed = evidence.threshold("ratio")
    return Hits(observed > allowed, observed, allowed, since=SPIKE_BACK, until=SPIKE_BACK)


def _has_company(evidence: ContextEvidence) -> NDArray[np.bool_]:
    """Say where the hours beside the candidate are high enough: the third highest is at least the lower of the two."""
    candidate = np.abs(evidence.before("volume", SPIKE_BACK))
    beside = [np.abs(evidence.before("volume", SPIKE_BACK + step)) for step in (-1, 1)]
    third = np.minimum(*beside)
    company: NDArray[np.bool_] = candidate - third <= evidence.threshold("ratio") * np.maximum(third, _least(evidence))
    return company


def _ratios(evidence: ContextEvidence) -> Floats:
    """Return the ratio of each candidate, NaN where it is not the highest or too little is known."""
    window = np.abs(evidence.window("volume", SPIKE_HOURS))
    candidate, known = window[:, -1 - SPIKE_BACK], (~np.isnan(window)).sum(axis=1)
    ordered = np.sort(np.nan_to_num(window, nan=-1.0), axis=1)
    third = ordered[:, -3]
    base = np.maximum(third, _least(evidence))
    enough = (known >= np.maximum(evidence.threshold("hours"), 3.0)) & (candidate >= ordered[:, -1]) & (base > 0)
    return np.where(enough, (candidate - third) / np.where(base > 0, base, 1), np.nan)


def _least(evidence: ContextEvidence) -> Floats:
    """Return the volume below which nothing counts as a third highest."""
    share: Floats = evidence.threshold("share_of_capacity") * np.nan_to_num(present(evidence.terms["capacity"]))
    return share


class GasByHour(Protocol):
    """What D15 looks at: hours in context, or the gas that hours are given."""

    def told(self, column: str) -> Floats:
        """Return what the hours say."""

    def before(self, column: str, hours: int) -> Floats:
        """Return what the hours so many hours earlier say."""

    def threshold(self, name: str) -> Floats:
        """Return a threshold, one a row."""


@rule(
    "D15",
    "gas quality step",
    formula="|GCV / GCV of the hour before - 1| ≤ share",
    severity=Severity.W,
    source="ours; the share [P]",
    thresholds={"share": 0.03},
    by=JudgedBy.AGGREGATION,
)
def quality_drifts(evidence: GasByHour) -> Hits:
    """The calorific value moved by more within an hour than gas in a pipe does: the line's own, or that of its gas.

    Observed and threshold: the change as a share of the value before.
    """
    before, now = evidence.before("gcv", 1), evidence.told("gcv")
    step = np.where(before > 0, np.abs(now / np.where(before > 0, before, 1) - 1), np.nan)
    allowed = evidence.threshold("share")
    return Hits(step > allowed, step, allowed)
