"""Compression factors of natural gas at a pressure and temperature, by the three methods of the trade.

SGERG-88 knows a gas by its calorific value, relative density, CO2 and H2; AGA8-DC92 DETAIL and GERG-2008 by its whole
composition. They differ by up to 0.04 %: a line and month keeps to one of them.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyaga8
import pygerg

from shared.domain.physics.components import KNOWN
from shared.domain.physics.composition import Composition
from shared.domain.physics.gas_error import GasError, GasReason
from shared.domain.physics.iso6976 import ZERO_C_K, properties
from shared.domain.physics.method import Method

_RANGES = {  # °C and bar(a) of the equations: SGERG-88 as published, DETAIL's and GERG-2008's extended range
    Method.SGERG88: ((-23.0, 65.0), 120.0),
    Method.AGA8: ((-130.0, 400.0), 2800.0),
    Method.GERG2008: ((-213.15, 426.85), 700.0),
}
PLAUSIBLE = (0.3, 1.1)
"""Between these lies every compression factor of a grid; the equations can return a root that no gas has."""
MOST_HYDROGEN = 0.2
"""Mole fraction of hydrogen up to which blends are computed; SGERG-88 ends at half of it."""
_SEARCH = (0,)
"""How GERG-2008 looks for the density: from the ideal gas, as for a vapour."""
_spare_details: list[Any] = []
"""DETAIL equations that nobody uses now: making one takes a hundred times as long as solving it."""


@dataclass(frozen=True, slots=True)
class SimpleAnalysis:
    """A gas as SGERG-88 knows it: gross calorific value at 25/0, relative density, mole fractions of CO2 and H2."""

    gcv_mj_per_m3: float
    relative_density: float
    carbon_dioxide: float
    hydrogen: float

    @classmethod
    def of(cls, composition: Composition) -> SimpleAnalysis:
        """Return what ISO 6976 makes of a composition."""
        gas = properties(composition.fractions)
        shares = composition.fraction("carbon_dioxide"), composition.fraction("hydrogen")
        return cls(float(gas.gcv_mj_per_m3[0]), float(gas.relative_density[0]), *shares)


@dataclass(frozen=True, slots=True)
class CompressionFactor:
    """A compression factor, with the method that gave it and the edition of its standard."""

    value: float
    method: Method
    edition: str


def compression_factor(
    method: Method, gas: Composition | SimpleAnalysis, pressure_bar: float, temperature_c: float
) -> CompressionFactor:
    """Return the compression factor of a gas.

    Args:
        method: Which equation.
        gas: A composition; for SGERG-88 its simple analysis does as well.
        pressure_bar: Absolute pressure.
        temperature_c: Temperature.

    Raises:
        GasError: Gas or state lie outside the method, the equation has no solution, or its solution is not PLAUSIBLE.
    """
    value = solved(method, gas, pressure_bar, temperature_c)
    lowest, highest = PLAUSIBLE
    if not lowest < value < highest:
        text = f"the equation gives {value:.4g}, which no gas of a grid has: look at gas and state"
        raise GasError(GasReason.IMPLAUSIBLE, "compression_factor", text)
    return CompressionFactor(value, method, method.edition)


def solved(method: Method, gas: Composition | SimpleAnalysis, pressure_bar: float, temperature_c: float) -> float:
    """Return what the equation gives, plausible or not: as `compression_factor`, for who compares equations.

    Raises:
        GasError: Gas or state lie outside the method, or the equation has no solution.
    """
    _within("temperature_c", temperature_c, *_RANGES[method][0], method)
    _within("pressure_bar", pressure_bar, 0.0, _RANGES[method][1], method)
    if pressure_bar == 0:
        raise GasError(GasReason.OUT_OF_RANGE, "pressure_bar", "a vacuum has no compression factor")
    if method is Method.SGERG88:
        simple = SimpleAnalysis.of(gas) if isinstance(gas, Composition) else gas
        return _sgerg88(simple, pressure_bar, temperature_c)
    if isinstance(gas, SimpleAnalysis):
        text = f"{method.value} needs the whole composition: give it, or use {Method.SGERG88.value}"
        raise GasError(GasReason.MISSING_INPUT, "composition", text)
    return _by_composition(method, gas, pressure_bar, temperature_c)


def _sgerg88(gas: SimpleAnalysis, pressure_bar: float, temperature_c: float) -> float:
    _within("gcv_mj_per_m3", gas.gcv_mj_per_m3, 20, 48, Method.SGERG88)
    _within("relative_density", gas.relative_density, 0.55, 0.9, Method.SGERG88)
    _within("carbon_dioxide", gas.carbon_dioxide, 0, 0.3, Method.SGERG88)
    _within("hydrogen", gas.hydrogen, 0, 0.1, Method.SGERG88)
    state = pressure_bar, temperature_c
    try:
        _, value, _ = pygerg.sgerg(gas.carbon_dioxide, gas.gcv_mj_per_m3, gas.relative_density, gas.hydrogen, *state)
    except (ValueError, RuntimeError, ZeroDivisionError, OverflowError) as fault:
        text = f"no gas fits calorific value, density, CO2 and H2 together ({fault})"
        raise GasError(GasReason.NO_SOLUTION, "gas", text) from fault
    return float(value)


_NAMES = {
    "n_hexane": "hexane",
    "n_heptane": "heptane",
    "n_octane": "octane",
    "n_nonane": "nonane",
    "n_decane": "decane",
    "neopentane": "n_pentane",
}
"""What the equations call a component. Neither knows neopentane: ISO 20765-1 has it counted as n-pentane."""


def _by_composition(method: Method, gas: Composition, pressure_bar: float, temperature_c: float) -> float:
    _within("composition.hydrogen", gas.fraction("hydrogen"), 0, MOST_HYDROGEN, method)
    shares: Counter[str] = Counter()
    for name, fraction in zip(KNOWN, gas.fractions[0].tolist(), strict=True):
        shares[_NAMES.get(name, name)] += fraction
    mixture = pyaga8.Composition()
    for name, share in shares.items():
        setattr(mixture, name, share)
    is_detail = method is Method.AGA8
    equation = _spare_detail() if is_detail else pyaga8.Gerg2008()
    try:
        equation.set_composition(mixture)
        equation.temperature, equation.pressure = temperature_c + ZERO_C_K, pressure_bar * 100
        equation.calc_density(*(() if is_detail else _SEARCH))
        equation.calc_properties()
    except (ValueError, RuntimeError) as fault:
        raise GasError(GasReason.NO_SOLUTION, "gas", f"the equation does not converge ({fault})") from fault
    value = float(equation.z)
    if is_detail:
        _spare_details.append(equation)
    return value


def _spare_detail() -> Any:
    try:
        return _spare_details.pop()
    except IndexError:
        return pyaga8.Detail()


def _within(position: str, value: float, lowest: float, highest: float, method: Method) -> None:
    if not math.isfinite(value):
        raise GasError(GasReason.NUMBER, position, f"{value} is no quantity: write a decimal number")
    if not lowest <= value <= highest:
        text = f"{value:g} lies outside {method.value}: from {lowest:g} to {highest:g}"
        raise GasError(GasReason.OUT_OF_RANGE, position, text)
