"""Family D, of the analysis that serves an hour: is it recent enough?"""

from __future__ import annotations

from shared.domain.rules.gas_evidence import GasEvidence
from shared.domain.rules.rule import Hits, JudgedBy, Severity, beyond, rule


@rule(
    "D13",
    "analysis too old",
    formula="age ≤ fresh_h; up to held_h W, more F",
    severity=Severity.W,
    source="Dutch code",
    thresholds={"fresh_h": 1.0, "held_h": 24.0},
    by=JudgedBy.GAS,
)
def analysis_fresh(evidence: GasEvidence) -> Hits:
    """The hour is served by an analysis of another hour: the last good one is held, but not for ever.

    While it may be held this is shown (W), after that the hour waits for a decision (F): its calorific value is the
    mean of its month or that of the contract, and its analysis has no age. Observed and threshold: hours.
    """
    fresh, held = evidence.thresholds["fresh_h"], evidence.thresholds["held_h"]
    return beyond(evidence.gas.age_h, fresh, Severity.W, held, Severity.F)
