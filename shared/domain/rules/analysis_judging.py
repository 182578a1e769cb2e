"""Judging analyses: every rule on analyses over all of a record; what is rejected, and what is not to be applied.

The thresholds are the defaults: an analysis serves many lines, so that no line's own setting can hold for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.domain.analysis import DENSITY, WOBBE, mol_percent, number, scaled
from shared.domain.physics.conversion import kwh_of_mj
from shared.domain.quantities import ABSENT, GCV
from shared.domain.rules.analysis_evidence import AnalysisEvidence
from shared.domain.rules.catalogue import ON_ANALYSES
from shared.domain.rules.message import hour_in_reach
from shared.domain.rules.rule import Severity

_OUT_OF_REACH = hour_in_reach.card.id
_CLOCKS_APART_S = hour_in_reach.card.thresholds["ahead_s"]


class AnalysisFinding(NamedTuple):
    """What a rule found of an analysis: its row, the rule's id, its severity, and the numbers."""

    row: int
    rule: str
    severity: Severity
    observed: float
    threshold: float


@dataclass(frozen=True, slots=True)
class JudgedAnalyses:
    """What the rules say.

    Attributes:
        rejected: By row, what makes it a dead letter.
        findings: Of the others.
        doubts: By row, the rule that keeps it back.
        gcv: Calorific value of each row as reported, else of its composition, ABSENT where it has neither.
    """

    rejected: dict[int, AnalysisFinding]
    findings: list[AnalysisFinding]
    doubts: dict[int, str]
    gcv: NDArray[np.int64]


def judge_analyses(rows: NDArray[np.void], known_at_ms: int) -> JudgedAnalyses:
    """Judge analyses (ANALYSIS or KEPT_ANALYSIS) that became known at a moment (ms since 1970)."""
    evidence = _evidence_of(rows)
    found = [*_in_future(rows["hour"], known_at_ms), *_found(evidence)]
    rejected: dict[int, AnalysisFinding] = {}
    for one in found:
        if one.severity is Severity.R:
            rejected.setdefault(one.row, one)
    findings = [one for one in found if one.row not in rejected]
    doubts: dict[int, str] = {}
    for one in findings:
        if one.severity is Severity.F:
            doubts.setdefault(one.row, one.rule)
    computed = scaled(kwh_of_mj(evidence.computed.gcv_mj_per_m3), GCV.scale)
    gcv = np.where(rows["gcv"] == ABSENT, computed, rows["gcv"])
    return JudgedAnalyses(rejected, sorted(findings, key=lambda one: one.row), doubts, gcv)


def online_only(judged: JudgedAnalyses, hour: NDArray[np.int32], first_hour: int) -> JudgedAnalyses:
    """Return what the rules say where hours before a first one are no longer kept: such analyses are rejected (A6).

    Observed and threshold: the end of the hour and the begin of the first one, in seconds since 1970 UTC.

    Args:
        judged: What the rules say of the analyses by themselves.
        hour: Hour number of each.
        first_hour: The first hour of which analyses are kept.
    """
    rows = np.flatnonzero(hour < first_hour).tolist()
    if not rows:
        return judged
    ends_s = (hour.astype(np.float64) + 1) * 3600
    gone = {
        row: AnalysisFinding(row, _OUT_OF_REACH, Severity.R, float(ends_s[row]), first_hour * 3600.0) for row in rows
    }
    findings = [found for found in judged.findings if found.row not in gone]
    doubts = {row: rule for row, rule in judged.doubts.items() if row not in gone}
    return replace(judged, rejected={**gone, **judged.rejected}, findings=findings, doubts=doubts)


def _evidence_of(rows: NDArray[np.void]) -> AnalysisEvidence:
    """Return what the rules look at."""
    return AnalysisEvidence.of(
        mol_percent(rows["shares"]),
        gcv_kwh_per_m3n=number(rows["gcv"], GCV.scale),
        density_kg_per_m3n=number(rows["density"], DENSITY.scale),
        wobbe_kwh_per_m3n=number(rows["wobbe"], WOBBE.scale),
    )


def _in_future(hour: NDArray[np.int32], known_at_ms: int) -> list[AnalysisFinding]:
    end_s, latest_s = (hour.astype(np.float64) + 1) * 3600, known_at_ms / 1000 + _CLOCKS_APART_S
    late = np.flatnonzero(end_s > latest_s)
    return [AnalysisFinding(row, _OUT_OF_REACH, Severity.R, float(end_s[row]), latest_s) for row in late.tolist()]


def _found(evidence: AnalysisEvidence) -> list[AnalysisFinding]:
    found = []
    for rule in ON_ANALYSES:
        with np.errstate(all="ignore"):
            hits = rule.find(replace(evidence, thresholds=rule.card.thresholds))
        count = len(evidence.gcv_kwh_per_m3n)
        severity = np.full(count, rule.severity, np.uint8) if hits.severity is None else hits.severity
        observed, threshold = (np.broadcast_to(told, count) for told in (hits.observed, hits.threshold))
        found += [
            AnalysisFinding(row, rule.card.id, Severity(severity[row]), float(observed[row]), float(threshold[row]))
            for row in np.flatnonzero(hits.mask).tolist()
        ]
    return found
