"""Families A and C against the line's own level: is this hour, or this gas day, what the line usually says?"""

from __future__ import annotations

import numpy as np

from shared.domain import gas_time
from shared.domain.line_context import BLOCKED
from shared.domain.quantities import VOLUME
from shared.domain.rules.context_evidence import DAYS_BACK, ContextEvidence, Floats, median
from shared.domain.rules.evidence import present
from shared.domain.rules.rule import Hits, JudgedBy, Severity, rule

NORMAL_SPREAD = 1.4826
"""Standard deviation of a normal distribution in units of its median absolute deviation: 1 / Φ⁻¹(3/4)."""
_JUMPS = np.array([10.0, 0.1, 1000.0, 0.001])


@rule(
    "A8",
    "unit jump",
    formula="|ratio / 10^k - 1| > tolerance for k = ±1, ±3; ratio = Vn per operating m³ (else Vn) / its 28-day median",
    severity=Severity.F,
    source="Oracle multiplier check; tolerance [P]",
    thresholds={"tolerance": 0.1, "days": 7.0},
    by=JudgedBy.AGGREGATION,
)
def unit_kept(evidence: ContextEvidence) -> Hits:
    """The volume is a tenth, ten, a thousand or a thousandth times what it should be: somebody changed the unit.

    Compared with the same hour of the 28 gas days before, of which `days` must be known. Where the line sends operating
    volumes the ratio is that of normalised to operating volume, which hardly moves; else that of the volume itself.
    Observed: the ratio; threshold: the power of ten that it is near.
    """
    operating = evidence.told("volume_operating")
    sends = ~np.isnan(operating) & (operating != 0)
    usual = evidence.same_hour("volume")
    if sends.any():
        by_meter = _divided(usual, evidence.same_hour("volume_operating"))
        usual = by_meter if sends.all() else np.where(sends[:, None], by_meter, usual)
    level, days = median(np.abs(usual))
    now = evidence.told("volume")
    ratio = _divided(np.abs(np.where(sends, _divided(now, operating), now)), level)
    enough = days >= evidence.threshold("days")
    near = np.abs(ratio[:, None] / _JUMPS - 1) <= evidence.threshold("tolerance")[:, None]
    return Hits(enough & near.any(axis=1), ratio, _JUMPS[near.argmax(axis=1)])


@rule(
    "C7",
    "robust outlier",
    formula="|x - median| ≤ k · 1.4826 · max(MAD, share_of_capacity · capacity) over the same hour of 28 gas days",
    severity=Severity.F,
    source="Hampel; k and the share [P]",
    thresholds={"k": 5.0, "share_of_capacity": 0.02, "days": 14.0},
    by=JudgedBy.AGGREGATION,
)
def like_other_days(evidence: ContextEvidence) -> Hits:
    """A volume that this hour of the day never has on this line, whatever the weather of four weeks.

    The median absolute deviation (MAD) stands for the spread, so that a few outliers before do not hide the next one.
    `days` of the 28 must be known. Without a capacity in the register the spread alone counts. Observed: distance from
    the median; threshold: the greatest allowed; m³(n).
    """
    usual = evidence.same_hour("volume")
    middle, days = median(usual)
    distance = np.abs(evidence.told("volume") - middle)
    times = evidence.threshold("k") * NORMAL_SPREAD
    least = evidence.threshold("share_of_capacity") * np.nan_to_num(present(evidence.terms["capacity"]))
    allowed = times * least
    doubtful = np.flatnonzero((days >= evidence.threshold("days")) & (distance > allowed))
    outlier = np.zeros(len(evidence), np.bool_)
    if len(doubtful):
        spread, _ = median(np.abs(usual[doubtful] - middle[doubtful, None]))
        allowed[doubtful] = times[doubtful] * np.maximum(spread, least[doubtful])
        outlier[doubtful] = distance[doubtful] > allowed[doubtful]
    return Hits(outlier, distance / VOLUME.scale, allowed / VOLUME.scale)


@rule(
    "C9",
    "day high or low against history",
    formula="lowest ≤ ΣV of the gas day / mean of the 28 gas days before ≤ highest",
    severity=Severity.W,
    source="Oracle",
    thresholds={"lowest": 0.3, "highest": 3.0, "days": 14.0},
    by=JudgedBy.AGGREGATION,
)
def day_like_others(evidence: ContextEvidence) -> Hits:
    """A whole gas day took far more, or far less, than the days of the four weeks before.

    Judged at the last hour of a gas day whose hours are all there, on one-way lines; of the days before only whole ones
    count, without hours that a finding keeps back, at least `days`. It concerns all hours of the day. Observed: the
    ratio; threshold: the bound that it broke.
    """
    rows, _, length = evidence.day_ends()
    observed, bound = np.full(len(evidence), np.nan), np.full(len(evidence), np.nan)
    if len(rows):
        some = evidence.only(rows)
        sums = _day_sums(some)
        known = ~np.isnan(sums[:, 1:])
        mean = _divided(np.where(known, sums[:, 1:], 0).sum(axis=1), known.sum(axis=1))
        enough = (known.sum(axis=1) >= some.threshold("days")) & (mean > 0) & some.terms["one_way"]
        observed[rows] = np.where(enough, _divided(sums[:, 0], mean), np.nan)
        lowest, highest = some.threshold("lowest"), some.threshold("highest")
        bound[rows] = np.where(observed[rows] < lowest, lowest, highest)
    outside = (observed < evidence.threshold("lowest")) | (observed > evidence.threshold("highest"))
    return Hits(outside, observed, bound, since=length - 1)


def _day_sums(evidence: ContextEvidence) -> Floats:
    """Return the volume of each row's gas day and of the 28 before it, in turn; NaN where a day does not count."""
    days, _ = gas_time.days_and_indexes(evidence.hour)
    begins = gas_time.first_hours(days[:, None] + 1 - np.arange(DAYS_BACK + 2))
    hours = begins[:, 1:, None] + np.arange(gas_time.MAX_HOURS_PER_DAY)
    inside = hours < begins[:, :-1, None]
    volume = evidence.at("volume", hours)
    kept_back = (evidence.states(hours[:, 1:]) & np.uint8(BLOCKED)) != 0
    volume[:, 1:][kept_back] = np.nan
    volume[~inside] = 0
    sums: Floats = volume.sum(axis=2)
    return sums


def _divided(above: Floats, below: Floats) -> Floats:
    """Return the quotient, NaN where nothing is divided by."""
    with np.errstate(all="ignore"):
        quotient = above / below
    return np.where(np.isinf(quotient), np.nan, quotient)
