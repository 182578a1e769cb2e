"""Compression factors against published numbers, and the gases and states that have none."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from shared.domain.physics.composition import Composition, composition_of
from shared.domain.physics.compressibility import SimpleAnalysis, compression_factor, solved
from shared.domain.physics.conversion import normal_volume_m3n
from shared.domain.physics.gas_error import GasError, GasReason
from shared.domain.physics.method import Method

GAS_1 = {
    "methane": 96.5,
    "ethane": 1.8,
    "propane": 0.45,
    "isobutane": 0.1,
    "n_butane": 0.1,
    "isopentane": 0.05,
    "n_pentane": 0.03,
    "n_hexane": 0.07,
    "nitrogen": 0.3,
    "carbon_dioxide": 0.6,
}
"""Gas 1 of ISO 12213, mol %."""
SIMPLE_1 = SimpleAnalysis(40.66, 0.581, 0.006, 0.0)
NIST = {
    "methane": 77.824,
    "nitrogen": 2,
    "carbon_dioxide": 6,
    "ethane": 8,
    "propane": 3,
    "isobutane": 0.15,
    "n_butane": 0.3,
    "isopentane": 0.05,
    "n_pentane": 0.165,
    "n_hexane": 0.215,
    "n_heptane": 0.088,
    "n_octane": 0.024,
    "n_nonane": 0.015,
    "n_decane": 0.009,
    "hydrogen": 0.4,
    "oxygen": 0.5,
    "carbon_monoxide": 0.2,
    "water": 0.01,
    "hydrogen_sulfide": 0.25,
    "helium": 0.7,
    "argon": 0.1,
}
"""The mixture of 21 components with which NIST checks both equations, mol %."""
STATES = [(60, -3.15), (60, 6.85), (60, 16.85), (60, 36.85), (60, 56.85), (120, -3.15), (120, 36.85), (120, 56.85)]


@pytest.mark.parametrize(
    ("state", "expected"),
    list(zip(STATES, [0.84084, 0.86202, 0.88007, 0.90881, 0.92996, 0.72146, 0.84492, 0.88322], strict=True)),
)
def test_sgerg88_of_iso_12213_3(state: tuple[float, float], expected: float) -> None:
    """Gas 1 of the standard's table, to the five digits that it prints."""
    assert compression_factor(Method.SGERG88, SIMPLE_1, *state).value == pytest.approx(expected, abs=5.1e-6)


@pytest.mark.parametrize(
    ("state", "expected"), list(zip(STATES, [0.84053, 0.86199, 0.88006, 0.90867, 0.93011], strict=False))
)
def test_aga8_of_iso_12213_2(state: tuple[float, float], expected: float) -> None:
    """Gas 1 of the standard's table."""
    assert compression_factor(Method.AGA8, composition_of(GAS_1), *state).value == pytest.approx(expected, abs=5.1e-6)


@pytest.mark.parametrize(
    ("method", "expected"), [(Method.AGA8, 1.173801364147326), (Method.GERG2008, 1.174690666383717)]
)
def test_nist_mixture_of_21_components(method: Method, expected: float) -> None:
    """At 400 K and 50 MPa, where no grid works: the equation is right, and the number is not given out."""
    assert solved(method, composition_of(NIST), 500, 126.85) == pytest.approx(expected, rel=5e-12)
    with pytest.raises(GasError) as refused:
        compression_factor(method, composition_of(NIST), 500, 126.85)
    assert refused.value.code is GasReason.IMPLAUSIBLE


def test_a_thousand_cubic_metres_at_normal_conditions() -> None:
    """The whole chain: gas 1 at 51.01325 bar(a) and 10 °C."""
    gas = composition_of(GAS_1)
    z, normal = (compression_factor(Method.AGA8, gas, *state).value for state in ((51.01325, 10), (1.01325, 0)))
    told = np.array([1000.0]), np.array([51.01325]), np.array([10.0]), np.array([z]), np.array([normal])
    assert normal_volume_m3n(*told) == pytest.approx([54_626.633], abs=5e-4)


def test_a_number_carries_its_method_and_edition() -> None:
    """Methods differ in the fourth digit: who reads it must know which one it was."""
    for method in Method:
        factor = compression_factor(method, composition_of(GAS_1), 60, 10)
        assert (factor.method, factor.edition) == (method, method.edition)
        assert method.edition


def test_sgerg88_takes_a_composition_as_well() -> None:
    """By the properties that ISO 6976 gives it."""
    gas = composition_of(GAS_1)
    simple = SimpleAnalysis.of(gas)
    assert simple.gcv_mj_per_m3 == pytest.approx(40.66, abs=0.01)
    assert simple.relative_density == pytest.approx(0.581, abs=5e-4)
    by_composition = compression_factor(Method.SGERG88, gas, 60, 10)
    assert by_composition == compression_factor(Method.SGERG88, simple, 60, 10)


def test_neopentane_counts_as_n_pentane() -> None:
    """The equations of state do not know it."""
    with_neo, with_normal = (
        composition_of({"methane": 99, name: 1}) for name in ("neopentane", "n_pentane")
    )  # fmt: skip
    assert solved(Method.AGA8, with_neo, 60, 10) == solved(Method.AGA8, with_normal, 60, 10)


@pytest.mark.parametrize("method", [Method.AGA8, Method.GERG2008])
@pytest.mark.parametrize("percent", [0, 5, 20])
def test_hydrogen_blends_up_to_a_fifth(method: Method, percent: float) -> None:
    """Hydrogen makes the gas less compressible."""
    blend = composition_of({"methane": 100 - percent, "hydrogen": percent})
    pure = compression_factor(method, composition_of({"methane": 100}), 60, 10).value
    assert pure <= compression_factor(method, blend, 60, 10).value < 1


def _simple(**changed: float) -> SimpleAnalysis:
    return replace(SIMPLE_1, **changed)


RICH = composition_of({"methane": 75, "hydrogen": 25})
HEAVY = composition_of({"propane": 100})
PURE = composition_of({"methane": 100})


@pytest.mark.parametrize(
    ("method", "gas", "state", "code", "position"),
    [
        (Method.SGERG88, SIMPLE_1, (121, 10), GasReason.OUT_OF_RANGE, "pressure_bar"),
        (Method.SGERG88, SIMPLE_1, (60, 66), GasReason.OUT_OF_RANGE, "temperature_c"),
        (Method.SGERG88, SIMPLE_1, (0, 10), GasReason.OUT_OF_RANGE, "pressure_bar"),
        (Method.SGERG88, SIMPLE_1, (math.nan, 10), GasReason.NUMBER, "pressure_bar"),
        (Method.SGERG88, SIMPLE_1, (60, math.inf), GasReason.NUMBER, "temperature_c"),
        (Method.SGERG88, _simple(gcv_mj_per_m3=19), (60, 10), GasReason.OUT_OF_RANGE, "gcv_mj_per_m3"),
        (Method.SGERG88, _simple(relative_density=0.54), (60, 10), GasReason.OUT_OF_RANGE, "relative_density"),
        (Method.SGERG88, _simple(carbon_dioxide=-0.01), (60, 10), GasReason.OUT_OF_RANGE, "carbon_dioxide"),
        (Method.SGERG88, _simple(hydrogen=0.11), (60, 10), GasReason.OUT_OF_RANGE, "hydrogen"),
        (Method.SGERG88, _simple(gcv_mj_per_m3=48), (60, 10), GasReason.NO_SOLUTION, "gas"),
        (Method.SGERG88, RICH, (60, 10), GasReason.OUT_OF_RANGE, "relative_density"),
        (Method.AGA8, SIMPLE_1, (60, 10), GasReason.MISSING_INPUT, "composition"),
        (Method.AGA8, RICH, (60, 10), GasReason.OUT_OF_RANGE, "composition.hydrogen"),
        (Method.AGA8, HEAVY, (60, 10), GasReason.NO_SOLUTION, "gas"),
        (Method.GERG2008, PURE, (-1, 10), GasReason.OUT_OF_RANGE, "pressure_bar"),
        (Method.GERG2008, PURE, (60, -220), GasReason.OUT_OF_RANGE, "temperature_c"),
    ],
)
def test_what_no_method_computes(
    method: Method,
    gas: Composition | SimpleAnalysis,
    state: tuple[float, float],
    code: GasReason,
    position: str,
) -> None:
    """A reason and its place, never a number."""
    with pytest.raises(GasError) as refused:
        compression_factor(method, gas, *state)
    assert (refused.value.code, refused.value.position) == (code, position)
    assert refused.value.message
