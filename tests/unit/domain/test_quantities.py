"""Scaled integers by example: what passes the door, how it is rounded, and how it is shown again."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from shared.domain import quantities
from shared.domain.quantities import ENERGY, GCV, QUANTITIES, VOLUME, EnergyUnit, Quantity, QuantityError
from shared.domain.reading import MEASURES


@pytest.mark.parametrize(
    ("number", "scaled"),
    [
        (1234.567, 1_234_567),
        (0, 0),
        (-0.0, 0),
        (7, 7_000),
        (0.1 + 0.2, 300),
        (Decimal("0.0005"), 0),
        (Decimal("0.0015"), 2),
        (Decimal("-0.0005"), 0),
        (Decimal("1E-999999"), 0),
        (Decimal("0.00050000000000000000000000000000000001"), 1),
        (np.float64(1.5), 1_500),
    ],
)
def test_a_number_is_scaled_half_to_even(number: float | Decimal, scaled: int) -> None:
    """As it is written in decimals, once, however many digits it has."""
    assert VOLUME.scaled(number) == scaled


def test_scaling_ignores_the_callers_precision() -> None:
    """A caller that calculates with few digits loses none of ours."""
    with localcontext(prec=12):
        assert VOLUME.scaled(9_999_999.999) == 9_999_999_999


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: q.field)
def test_the_bounds_belong_to_the_range(quantity: Quantity) -> None:
    """The bounds pass, the next number beyond them does not."""
    step = Decimal(1) / quantity.scale
    assert quantity.scaled(quantity.lowest) == quantity.lowest * quantity.scale
    assert quantity.scaled(quantity.highest) == quantity.highest * quantity.scale
    for beyond in (quantity.lowest - step, quantity.highest + step, float(quantity.highest) * 2):
        with pytest.raises(QuantityError, match=f"{quantity.field} lies outside"):
            quantity.scaled(beyond)


@pytest.mark.parametrize("number", [float("nan"), Decimal("NaN"), Decimal("sNaN"), float("inf"), Decimal("-Infinity")])
def test_what_is_no_finite_number(number: float | Decimal) -> None:
    """Is refused by that name."""
    with pytest.raises(QuantityError, match="volume_m3n is not a finite number"):
        VOLUME.scaled(number)


@pytest.mark.parametrize(
    "number", [1e308, 10**5000, Decimal("1E+999999"), 1e22], ids=["float", "int", "Decimal", "1e22"]
)
def test_huge_numbers_are_outside(number: float | Decimal) -> None:
    """However many digits it takes to write them."""
    with pytest.raises(QuantityError, match="lies outside"):
        VOLUME.scaled(number)


def test_quantities_stand_in_the_order_of_the_measures() -> None:
    """Columns and quantities are zipped elsewhere: one each, in the same order."""
    assert [
        q.field.startswith(name.replace("volume_operating", "volume_op"))
        for q, name in zip(QUANTITIES, MEASURES, strict=True)
    ]


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: q.field)
def test_absent_is_never_a_quantity(quantity: Quantity) -> None:
    """The mark for "not sent" lies far below every bound."""
    assert quantity.lowest * quantity.scale > quantities.ABSENT == np.iinfo(np.int64).min


@pytest.mark.parametrize(
    ("unit", "shown"),
    [(EnergyUnit.KWH, "14197.501"), (EnergyUnit.MJ, "51111.0036"), (EnergyUnit.GJ, "51.1110036")],
)
def test_an_energy_in_each_unit(unit: EnergyUnit, shown: str) -> None:
    """1 kWh = 3.6 MJ; the places are those that make it exact."""
    assert str(quantities.energy(14_197_501, unit)) == shown


def test_a_volume_keeps_its_three_places() -> None:
    """Zeros included."""
    assert [str(quantities.volume_m3n(v)) for v in (1_234_500, 0, -7)] == ["1234.500", "0.000", "-0.007"]


@pytest.mark.parametrize(
    ("unit", "shown"), [(EnergyUnit.KWH, "11.4000"), (EnergyUnit.MJ, "41.0400"), (EnergyUnit.GJ, "0.0410400")]
)
def test_the_calorific_value_of_a_period_is_weighted_by_energy(unit: EnergyUnit, shown: str) -> None:
    """100 m³ at 10.5 and 900 at 11.5 give 11.4, not 11.0."""
    energy, volume = 100_000 * 10.5 + 900_000 * 11.5, 1_000_000
    assert str(quantities.gcv_of_sums(int(energy), volume, unit)) == shown


def test_no_volume_no_calorific_value() -> None:
    """Nothing to divide by: missing, not zero."""
    assert quantities.gcv_of_sums(5, 0, EnergyUnit.KWH) is None


def test_a_reported_calorific_value_is_rounded_like_a_computed_one() -> None:
    """Four places in kWh and MJ, seven in GJ, half to even."""
    reported = [str(quantities.gcv_reported(11_500_050, unit)) for unit in EnergyUnit]
    assert reported == ["11.5000", "0.0414002", "41.4002"]


def test_temperature_is_weighted_by_volume() -> None:
    """100 m³ at 4 °C and 300 m³ at 8 °C give 7 °C; without volume there is none."""
    moment = 100_000 * 4_000 + 300_000 * 8_000
    assert str(quantities.temperature_of_moment(moment, 400_000)) == "7.00"
    assert quantities.temperature_of_moment(0, 0) is None


def test_a_half_goes_to_the_even_neighbour() -> None:
    """So that rounding many values has no drift."""
    assert [str(quantities.rounded(Fraction(n, 8), 2)) for n in (1, 3, -1)] == ["0.12", "0.38", "-0.12"]


def test_energy_and_calorific_value_are_finer_than_any_meter() -> None:
    """Thousandths of a kWh, millionths of a kWh per m³(n)."""
    assert (ENERGY.scale, GCV.scale) == (1_000, 1_000_000)
