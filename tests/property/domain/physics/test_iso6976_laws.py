"""ISO 6976 as laws: what holds of every gas at every reference."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain.physics.components import COMPONENTS, GROSS, HYDROGEN_ATOMS, MOLAR_MASS, SUMMATION, TABLE
from shared.domain.physics.conversion import between_references
from shared.domain.physics.iso6976 import REFERENCES as ALL_REFERENCES
from shared.domain.physics.iso6976 import gcv_uncertainty_mj_per_m3, properties, temperatures_c

REFERENCES = st.sampled_from(ALL_REFERENCES)
_NOT_BURNING = HYDROGEN_ATOMS[: len(COMPONENTS)] == 0
METHANE = COMPONENTS.index("methane")


def _gas() -> st.SearchStrategy[list[float]]:
    parts = st.lists(st.integers(0, 1_000), min_size=len(COMPONENTS), max_size=len(COMPONENTS)).filter(any)
    return parts.map(lambda whole: [part / sum(whole) for part in whole])


def _gases() -> st.SearchStrategy[NDArray[np.float64]]:
    return st.lists(_gas(), min_size=1, max_size=8).map(np.array)


@given(gases=_gases(), reference=REFERENCES)
def test_wobbe_is_calorific_value_over_the_root_of_relative_density(gases: NDArray[np.float64], reference: str) -> None:
    """W² d = H², gross and net."""
    gas = properties(gases, reference)
    assert gas.wobbe_gross_mj_per_m3**2 * gas.relative_density == pytest.approx(gas.gcv_mj_per_m3**2, rel=1e-12)
    assert gas.wobbe_net_mj_per_m3**2 * gas.relative_density == pytest.approx(gas.ncv_mj_per_m3**2, rel=1e-12)


@given(gases=_gases(), reference=REFERENCES)
def test_net_is_less_than_gross_where_there_is_hydrogen(gases: NDArray[np.float64], reference: str) -> None:
    """What burns to water gives less where the water leaves as steam; the rest gives nothing either way."""
    gas, burns = properties(gases, reference), gases[:, ~_NOT_BURNING].any(axis=1)
    assert (gas.ncv_mj_per_m3[burns] < gas.gcv_mj_per_m3[burns]).all()
    assert (gas.ncv_mj_per_m3[burns] > 0).all()
    assert gas.ncv_mj_per_m3[~burns].tolist() == gas.gcv_mj_per_m3[~burns].tolist() == [0.0] * int((~burns).sum())


@given(first=_gas(), second=_gas(), share=st.floats(0, 1), reference=REFERENCES)
def test_molar_mass_mixes_linearly(first: list[float], second: list[float], share: float, reference: str) -> None:
    """A mixture of two gases weighs what its parts weigh, mole by mole; so do the heats of combustion."""
    ends = np.array([first, second])
    weights = np.array([share, 1 - share])
    gas, mixed = properties(ends, reference), properties((weights @ ends)[np.newaxis], reference)
    assert mixed.molar_mass_kg_per_kmol == pytest.approx([weights @ gas.molar_mass_kg_per_kmol], rel=1e-12)
    heats = gas.gcv_mj_per_m3 * gas.molar_mass_kg_per_kmol / gas.density_kg_per_m3  # times the molar volume
    heat = mixed.gcv_mj_per_m3 * mixed.molar_mass_kg_per_kmol / mixed.density_kg_per_m3
    assert heat == pytest.approx([weights @ heats], rel=1e-12)


@given(reference=REFERENCES, trace=st.floats(0, 1e-9))
def test_an_almost_pure_gas_is_its_component(reference: str, trace: float) -> None:
    """In the limit only its own row of the table counts."""
    combustion_c, volume_c = temperatures_c(reference)
    gases = np.eye(len(TABLE)) * (1 - trace * len(TABLE)) + trace
    gas, factor = properties(gases, reference), 1 - SUMMATION[volume_c] ** 2
    volume = factor * 8.3144621 * (273.15 + volume_c) / 101.325
    assert gas.molar_mass_kg_per_kmol == pytest.approx(MOLAR_MASS, rel=1e-6)
    assert gas.compression_factor == pytest.approx(factor, rel=1e-7)
    assert gas.gcv_mj_per_m3 == pytest.approx(GROSS[combustion_c] / volume, rel=1e-6, abs=1e-5)
    assert gas.density_kg_per_m3 == pytest.approx(MOLAR_MASS / volume, rel=1e-6)


@given(gas=_gas(), share=st.floats(0.001, 0.5), reference=REFERENCES)
def test_more_methane_makes_inert_gas_richer(gas: list[float], share: float, reference: str) -> None:
    """Nitrogen that gives way to methane raises the calorific value."""
    leaner = np.array([gas])
    leaner[:, COMPONENTS.index("nitrogen")] += share
    richer = np.array([gas])
    richer[:, METHANE] += share
    leaner, richer = leaner / leaner.sum(), richer / richer.sum()
    assert properties(richer, reference).gcv_mj_per_m3 > properties(leaner, reference).gcv_mj_per_m3


@given(gases=_gases(), given_at=REFERENCES, wanted=REFERENCES)
def test_a_property_converts_there_and_back(gases: NDArray[np.float64], given_at: str, wanted: str) -> None:
    """By the gas itself: what is converted is what the standard says at the other reference."""
    burning = gases[gases[:, METHANE] > 0]
    there, back = between_references(burning, given_at, wanted), between_references(burning, wanted, given_at)
    known, asked = properties(burning, given_at), properties(burning, wanted)
    assert known.gcv_mj_per_m3 * there.gcv_mj_per_m3 == pytest.approx(asked.gcv_mj_per_m3, rel=1e-12)
    assert there.wobbe_net_mj_per_m3 * back.wobbe_net_mj_per_m3 == pytest.approx(1, rel=1e-12)


@given(gases=_gases(), reference=REFERENCES, uncertain=st.floats(0, 0.01))
def test_uncertainty_grows_with_that_of_the_gas(gases: NDArray[np.float64], reference: str, uncertain: float) -> None:
    """It never falls below what the tables leave."""
    burning = gases[gases[:, METHANE] > 0]
    tables = gcv_uncertainty_mj_per_m3(burning, np.zeros(burning.shape), reference)
    assert (gcv_uncertainty_mj_per_m3(burning, np.full(burning.shape, uncertain), reference) >= tables).all()


@given(gases=_gases(), reference=REFERENCES, turned=st.booleans(), repeats=st.sampled_from([1, 1_000]))
def test_many_are_computed_one_by_one(
    gases: NDArray[np.float64], reference: str, *, turned: bool, repeats: int
) -> None:
    """To the last bit, however many there are and however they lie in memory."""
    batch = np.repeat(gases, repeats, axis=0)
    laid_out = np.asfortranarray(batch) if turned else batch
    together = np.array(astuple(properties(laid_out, reference)))[:, ::repeats]
    alone = [astuple(properties(gas[np.newaxis], reference)) for gas in gases]
    assert together.tolist() == np.concatenate(alone, axis=1).tolist()
