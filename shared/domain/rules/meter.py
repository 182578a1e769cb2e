"""Family C about meters: the counter against the hours, the counter against itself, and the check meter."""

from __future__ import annotations

import numpy as np

from shared.domain import gas_time
from shared.domain.quantities import INDEX
from shared.domain.rules.context_evidence import ContextEvidence, Floats
from shared.domain.rules.evidence import present
from shared.domain.rules.rule import Hits, JudgedBy, Severity, rule

LOOKED_BACK_HOURS = 24
"""How far back the counter before is looked for: over a gap of a day."""
_NEARLY_FULL, _JUST_BEGUN = 0.9, 0.1


@rule(
    "C11",
    "sum check against the index",
    formula="|Σ operating volume - (index at the end - index at the begin)·factor| ≤ max(pulses·pulse_m3, relative·Σ)",
    severity=Severity.F,
    source="Oracle, Elhub",
    thresholds={"pulses": 24.0, "pulse_m3": 1.0, "relative": 0.001, "factor": 1.0},
    by=JudgedBy.AGGREGATION,
)
def hours_make_the_index(evidence: ContextEvidence) -> Hits:
    """The hours of a gas day do not add up to what the counter of the meter counted.

    Judged at the last hour of a gas day whose operating volumes are all known, and the counter at its begin and end, of
    one meter. It concerns all hours of the day. `pulse_m3` is what one pulse of the meter stands for, `factor` what one
    step of the counter does. Observed: the difference; threshold: the greatest allowed; operating m³.
    """
    rows, begin, length = evidence.day_ends()
    observed, allowed = np.full(len(evidence), np.nan), np.full(len(evidence), np.nan)
    if len(rows):
        some, before = evidence.only(rows), begin[rows] - 1
        counted = (some.told("index") - some.at("index", before)) * some.threshold("factor")
        same_meter = some.at("meter", before) == some.told("meter")
        total = _day_total(some, begin[rows], length[rows])
        observed[rows] = np.where(same_meter & (counted >= 0), np.abs(total - counted), np.nan)
        pulses = some.threshold("pulses") * some.threshold("pulse_m3") * INDEX.scale
        allowed[rows] = np.maximum(pulses, some.threshold("relative") * np.abs(total))
    return Hits(observed > allowed, observed / INDEX.scale, allowed / INDEX.scale, since=length - 1)


def _day_total(evidence: ContextEvidence, begin: np.ndarray, length: np.ndarray) -> Floats:
    """Return the operating volume of each row's gas day, NaN where an hour is not known."""
    back = np.arange(gas_time.MAX_HOURS_PER_DAY)
    volume = evidence.at("volume_operating", begin[:, None] + back)
    total: Floats = np.where(back < length[:, None], volume, 0).sum(axis=1)
    return total


@rule(
    "C13",
    "index decreases",
    formula="index ≥ index before, or the counter rolled over (from ≥ 90 % to ≤ 10 % of its range), or another meter",
    severity=Severity.F,
    source="OED",
    by=JudgedBy.AGGREGATION,
)
def index_grows(evidence: ContextEvidence) -> Hits:
    """The counter went back, and neither its end was near nor does the reading name another meter.

    Compared with the youngest counter of the 24 hours before. The range of a counter is the power of ten above what it
    showed. Observed and threshold: the counter now and before, operating m³.
    """
    now = evidence.told("index")
    before = np.full(len(evidence), np.nan)
    doubtful = np.flatnonzero(~np.isnan(now) & ~(now >= evidence.before("index", 1)))
    if len(doubtful):
        before[doubtful] = _last_of_same_meter(evidence.only(doubtful))
    size = 10.0 ** (np.floor(np.log10(np.maximum(np.nan_to_num(before), 1.0))) + 1)
    rolled = (before >= _NEARLY_FULL * size) & (now <= _JUST_BEGUN * size)
    return Hits((now < before) & ~rolled, now / INDEX.scale, before / INDEX.scale)


def _last_of_same_meter(evidence: ContextEvidence) -> Floats:
    """Return the youngest counter of the 24 hours before, NaN where there is none or where it is another meter's."""
    earlier = evidence.window("index", 1 + LOOKED_BACK_HOURS)[:, :-1]
    known = ~np.isnan(earlier)
    rows, last = np.arange(len(evidence)), earlier.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    meters = evidence.window("meter", 1 + LOOKED_BACK_HOURS)
    same = known[rows, last] & (meters[rows, last] == meters[:, -1])
    return np.where(same, earlier[rows, last], np.nan)


@rule(
    "C15",
    "duty against check line",
    formula="|V - (factor·V of the check line + offset)| / |V| ≤ relative",
    severity=Severity.F,
    source="AVEVA; relative [P]",
    thresholds={"relative": 0.005},
    by=JudgedBy.AGGREGATION,
)
def check_meter_agrees(evidence: ContextEvidence) -> Hits:
    """The meter that checks this line saw another volume in the same hour.

    Judged where the register names a check line and both have the hour. Observed and threshold: the difference as a
    share of the volume. Of a line that stands still: whether the other shows more than that share of its capacity.
    """
    volume = evidence.told("volume")
    other = evidence.of_lines("volume", evidence.check, evidence.hour)
    expected = other * evidence.terms["check_factor"] + evidence.terms["check_offset"]
    allowed, still = evidence.threshold("relative"), volume == 0
    share = np.abs(volume - expected) / np.abs(np.where(still, 1, volume))
    capacity = np.nan_to_num(present(evidence.terms["capacity"]))
    share = np.where(still, np.where(np.abs(expected) > allowed * capacity, np.inf, 0), share)
    return Hits(share > allowed, share, allowed)
