"""Compositions as people state them."""

from __future__ import annotations

import math

import pytest

from shared.domain.physics.composition import composition_of
from shared.domain.physics.gas_error import GasError, GasReason


def test_a_sum_close_to_the_whole_is_normalised_and_told() -> None:
    """Within half a mol %, the first bound of rule D1."""
    gas = composition_of({"methane": 90.0, "ethane": 9.5})
    assert gas.sum_mol_percent == 99.5
    assert gas.fraction("methane") == pytest.approx(90 / 99.5)
    assert gas.fractions.sum() == pytest.approx(1)
    assert gas.fraction("argon") == 0


@pytest.mark.parametrize(
    ("shares", "code", "position"),
    [
        ({"methane": 90.0, "ethane": 9.4}, GasReason.COMPOSITION_SUM, "composition"),
        ({"methane": 100.6}, GasReason.COMPOSITION_SUM, "composition"),
        ({}, GasReason.COMPOSITION_SUM, "composition"),
        ({"methane": 1e308, "ethane": 1e308}, GasReason.COMPOSITION_SUM, "composition"),
        ({"methane": -1.0, "ethane": 101.0}, GasReason.COMPOSITION_NEGATIVE, "composition.methane"),
        ({"methane": math.nan}, GasReason.COMPOSITION_NUMBER, "composition.methane"),
        ({"methane": math.inf}, GasReason.COMPOSITION_NUMBER, "composition.methane"),
        ({"methan": 100.0}, GasReason.UNKNOWN_COMPONENT, "composition.methan"),
    ],
)
def test_what_is_no_composition(shares: dict[str, float], code: GasReason, position: str) -> None:
    """A reason and its place, never a number."""
    with pytest.raises(GasError) as refused:
        composition_of(shares)
    assert (refused.value.code, refused.value.position) == (code, position)
    assert str(refused.value).startswith(f"{code.value} {position}: ")
