"""Scaled integers as laws: exact where the domain promises it, and refused by name everywhere else."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.domain import quantities
from shared.domain.quantities import ENERGY, GCV, QUANTITIES, VOLUME, EnergyUnit, Quantity, QuantityError

any_quantity = st.sampled_from(QUANTITIES)
any_number = st.floats() | st.decimals() | st.integers()
any_energy = st.integers(ENERGY.lowest * ENERGY.scale * 745, ENERGY.highest * ENERGY.scale * 745)
PER_KWH = {EnergyUnit.KWH: Fraction(1), EnergyUnit.MJ: Fraction("3.6"), EnergyUnit.GJ: Fraction("0.0036")}


@given(any_quantity, any_number)
def test_a_number_is_scaled_to_the_nearest_integer_or_refused(quantity: Quantity, number: float | Decimal) -> None:
    """Nearest to the number as it is written; what is refused lies outside or is none."""
    written = Decimal(str(number))
    try:
        scaled = quantity.scaled(number)
    except QuantityError:
        assert not (written.is_finite() and quantity.lowest <= written <= quantity.highest)
        return
    exact = Fraction(written) * quantity.scale
    assert scaled == round(exact)
    assert quantity.lowest * quantity.scale <= scaled <= quantity.highest * quantity.scale


@given(any_quantity, st.data())
def test_what_we_print_comes_back_the_same(quantity: Quantity, data: st.DataObject) -> None:
    """As decimal and as float: a value that went out and comes in again is a repetition, not a revision."""
    scaled = data.draw(st.integers(quantity.lowest * quantity.scale, quantity.highest * quantity.scale))
    printed = Decimal(scaled) / quantity.scale
    assert quantity.scaled(printed) == quantity.scaled(float(printed)) == scaled


@given(any_energy, st.sampled_from(EnergyUnit))
def test_an_energy_is_exact_in_every_unit(thousandths: int, unit: EnergyUnit) -> None:
    """The printed places suffice: nothing is rounded away."""
    assert Fraction(quantities.energy(thousandths, unit)) == Fraction(thousandths, 1_000) * PER_KWH[unit]


@given(st.lists(any_energy, max_size=5), st.sampled_from(EnergyUnit))
def test_printed_energies_add_up(thousandths: list[int], unit: EnergyUnit) -> None:
    """The sum of what is printed is what is printed for the sum."""
    printed = sum((quantities.energy(e, unit) for e in thousandths), Decimal(0))
    assert printed == quantities.energy(sum(thousandths), unit)


@given(any_energy, st.integers(-(10**13), 10**13).filter(bool), st.sampled_from(EnergyUnit))
def test_a_calorific_value_is_off_by_half_a_place_at_most(energy: int, volume: int, unit: EnergyUnit) -> None:
    """Rounded once, from the exact fraction."""
    shown = quantities.gcv_of_sums(energy, volume, unit)
    assert shown is not None
    exponent = shown.as_tuple().exponent
    assert exponent == (-7 if unit is EnergyUnit.GJ else -4)
    assert abs(Fraction(shown) - Fraction(energy, volume) * PER_KWH[unit]) <= Fraction(10) ** exponent / 2


@given(st.integers(1, GCV.highest * GCV.scale), st.integers(1, VOLUME.highest * VOLUME.scale))
def test_a_constant_calorific_value_is_its_own_mean(gcv: int, volume: int) -> None:
    """A period whose hours all report one value has that value."""
    for unit in EnergyUnit:
        assert quantities.gcv_of_sums(gcv * volume, GCV.scale * volume, unit) == quantities.gcv_reported(gcv, unit)
