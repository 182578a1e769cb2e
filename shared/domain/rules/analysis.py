"""Family D, of an analysis: does what the chromatograph reports fit together?

A composition is compared through ISO 6976 at 25/0, normalised to 100 mol %. Where not one component was reported, no
rule that needs a composition speaks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.conversion import MJ_PER_KWH
from shared.domain.physics.iso6976 import air_density_kg_per_m3
from shared.domain.rules.analysis_evidence import AnalysisEvidence, sum_mol_percent
from shared.domain.rules.rule import Hits, JudgedBy, Severity, beyond, rule

_PLACES = 9  # a chromatograph reports at most six; what is left beyond is how binary numbers add decimal ones


@rule(
    "D1",
    "composition sum",
    formula="|Σ - 100| ≤ accepted_percent; up to doubtful_percent F, more R",
    severity=Severity.F,
    source="AVEVA; both thresholds [P]",
    thresholds={"accepted_percent": 0.5, "doubtful_percent": 2.0},
    by=JudgedBy.ANALYSIS,
)
def composition_sum(evidence: AnalysisEvidence) -> Hits:
    """The components of a gas add up to the whole; these leave some of it out, or count some twice.

    Within the first bound the composition is normalised and passes, within the second it waits for a decision (F),
    beyond it is no composition (R). Observed and threshold: mol % away from 100.
    """
    away = np.abs(sum_mol_percent(evidence.composition_mol_percent) - 100).round(_PLACES)
    accepted, doubtful = evidence.thresholds["accepted_percent"], evidence.thresholds["doubtful_percent"]
    return beyond(away, accepted, Severity.F, doubtful, Severity.R)


@rule(
    "D3",
    "calorific value against composition",
    formula="|GCV / ISO 6976 - 1| ≤ accepted_percent; up to tolerated_percent W, more F",
    severity=Severity.W,
    source="AVEVA; both thresholds [P]",
    thresholds={"accepted_percent": 0.1, "tolerated_percent": 0.25},
    by=JudgedBy.ANALYSIS,
)
def gcv_of_composition(evidence: AnalysisEvidence) -> Hits:
    """The gross calorific value is not the one that the composition burns with.

    The chromatograph computes it from the same composition: another edition or reference of the standard, or a fault.
    Within the second bound it is shown (W), beyond it waits for a decision (F). Observed and threshold: %.
    """
    deviation = _deviation_percent(evidence.gcv_kwh_per_m3n * MJ_PER_KWH, evidence.computed.gcv_mj_per_m3)
    accepted, tolerated = evidence.thresholds["accepted_percent"], evidence.thresholds["tolerated_percent"]
    return beyond(deviation, accepted, Severity.W, tolerated, Severity.F)


@rule(
    "D4",
    "density against composition",
    formula="|density / ISO 6976 - 1| ≤ accepted_percent",
    severity=Severity.W,
    source="AVEVA; threshold [P]",
    thresholds={"accepted_percent": 0.1},
    by=JudgedBy.ANALYSIS,
)
def density_of_composition(evidence: AnalysisEvidence) -> Hits:
    """The density in kg/m³(n) is not the one that the composition weighs.

    Observed and threshold: %.
    """
    deviation = _deviation_percent(evidence.density_kg_per_m3n, evidence.computed.density_kg_per_m3)
    accepted = evidence.thresholds["accepted_percent"]
    return Hits(deviation > accepted, deviation, accepted)


@rule(
    "D5",
    "Wobbe identity",
    formula="|W·√d / GCV - 1| ≤ accepted_percent",
    severity=Severity.W,
    source="ISO 6976; threshold [P]",
    thresholds={"accepted_percent": 0.02},
    by=JudgedBy.ANALYSIS,
)
def wobbe_identity(evidence: AnalysisEvidence) -> Hits:
    """The Wobbe index is the calorific value over the root of the relative density; what was reported disagrees.

    Judged on the three reported values, whatever the composition: d is the density over that of air, both at 0 °C.
    Observed and threshold: %.
    """
    root = np.sqrt(evidence.density_kg_per_m3n / air_density_kg_per_m3())
    deviation = _deviation_percent(evidence.wobbe_kwh_per_m3n * root, evidence.gcv_kwh_per_m3n)
    accepted = evidence.thresholds["accepted_percent"]
    return Hits(deviation > accepted, deviation, accepted)


@rule(
    "D6",
    "net to gross calorific value",
    formula="lowest ≤ NCV / GCV ≤ highest",
    severity=Severity.W,
    source="computed",
    thresholds={"lowest": 0.895, "highest": 0.910},
    by=JudgedBy.ANALYSIS,
)
def net_to_gross(evidence: AnalysisEvidence) -> Hits:
    """A composition that no natural gas has: its net and gross calorific values (ISO 6976) lie too far apart or close.

    Much hydrogen lowers the ratio, many heavy hydrocarbons raise it; a gas that does not burn has none. Observed and
    threshold: net over gross.
    """
    ratio = evidence.computed.ncv_mj_per_m3 / evidence.computed.gcv_mj_per_m3
    lowest, highest = evidence.thresholds["lowest"], evidence.thresholds["highest"]
    too_low = ratio < lowest
    return Hits(too_low | (ratio > highest), ratio, np.where(too_low, lowest, highest))


def _deviation_percent(reported: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.abs(reported / expected - 1) * 100
