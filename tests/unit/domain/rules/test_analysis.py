"""Family D of an analysis by example: each rule's hit, what just passes, and what it cannot see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from shared.domain.physics.components import COMPONENTS
from shared.domain.physics.iso6976 import properties
from shared.domain.rules import analysis
from shared.domain.rules.analysis_evidence import AnalysisEvidence, normalised_fractions, sum_mol_percent
from shared.domain.rules.rule import JudgedBy, Rule, Severity

NONE: Mapping[str, float] = MappingProxyType({})
GAS = MappingProxyType({"methane": 93.32, "ethane": 2.57, "propane": 1.54, "nitrogen": 1.03, "carbon_dioxide": 1.54})
_COMPUTED = properties(np.array([[GAS.get(name, 0.0) / 100 for name in COMPONENTS]]))
GCV = float(_COMPUTED.gcv_mj_per_m3[0]) / 3.6
DENSITY = float(_COMPUTED.density_kg_per_m3[0])
WOBBE = float(_COMPUTED.wobbe_gross_mj_per_m3[0]) / 3.6
GOOD = MappingProxyType({"gcv": GCV, "density": DENSITY, "wobbe": WOBBE})
RULES = [entry for entry in vars(analysis).values() if isinstance(entry, Rule)]
_JUST = 1e-9

Said = tuple[Severity, float, float]


def _evidence(gas: Mapping[str, float], *, gcv: float, density: float, wobbe: float) -> AnalysisEvidence:
    return AnalysisEvidence.of(
        np.array([[gas.get(name, np.nan) for name in COMPONENTS]]),
        gcv_kwh_per_m3n=np.array([gcv]),
        density_kg_per_m3n=np.array([density]),
        wobbe_kwh_per_m3n=np.array([wobbe]),
    )


def said(rule: Rule[AnalysisEvidence], gas: Mapping[str, float] = GAS, /, **changed: float) -> Said | None:
    """Return severity, observed and threshold of a rule's hit on the good analysis with some values changed."""
    evidence = replace(_evidence(gas, **{**GOOD, **changed}), thresholds=rule.card.thresholds)
    with np.errstate(all="ignore"):
        hits = rule.find(evidence)
    if not hits.mask[0]:
        return None
    severity = rule.severity if hits.severity is None else Severity(hits.severity[0])
    observed, threshold = (float(np.broadcast_to(each, 1)[0]) for each in (hits.observed, hits.threshold))
    return severity, observed, threshold


def _with_methane(mol_percent: float) -> Mapping[str, float]:
    return {**GAS, "methane": mol_percent}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_a_good_analysis_passes(rule: Rule[AnalysisEvidence]) -> None:
    """No rule has anything to say of it; all are judged on an analysis."""
    assert said(rule) is None
    assert rule.card.judged_by is JudgedBy.ANALYSIS


@pytest.mark.parametrize(
    ("methane", "severity", "away", "bound"),
    [
        (93.820001, Severity.F, 0.500001, 0.5),
        (92.819999, Severity.F, 0.500001, 0.5),
        (95.32, Severity.F, 2.0, 0.5),
        (91.32, Severity.F, 2.0, 0.5),
        (95.320001, Severity.R, 2.000001, 2.0),
        (91.319999, Severity.R, 2.000001, 2.0),
        (-93.32, Severity.R, 186.64, 2.0),
        (np.inf, Severity.R, np.inf, 2.0),
    ],
)
def test_d1_components_do_not_add_up(methane: float, severity: Severity, away: float, bound: float) -> None:
    """Doubtful beyond half a percent, no composition beyond two: a millionth more is enough."""
    assert said(analysis.composition_sum, _with_methane(methane)) == (severity, away, bound)


@pytest.mark.parametrize("methane", [93.82, 92.82, 93.32])
def test_d1_close_to_the_whole(methane: float) -> None:
    """Exactly half a percent away passes, though its binary numbers add up to a little more."""
    assert said(analysis.composition_sum, _with_methane(methane)) is None


def test_d1_nothing_reported() -> None:
    """An analysis that only carries a calorific value has no sum; one of zeros has."""
    assert said(analysis.composition_sum, NONE) is None
    assert said(analysis.composition_sum, {"methane": 0.0}) == (Severity.R, 100.0, 2.0)


def test_d1_parts_without_a_sum() -> None:
    """Infinite parts of both signs do not slip through because their sum is no number."""
    assert said(analysis.composition_sum, {"methane": np.inf, "ethane": -np.inf}) == (Severity.R, np.inf, 2.0)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("percent", "severity", "bound"),
    [
        (0.1 + _JUST, Severity.W, 0.1),
        (0.25 - _JUST, Severity.W, 0.1),
        (0.25 + _JUST, Severity.F, 0.25),
        (50, Severity.F, 0.25),
    ],
)
def test_d3_another_calorific_value(sign: int, percent: float, severity: Severity, bound: float) -> None:
    """Shown beyond a thousandth, doubtful beyond a quarter of a percent, in either direction."""
    hit = said(analysis.gcv_of_composition, gcv=GCV * (1 + sign * percent / 100))
    assert hit == pytest.approx((severity, percent, bound))


@pytest.mark.parametrize("percent", [0.1 - _JUST, -0.1 + _JUST])
def test_d3_close_to_the_composition(percent: float) -> None:
    """Almost a thousandth away passes."""
    assert said(analysis.gcv_of_composition, gcv=GCV * (1 + percent / 100)) is None


def test_d3_is_judged_on_the_normalised_composition() -> None:
    """Half of everything is the same gas."""
    assert said(analysis.gcv_of_composition, {name: part / 2 for name, part in GAS.items()}) is None


def test_d3_a_gas_that_does_not_burn() -> None:
    """A calorific value of pure nitrogen is infinitely too much."""
    assert said(analysis.gcv_of_composition, {"nitrogen": 100.0}) == (Severity.F, np.inf, 0.25)


def test_d3_needs_both() -> None:
    """Without a calorific value, or without a composition, there is nothing to compare."""
    assert said(analysis.gcv_of_composition, gcv=np.nan) is None
    assert said(analysis.gcv_of_composition, NONE, gcv=1.0) is None


@pytest.mark.parametrize("percent", [0.1 + _JUST, -0.1 - _JUST, -100.0])
def test_d4_another_density(percent: float) -> None:
    """A thousandth and a little more away, in either direction."""
    hit = said(analysis.density_of_composition, density=DENSITY * (1 + percent / 100))
    assert hit == pytest.approx((Severity.W, abs(percent), 0.1))


@pytest.mark.parametrize("percent", [0.1 - _JUST, -0.1 + _JUST])
def test_d4_close_to_the_composition(percent: float) -> None:
    """Almost a thousandth away passes."""
    assert said(analysis.density_of_composition, density=DENSITY * (1 + percent / 100)) is None


def test_d4_needs_both() -> None:
    """Without a density, or without a composition, there is nothing to compare."""
    assert said(analysis.density_of_composition, density=np.nan) is None
    assert said(analysis.density_of_composition, NONE, density=9.0) is None


@pytest.mark.parametrize("percent", [0.02 + _JUST, -0.02 - _JUST, 5.0])
def test_d5_wobbe_of_another_gas(percent: float) -> None:
    """Two parts in ten thousand and a little more away, in either direction; no composition is asked for."""
    hit = said(analysis.wobbe_identity, NONE, wobbe=WOBBE * (1 + percent / 100))
    assert hit == pytest.approx((Severity.W, abs(percent), 0.02))


@pytest.mark.parametrize("percent", [0.02 - _JUST, -0.02 + _JUST])
def test_d5_close_to_the_identity(percent: float) -> None:
    """Almost two parts in ten thousand away passes."""
    assert said(analysis.wobbe_identity, wobbe=WOBBE * (1 + percent / 100)) is None


@pytest.mark.parametrize("lacking", ["gcv", "density", "wobbe"])
def test_d5_needs_all_three(lacking: str) -> None:
    """An identity with a gap is no identity."""
    wrong = {"gcv": 1.0, "density": 1.0, "wobbe": 9.0}
    assert said(analysis.wobbe_identity, **wrong) is not None
    assert said(analysis.wobbe_identity, **{**wrong, lacking: np.nan}) is None


@pytest.mark.parametrize(
    ("gas", "ratio", "bound"),
    [
        ({"hydrogen": 100.0}, 0.846017, 0.895),
        ({"methane": 70.0, "hydrogen": 30.0}, 0.894491, 0.895),
        ({"propane": 100.0}, 0.920668, 0.910),
    ],
)
def test_d6_no_natural_gas(gas: Mapping[str, float], ratio: float, bound: float) -> None:
    """Much hydrogen is too low, heavy hydrocarbons are too high."""
    assert said(analysis.net_to_gross, gas) == pytest.approx((Severity.W, ratio, bound), rel=1e-6)


def test_d6_a_fifth_of_hydrogen() -> None:
    """A blend of hydrogen into methane as it is planned still passes."""
    assert said(analysis.net_to_gross, {"methane": 80.0, "hydrogen": 20.0}) is None


def test_d6_the_bounds_themselves_pass() -> None:
    """One bit beyond does not."""
    ratio = float(_COMPUTED.ncv_mj_per_m3[0] / _COMPUTED.gcv_mj_per_m3[0])
    evidence = _evidence(GAS, **GOOD)
    for lowest, highest, hit in ((ratio, ratio, False), (np.nextafter(ratio, 1), 1, True), (0, ratio - 2e-16, True)):
        hits = analysis.net_to_gross.find(replace(evidence, thresholds={"lowest": lowest, "highest": highest}))
        assert hits.mask.tolist() == [hit]


def test_d6_needs_a_gas_that_burns() -> None:
    """Without a composition, or where nothing burns, there is no ratio."""
    assert said(analysis.net_to_gross, NONE) is None
    assert said(analysis.net_to_gross, {"nitrogen": 100.0}) is None


def test_bounds_of_each_analysis() -> None:
    """A bound may be one number an analysis: each is judged by its own."""
    names = "accepted_percent", "doubtful_percent"
    evidence = AnalysisEvidence.of(
        np.full((3, len(COMPONENTS)), 7.2),  # 100.8
        **dict.fromkeys(("gcv_kwh_per_m3n", "density_kg_per_m3n", "wobbe_kwh_per_m3n"), np.zeros(3)),
    )
    bounds = np.array([0.8, 0.7, 0.1]), np.array([2.0, 0.8, 0.2])
    hits = analysis.composition_sum.find(replace(evidence, thresholds=dict(zip(names, bounds, strict=True))))
    assert hits.severity is not None
    assert hits.mask.tolist() == [False, True, True]
    assert hits.severity[1:].tolist() == [Severity.F, Severity.R]
    assert np.broadcast_to(hits.threshold, 3)[1:].tolist() == [0.7, 0.2]


def test_normalising() -> None:
    """What was not reported is none of the gas; no component, and no positive finite sum, leave no fractions."""
    rows = np.full((5, len(COMPONENTS)), np.nan)
    rows[0, :2] = 30.0, 10.0
    rows[2, 0], rows[3, 0], rows[4, :2] = -1.0, np.inf, 0.0
    fractions = normalised_fractions(rows)
    assert fractions[0].tolist() == [0.75, 0.25, *[0.0] * (len(COMPONENTS) - 2)]
    assert np.isnan(fractions[1:]).all()
    assert sum_mol_percent(rows)[[0, 2, 3, 4]].tolist() == [40.0, -1.0, np.inf, 0.0]
    assert np.isnan(sum_mol_percent(rows)[1])


def test_a_sum_beyond_all_numbers() -> None:
    """It is infinite and leaves no fractions, without a warning."""
    rows = np.full((1, len(COMPONENTS)), 1e308)
    assert sum_mol_percent(rows).tolist() == [np.inf]
    assert np.isnan(normalised_fractions(rows)).all()
