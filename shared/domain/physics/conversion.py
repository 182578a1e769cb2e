"""Conversions: of a volume to normal conditions, of energies, and of a gas's properties between references.

A calorific value at other reference conditions depends on the gas: it is converted by what ISO 6976 says of the actual
composition at both, never by one factor for all gases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.iso6976 import ZERO_C_K, Properties, properties

NORMAL_PRESSURE_BAR = 1.01325
MJ_PER_KWH = 3.6
Numbers = NDArray[np.float64]


def normal_volume_m3n(
    volume_m3: Numbers,
    pressure_bar: Numbers,
    temperature_c: Numbers,
    compression_factor: Numbers,
    normal_compression_factor: Numbers,
) -> Numbers:
    """Return the m³(n) of operating volumes: V · (p/1.01325) · (273.15/T) · (Zn/Z); pressures are absolute.

    Both compression factors come from the same method, the second one at 0 °C and 1.01325 bar.
    """
    by_pressure = pressure_bar / NORMAL_PRESSURE_BAR
    by_temperature = ZERO_C_K / (temperature_c + ZERO_C_K)
    volume: Numbers = volume_m3 * by_pressure * by_temperature * (normal_compression_factor / compression_factor)
    return volume


def kwh_of_mj(energy_mj: Numbers) -> Numbers:
    """Return kWh: 1 kWh = 3.6 MJ exactly; so for energies per m³."""
    return energy_mj / MJ_PER_KWH


def between_references(fractions: Numbers, given: str, wanted: str) -> Properties:
    """Return the factors that turn properties at one reference into those at another, one number a composition.

    Args:
        fractions: Mole fractions of shape (n, components), as for `iso6976.properties`.
        given: The reference of what is known.
        wanted: The reference of what is asked for.

    Raises:
        GasError: A reference without data.
    """
    return factors(properties(fractions, given), properties(fractions, wanted))


def factors(known: Properties, asked: Properties) -> Properties:
    """Return what turns properties of gases at one reference into those of the same gases at another."""
    return Properties(*(getattr(asked, name) / getattr(known, name) for name in Properties.__slots__))
