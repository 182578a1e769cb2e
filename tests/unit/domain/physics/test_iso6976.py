"""ISO 6976 against published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.physics.components import COMPONENTS, FAHRENHEIT_60, KNOWN
from shared.domain.physics.gas_error import GasError, GasReason
from shared.domain.physics.iso6976 import (
    BELGIAN,
    air_density_kg_per_m3,
    gcv_uncertainty_mj_per_m3,
    kref,
    properties,
)

_ANNEX_D_1 = {
    "methane": 0.933212,
    "ethane": 0.025656,
    "propane": 0.015368,
    "nitrogen": 0.010350,
    "carbon_dioxide": 0.015414,
}
_UNCERTAIN = {
    "methane": 0.000346,
    "ethane": 0.000243,
    "propane": 0.000148,
    "nitrogen": 0.000195,
    "carbon_dioxide": 0.000111,
}
"""Standard uncertainties of these fractions, as the example states them."""
_SEVEN_DIGITS = 5e-8
_R_15, _R_0 = 8.3144621 * 288.15 / 101.325, 8.3144621 * 273.15 / 101.325  # m³ that a kmol of ideal gas takes


def _gas(**fractions: float) -> NDArray[np.float64]:
    return np.array([[fractions.get(name, 0.0) for name in COMPONENTS]])


def test_components_in_the_order_of_an_analysis() -> None:
    """Columns are known by their place: the order of the fixed point, hydrogen last."""
    names = "methane ethane propane isobutane n_butane neopentane isopentane n_pentane n_hexane nitrogen carbon_dioxide"
    assert " ".join(COMPONENTS) == f"{names} oxygen helium hydrogen"


def test_annex_d_example_1() -> None:
    """A natural gas at 15/15, to all the digits that the standard prints."""
    gas = properties(_gas(**_ANNEX_D_1), "15/15")
    assert gas.molar_mass_kg_per_kmol == pytest.approx([17.3884301], abs=5e-8)
    assert gas.compression_factor == pytest.approx([0.99776224], abs=5e-9)
    assert gas.gcv_mj_per_m3 == pytest.approx([38.410611], abs=5e-7)
    molar_volume = gas.compression_factor * _R_15
    assert gas.gcv_mj_per_m3 * molar_volume == pytest.approx([906.1799588], abs=5e-8)
    assert gas.gcv_mj_per_m3 / gas.density_kg_per_m3 == pytest.approx([52.113961], abs=5e-7)


def test_pure_methane_as_belgium_bills_it() -> None:
    """25/0, which is what is computed where no reference is named."""
    gas = properties(_gas(methane=1.0))
    assert gas.molar_mass_kg_per_kmol == pytest.approx([16.04246], rel=_SEVEN_DIGITS)
    assert gas.compression_factor == pytest.approx([0.9976127], rel=_SEVEN_DIGITS)
    assert gas.gcv_mj_per_m3 == pytest.approx([39.828341], rel=_SEVEN_DIGITS)
    assert gas.ncv_mj_per_m3 == pytest.approx([35.891660], rel=_SEVEN_DIGITS)
    assert gas.density_kg_per_m3 == pytest.approx([0.717448], abs=5e-7)
    assert gas.relative_density == pytest.approx([0.554851], abs=5e-7)
    assert gas.wobbe_gross_mj_per_m3 == pytest.approx([53.469255], rel=_SEVEN_DIGITS)
    assert gas.wobbe_net_mj_per_m3 == pytest.approx([53.469255 * 35.891660 / 39.828341], rel=_SEVEN_DIGITS)


@pytest.mark.parametrize(
    ("reference", "gross", "evaporation"), [("25/0", 890.58, 44.013), ("15/0", 891.51, 44.431), ("0/0", 892.92, 45.064)]
)
def test_combustion_chooses_the_heat(reference: str, gross: float, evaporation: float) -> None:
    """The m³(n) of methane stays what it is."""
    gas, volume = properties(_gas(methane=1.0), reference), (1 - 0.04886**2) * _R_0
    assert gas.gcv_mj_per_m3 == pytest.approx([gross / volume], rel=1e-12)
    assert gas.ncv_mj_per_m3 == pytest.approx([(gross - 2 * evaporation) / volume], rel=1e-12)
    assert gas.density_kg_per_m3 == pytest.approx([16.04246 / volume], rel=1e-12)


@pytest.mark.parametrize(
    ("reference", "summation", "ideal_volume", "air"),
    [("15/0", 0.04886, _R_0, 0.999419), ("15/15", 0.04452, _R_15, 0.999595)],
)
def test_the_volume_has_its_temperature(reference: str, summation: float, ideal_volume: float, air: float) -> None:
    """At 15 °C a m³ holds less methane, and less of the air beside it; the heat of a mole stays what it is."""
    gas, volume = properties(_gas(methane=1.0), reference), (1 - summation**2) * ideal_volume
    assert gas.gcv_mj_per_m3 == pytest.approx([891.51 / volume], rel=1e-12)
    assert gas.ncv_mj_per_m3 == pytest.approx([(891.51 - 2 * 44.431) / volume], rel=1e-12)
    assert air_density_kg_per_m3(reference) == pytest.approx(28.96546 / (air * ideal_volume), rel=1e-12)
    assert gas.relative_density == pytest.approx([16.04246 / 28.96546 * air / (1 - summation**2)], rel=1e-12)


@pytest.mark.parametrize(
    ("reference", "celsius", "summation", "gross", "evaporation", "air"),
    [("20/20", 20, 0.04317, 891.05, 44.222, 0.999645), ("60/60F", FAHRENHEIT_60, 0.04437, 891.46, 44.408, 0.999601)],
)
def test_other_references_of_the_standard(  # noqa: PLR0917 - a row of the tables
    reference: str, celsius: float, summation: float, gross: float, evaporation: float, air: float
) -> None:
    """20 °C and 60 °F, each with its own coefficients."""
    gas, ideal = properties(_gas(methane=1.0), reference), 8.3144621 * (celsius + 273.15) / 101.325
    volume = (1 - summation**2) * ideal
    assert gas.gcv_mj_per_m3 == pytest.approx([gross / volume], rel=1e-12)
    assert gas.ncv_mj_per_m3 == pytest.approx([(gross - 2 * evaporation) / volume], rel=1e-12)
    assert air_density_kg_per_m3(reference) == pytest.approx(28.96546 / (air * ideal), rel=1e-12)


def test_uncertainty_of_annex_d_example_1() -> None:
    """Of the calorific value, to all the digits that the standard prints; without the gas's, what the tables leave."""
    fractions, uncertain = _gas(**_ANNEX_D_1), _gas(**_UNCERTAIN)
    assert gcv_uncertainty_mj_per_m3(fractions, uncertain, "15/15") == pytest.approx([0.026267], abs=5e-7)
    assert 0 < gcv_uncertainty_mj_per_m3(fractions, 0 * uncertain, "15/15")[0] < 0.01
    assert gcv_uncertainty_mj_per_m3(fractions, uncertain).tolist() == (
        gcv_uncertainty_mj_per_m3(fractions, uncertain, BELGIAN).tolist()
    )


def test_kref_is_the_compression_factor_at_normal_conditions() -> None:
    """Whatever the reference of the rest."""
    assert kref(_gas(**_ANNEX_D_1)).tolist() == properties(_gas(**_ANNEX_D_1)).compression_factor.tolist()


def test_components_beyond_an_analysis_are_known() -> None:
    """In the columns behind it."""
    fractions = np.zeros((1, len(KNOWN)))
    fractions[0, KNOWN.index("argon")] = 1
    assert properties(fractions).molar_mass_kg_per_kmol.tolist() == [39.948]


@pytest.mark.parametrize("reference", ["25/25", "60F/60F", "0/25", "", "25 / 0"])
def test_a_reference_without_data_is_refused(reference: str) -> None:
    """By name, with those that can be had."""
    with pytest.raises(GasError, match=r"no data for reference .*: write one of 25/0, 15/15, 0/0, 15/0") as refused:
        properties(_gas(methane=1.0), reference)
    assert refused.value.code is GasReason.UNKNOWN_REFERENCE
    with pytest.raises(GasError):
        air_density_kg_per_m3(reference)


def test_nothing_is_normalised() -> None:
    """Half a mole of methane is half as heavy as one."""
    assert properties(_gas(methane=0.5)).molar_mass_kg_per_kmol == pytest.approx([16.04246 / 2])


def test_no_composition_at_all() -> None:
    """No rows in, none out; a row with a gap has no properties."""
    assert properties(np.empty((0, len(COMPONENTS)))).gcv_mj_per_m3.tolist() == []
    assert np.isnan(properties(_gas(methane=np.nan)).wobbe_gross_mj_per_m3).all()
