"""Rules of an analysis as laws: each hits exactly where its formula says so in exact arithmetic.

The oracles take decimals as fractions, one analysis at a time, straight from the catalogue's formulas and ISO 6976.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.physics.components import COMPONENTS, TABLE
from shared.domain.rules import analysis
from shared.domain.rules.analysis_evidence import AnalysisEvidence, normalised_fractions
from shared.domain.rules.rule import Rule, Severity

_COUNT = len(COMPONENTS)
_IDEAL_VOLUME = Fraction("8.3144621") * Fraction("273.15") / Fraction("101.325")
_AIR_DENSITY = Fraction("28.96546") / (Fraction("0.999419") * _IDEAL_VOLUME)
_FIFTY_DIGITS = Context(prec=50)
_FLOAT64 = Fraction(1, 10**9)  # percent: closer to a bound than this, float64 may see it on the other side
_AT_0_C, _AT_25_C = 0, 4  # places in a component's summation factors and heats
_COLUMNS = [
    [Fraction(str(number)) for number in column]
    for column in zip(
        *((one.molar_mass, one.summation[_AT_0_C], one.gross[_AT_25_C], one.hydrogen_atoms) for one in TABLE[:_COUNT]),
        strict=True,
    )
]


@dataclass(frozen=True, slots=True)
class Told:
    """An analysis as a chromatograph tells it, None for what it does not tell."""

    parts: tuple[float | None, ...]
    gcv: float | None
    density: float | None
    wobbe: float | None


def _exact(number: float) -> Fraction:
    return Fraction(str(number))


def _total(told: Told) -> Fraction | None:
    reported = [_exact(part) for part in told.parts if part is not None]
    return sum(reported, Fraction(0)) if reported else None


def _computed(told: Told) -> tuple[Fraction, Fraction, Fraction] | None:
    """Return gross and net calorific value in MJ/m³(n) and density, of the normalised composition."""
    total = _total(told)
    if total is None or total <= 0:
        return None
    fractions = [_exact(part or 0) / total for part in told.parts]
    mass, factor, gross, atoms = (sum(map(Fraction.__mul__, fractions, column), Fraction(0)) for column in _COLUMNS)
    volume = (1 - factor**2) * _IDEAL_VOLUME
    return gross / volume, (gross - atoms / 2 * Fraction("44.013")) / volume, mass / volume


def _beyond(
    observed: Fraction, first: Fraction, milder: Severity, second: Fraction, graver: Severity
) -> Severity | None:
    if observed > second:
        return graver
    return milder if observed > first else None


def _deviation(reported: Fraction, expected: Fraction, *bounds: Fraction) -> Fraction:
    deviation = abs(reported / expected - 1) * 100
    assume(all(abs(deviation - bound) > _FLOAT64 for bound in bounds))
    return deviation


def _d1(told: Told) -> Severity | None:
    total = _total(told)
    return total if total is None else _beyond(abs(total - 100), Fraction(1, 2), Severity.F, Fraction(2), Severity.R)


def _d3(told: Told) -> Severity | None:
    computed = _computed(told)
    if computed is None or told.gcv is None or computed[0] == told.gcv == 0:
        return None
    if computed[0] == 0:
        return Severity.F
    bounds = Fraction(1, 10), Fraction(1, 4)
    deviation = _deviation(Fraction(told.gcv) * Fraction(36, 10), computed[0], *bounds)
    return _beyond(deviation, bounds[0], Severity.W, bounds[1], Severity.F)


def _d4(told: Told) -> Severity | None:
    computed, bound = _computed(told), Fraction(1, 10)
    if computed is None or told.density is None:
        return None
    return Severity.W if _deviation(Fraction(told.density), computed[2], bound) > bound else None


def _d5(told: Told) -> Severity | None:
    if told.gcv is None or told.density is None or told.wobbe is None or told.density < 0 or told.gcv == 0:
        visible = told.gcv == 0 and told.density is not None and told.density > 0 and told.wobbe not in {None, 0}
        return Severity.W if visible else None
    relative, bound = Fraction(told.density) / _AIR_DENSITY, Fraction(2, 100)
    square = _FIFTY_DIGITS.divide(Decimal(relative.numerator), Decimal(relative.denominator))
    root = Fraction(_FIFTY_DIGITS.sqrt(square))
    return Severity.W if _deviation(Fraction(told.wobbe) * root, Fraction(told.gcv), bound) > bound else None


def _d6(told: Told) -> Severity | None:
    computed = _computed(told)
    if computed is None or computed[0] == 0:
        return None
    ratio, lowest, highest = computed[1] / computed[0], Fraction("0.895"), Fraction("0.91")
    assume(all(abs(ratio - bound) > _FLOAT64 for bound in (lowest, highest)))
    return None if lowest <= ratio <= highest else Severity.W


ORACLES: dict[str, Callable[[Told], Severity | None]] = {
    "D1": _d1,
    "D3": _d3,
    "D4": _d4,
    "D5": _d5,
    "D6": _d6,
}
RULES = [entry for entry in vars(analysis).values() if isinstance(entry, Rule)]


@st.composite
def _parts(draw: st.DrawFn) -> tuple[float | None, ...]:
    """Draw a composition with its sum near 100 and near each bound, in millionths of a percent; or hardly any."""
    few = st.one_of(st.none(), st.integers(0, 3_000_000), st.sampled_from([0, 20_000_000, -500_000]))
    rest = draw(st.one_of(st.lists(few, min_size=_COUNT - 1, max_size=_COUNT - 1), st.just([None] * (_COUNT - 1))))
    bounds = st.sampled_from([98_000_000, 99_500_000, 100_000_000, 100_500_000, 102_000_000])
    target = draw(st.one_of(st.builds(int.__add__, bounds, st.integers(-1, 1)), st.integers(90_000_000, 110_000_000)))
    methane = draw(st.sampled_from([target - sum(part or 0 for part in rest), target, 0, None]))
    return tuple(None if part is None else part / 1_000_000 for part in (methane, *rest))


def _near(expected: float, percent: int) -> st.SearchStrategy[float | None]:
    """Draw what is up to so many hundredths of a percent away from what is expected, or something else altogether."""
    close = st.floats(-percent, percent).map(lambda hundredths: expected * (1 + hundredths / 10_000))
    return st.one_of(close, st.sampled_from([None, expected, 0.0, 1.0, -expected, 1e-30, 1e30]))


@st.composite
def _told(draw: st.DrawFn) -> Told:
    parts = draw(_parts())
    bare = Told(parts, None, None, None)
    gross, _, weight = _computed(bare) or (Fraction(36), Fraction(0), Fraction(3, 4))
    gcv, density = draw(_near(float(gross / Fraction(36, 10)), 40)), draw(_near(float(weight), 20))
    fits = gcv is not None and density is not None and density > 0
    wobbe = (gcv or 0) / math.sqrt((density or 1) / float(_AIR_DENSITY)) if fits else 14.0
    return replace(bare, gcv=gcv, density=density, wobbe=draw(_near(wobbe, 4)))


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _evidence(told: list[Told], *, turned: bool = False) -> AnalysisEvidence:
    composition = np.array([[_number(part) for part in each.parts] for each in told]).reshape(-1, _COUNT)
    columns = ("gcv", "density", "wobbe")
    gcv, density, wobbe = (np.array([_number(getattr(each, c)) for each in told], np.float64) for c in columns)
    return AnalysisEvidence.of(
        np.asfortranarray(composition) if turned else composition,
        gcv_kwh_per_m3n=gcv,
        density_kg_per_m3n=density,
        wobbe_kwh_per_m3n=wobbe,
    )


def _said(rule: Rule[AnalysisEvidence], evidence: AnalysisEvidence) -> list[tuple[Severity, float, float] | None]:
    """Return what a rule says of each analysis, as `judge` would read it."""
    count = len(evidence.gcv_kwh_per_m3n)
    with np.errstate(all="ignore"):
        hits = rule.find(replace(evidence, thresholds=rule.card.thresholds))
    severities = np.full(count, rule.severity) if hits.severity is None else hits.severity
    rows = zip(
        np.broadcast_to(hits.mask, count).tolist(),
        severities.tolist(),
        np.broadcast_to(hits.observed, count).tolist(),
        np.broadcast_to(hits.threshold, count).tolist(),
        strict=True,
    )
    return [(Severity(severity), seen, bound) if hit else None for hit, severity, seen, bound in rows]


def test_every_rule_has_a_law() -> None:
    """No rule without an oracle."""
    assert list(ORACLES) == [rule.card.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
@given(told=st.lists(_told(), max_size=4))
def test_a_rule_hits_where_its_formula_says(rule: Rule[AnalysisEvidence], told: list[Told]) -> None:
    """Over any analyses, gaps and bounds included; and as gravely as it says."""
    found = [None if said is None else said[0] for said in _said(rule, _evidence(told))]
    assert found == [ORACLES[rule.card.id](each) for each in told]


@given(told=st.lists(_told(), max_size=4))
def test_what_is_observed_lies_beyond_the_threshold(told: list[Told]) -> None:
    """A finding explains itself: the number that was seen is on the wrong side of the bound beside it."""
    evidence = _evidence(told)
    for _, observed, threshold in (said for rule in RULES for said in _said(rule, evidence) if said is not None):
        assert observed < threshold if threshold == 0.895 else observed > threshold


def _anything() -> st.SearchStrategy[Told]:
    number = st.one_of(st.none(), st.floats(), st.sampled_from([0.0, math.inf, -math.inf, 1e308, -1e308, 50.0, 1.0]))
    parts = st.lists(number, min_size=_COUNT, max_size=_COUNT).map(tuple)
    return st.builds(Told, parts, number, number, number)


@given(told=st.lists(st.one_of(_anything(), _told()), max_size=8), turned=st.booleans(), data=st.data())
def test_an_analysis_is_judged_as_if_it_were_alone(told: list[Told], *, turned: bool, data: st.DataObject) -> None:
    """Whatever floats can say, no rule raises, and neither neighbours nor the layout change a bit of what is said."""
    for rule in RULES:
        among = _said(rule, _evidence(told, turned=turned))
        assert len(among) == len(told)
        if told:
            place = data.draw(st.integers(0, len(told) - 1))
            assert [among[place]] == _said(rule, _evidence([told[place]]))


@given(told=st.lists(_told(), min_size=2, max_size=8), turned=st.booleans())
def test_a_composition_is_normalised_as_if_it_were_alone(told: list[Told], *, turned: bool) -> None:
    """To the last bit, however the compositions lie in memory."""
    rows = _evidence(told, turned=turned).composition_mol_percent
    alone = [normalised_fractions(row[np.newaxis]) for row in np.ascontiguousarray(rows)]
    assert normalised_fractions(rows).tobytes() == np.concatenate(alone).tobytes()


@given(told=_anything())
def test_a_composition_that_is_none_is_rejected(told: Told) -> None:
    """Parts that are infinite, or whose sum is, never pass because no comparison with NaN holds."""
    reported = [part for part in told.parts if part is not None and not math.isnan(part)]
    (said,) = _said(analysis.composition_sum, _evidence([told]))
    if any(math.isinf(part) for part in reported):
        assert said == (Severity.R, math.inf, 2.0)
    if not reported:
        assert said is None
