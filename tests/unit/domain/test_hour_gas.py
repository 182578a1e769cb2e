"""The gas that hours are given: whose it is, what follows, and which hours take any."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.attribution import Attribution, GasHow
from shared.domain.gas_told import GAS_TOLD, GOOD, gas_told, good_gas, take_over
from shared.domain.hour_gas import (
    HourGas,
    LineGas,
    gas_by_analyses,
    given,
    is_by_analysis,
    is_given,
    mean_gcv,
    takes_gas,
    with_fallback,
)
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Quality
from shared.domain.revision import HOUR, Outcome, apply
from tests.unit.domain.hour_rows import hour_row

FIRST = 498_000
GCV, OTHER = 11_249_056, 10_900_000
CONTRACT = 11_000_000


def known(needed: range, told: dict[int, int]) -> NDArray[np.void]:
    """Return what a chromatograph told: calorific values by hours after FIRST."""
    rows = np.zeros(len(needed), GAS_TOLD)
    for hour, gcv in told.items():
        rows[FIRST + hour - needed.start] = (gcv, 1, GOOD)
    return rows


def gas_of(attributions: list[Attribution], count: int = 4, **told: dict[int, int]) -> HourGas:
    """Return the gas of the first hours from FIRST on."""
    line, hours = LineGas.of(attributions), range(FIRST, FIRST + count)
    needed = line.needed(hours)
    chromatographs = {name: known(needed, told.get(name, {})) for name in line.serving}
    return gas_by_analyses(line, hours, chromatographs, needed)


def rows_of(*rows: np.void) -> NDArray[np.void]:
    """Return hours as rows of one array."""
    return np.array(list(rows), HOUR)


def test_the_gas_of_hours_with_what_was_before_them() -> None:
    """Of the attributed chromatograph, by the hour of its analysis less the delay; and the hour before each."""
    gas = gas_of([Attribution(FIRST - 9, "Z", 2)], Z={-3: OTHER, -2: GCV, 0: GCV})
    assert gas.how.tolist() == [GasHow.ANALYSIS, GasHow.HELD, GasHow.ANALYSIS, GasHow.HELD]
    assert gas.gcv.tolist() == [GCV] * 4
    assert gas.before.tolist() == [OTHER, GCV, GCV, GCV]
    assert gas.analysed.tolist() == [FIRST - 2, FIRST - 2, FIRST, FIRST]
    assert gas.age_h.tolist() == [0, 1, 0, 1]
    assert gas.chromatograph.tolist() == [1] * 4
    assert is_by_analysis(gas).all()


def test_hours_that_nobody_serves() -> None:
    """No calorific value; too old for every bound where somebody should serve, of no age where nobody is named."""
    silent = gas_of([Attribution(FIRST, "Z"), Attribution(FIRST + 2, "", contract_gcv=CONTRACT)])
    assert silent.how.tolist() == [GasHow.NONE] * 4
    assert set(silent.gcv.tolist()) == {ABSENT}
    assert silent.age_h[:2].tolist() == [np.inf, np.inf]
    assert np.isnan(silent.age_h[2:]).all()
    told = with_fallback(silent, np.array([ABSENT, GCV, GCV, GCV]))
    assert told.how.tolist() == [GasHow.NONE, GasHow.MONTH_MEAN, GasHow.CONTRACT, GasHow.CONTRACT]
    assert told.gcv.tolist() == [ABSENT, GCV, CONTRACT, CONTRACT]
    assert not is_by_analysis(told).any()


def test_a_line_names_its_chromatographs_by_the_order_in_which_they_were_told() -> None:
    """An hour at rest keeps the number, so a later word must not change it; when it was told makes no difference."""
    first, second = Attribution(FIRST, "Z", others=("L",)), Attribution(FIRST + 9, "A", contract_gcv=CONTRACT)
    assert LineGas.of([first]).names == ("Z", "L")
    assert LineGas.of([first, second]).names == ("Z", "L", "A")
    replaced = Attribution(FIRST, "A", known_at_ms=7)
    gas = LineGas.of([first, replaced])
    assert (gas.names, gas.serving) == (("Z", "L", "A"), ("A",))
    assert gas_of([first, replaced], A={0: GCV}).chromatograph[0] == 3
    assert gas == LineGas.of([first, Attribution(FIRST, "A", known_at_ms=9)])


def test_which_hours_take_gas() -> None:
    """Those with a normalised volume of which neither energy nor calorific value was sent, and those that have some."""
    rows = rows_of(
        hour_row(volume=1_000),
        hour_row(volume=1_000, energy=11_000),
        hour_row(volume=1_000, gcv=GCV),
        hour_row(energy=ABSENT),
        hour_row(volume=1_000, provenance=Provenance.VOLUME_OPERATING),
        hour_row(volume=1_000, quality=Quality.MISSING),
        hour_row(volume=1_000, revision=0),
        hour_row(volume=1_000, energy=11_249, gcv=GCV),
    )
    rows["gas"][7] = GasHow.HELD
    assert takes_gas(rows).tolist() == [True, False, False, False, False, False, False, True]


def test_the_energy_that_follows() -> None:
    """Rounded half to even at a thousandth; without a calorific value there is none."""
    gas = gas_of([Attribution(FIRST, "Z")], 3, Z={0: GCV, 1: 500_000, 2: 500_000})
    rows = rows_of(hour_row(volume=-1_234), hour_row(volume=1), hour_row(volume=3))
    told = given(rows, gas)
    assert told["energy"].tolist() == [-13_881, 0, 2]
    assert told["gas"].tolist() == [GasHow.ANALYSIS] * 3
    assert (told["chromatograph"].tolist(), told["analysed"].tolist()) == ([1] * 3, [FIRST, FIRST + 1, FIRST + 2])
    assert rows["gas"].tolist() == [0] * 3
    nobody = given(rows[:1], gas_of([Attribution(FIRST, "Z")], 1))
    assert (nobody["energy"][0], nobody["gcv"][0], nobody["gas"][0]) == (ABSENT, ABSENT, 0)


def test_energies_at_the_bounds_of_the_quantities() -> None:
    """A product beyond int64 stays exact."""
    gas = gas_of([Attribution(FIRST, "Z")], 1, Z={0: 99_999_999})
    told = given(rows_of(hour_row(volume=9_999_999_999_999)), gas)
    assert told["energy"].tolist() == [round(9_999_999_999_999 * 99_999_999 / 10**6)]


@pytest.mark.parametrize("change", ["gcv", "chromatograph", "analysed", "gas"])
def test_an_hour_that_is_given_the_same_stays(change: str) -> None:
    """Whatever differs makes another revision; a mean that was told once stays as it was."""
    gas = gas_of([Attribution(FIRST, "Z")], 1, Z={0: GCV})
    rows = given(rows_of(hour_row(volume=1_000)), gas)
    assert is_given(rows, gas).all()
    rows[change] += 1
    assert not is_given(rows, gas).any()
    nobody = gas_of([Attribution(FIRST, "Z")], 1)
    mean, later = (with_fallback(nobody, np.array([gcv])) for gcv in (GCV, OTHER))
    assert is_given(given(rows, mean), later).all()


def test_gas_of_parts() -> None:
    """Parts lie behind each other, and some hours may get that of others."""
    gas = gas_of([Attribution(FIRST, "Z")], 2, Z={0: GCV})
    joined = HourGas.joined([gas, gas.only(np.array([], int)), gas])
    assert joined.gcv.tolist() == [GCV] * 4
    others = with_fallback(gas.only(np.array([1])), np.array([OTHER]))
    assert joined.replaced(np.array([3]), others).gcv.tolist() == [GCV, GCV, GCV, OTHER]
    assert joined.gcv.tolist() == [GCV] * 4


def test_the_mean_of_a_month() -> None:
    """Energy by volume, half to even; where nothing flowed there is none."""
    assert mean_gcv(112, 10) == 11_200_000
    assert mean_gcv(1, 0) == ABSENT


def test_who_repeats_a_volume_repeats_the_hour() -> None:
    """Whatever energy it has been given; who sends an energy of his own corrects it."""
    standing = given(rows_of(hour_row(volume=1_000)), gas_of([Attribution(FIRST, "Z")], 1, Z={0: GCV}))[0]
    assert apply(standing, hour_row(volume=1_000)).outcome is Outcome.REPEATED
    corrected = apply(standing, hour_row(volume=1_000, energy=11_249, gcv=GCV))
    assert (corrected.outcome, corrected.row["gas"]) == (Outcome.ACCEPTED, 0)


def test_what_a_partition_keeps_of_analyses() -> None:
    """The later sent wins, then the order of arrival; what burns nowhere, or is kept back, does not serve."""
    kept = np.zeros(3, GAS_TOLD)
    assert take_over(kept, gas_told(np.array([GCV, ABSENT, GCV]), 5, np.array([False, False, True]))).all()
    assert good_gas(kept).tolist() == [True, False, False]
    earlier = gas_told(np.array([OTHER] * 3), 4, np.zeros(3, bool))
    assert not take_over(kept, earlier).any()
    same = gas_told(np.array([OTHER] * 3), 5, np.zeros(3, bool))
    assert take_over(kept, same).all()
    assert kept["gcv"].tolist() == [OTHER] * 3
