"""ISO 6976:2016: calorific values, density and Wobbe index of a real, dry gas from its composition.

The edition of 2016: that of 1995 differs by about 6e-5. Pressure is 101.325 kPa throughout. Nothing is normalised here:
fractions that do not add up to one give a gas that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.components import GROSS, HYDROGEN_ATOMS, MOLAR_MASS, SUMMATION

BELGIAN = "25/0"
"""Burnt at 25 °C, volume at 0 °C: what Belgium bills by."""

_TEMPERATURES_C = {BELGIAN: (25, 0), "15/15": (15, 15), "0/0": (0, 0), "15/0": (15, 0)}
_GAS_CONSTANT = 8.3144621  # J/(mol K)
_PRESSURE_KPA = 101.325
_AIR_MOLAR_MASS = 28.96546  # kg/kmol
_AIR_COMPRESSION = {0: 0.999419, 15: 0.999595}  # by the temperature of the volume, °C
_EVAPORATION = {0: 45.064, 15: 44.431, 25: 44.013}  # of water, kJ/mol, by the temperature of combustion, °C


class UnknownReferenceError(ValueError):
    """Reference conditions of which the table says nothing; the message lists those that it knows."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What gases are like at one reference, each an array with one number a composition.

    Compression factor, relative density (to air of the same reference) and molar mass are those of the mixture; m³ is
    one of the real gas at the reference's volume temperature (m³(n) for 0 °C).
    """

    molar_mass_kg_per_kmol: NDArray[np.float64]
    compression_factor: NDArray[np.float64]
    gcv_mj_per_m3: NDArray[np.float64]
    ncv_mj_per_m3: NDArray[np.float64]
    density_kg_per_m3: NDArray[np.float64]
    relative_density: NDArray[np.float64]
    wobbe_gross_mj_per_m3: NDArray[np.float64]
    wobbe_net_mj_per_m3: NDArray[np.float64]


def properties(fractions: NDArray[np.float64], reference: str = BELGIAN) -> Properties:
    """Return what gases of these compositions are like; each is computed as if it were alone, to the last bit.

    Args:
        fractions: Mole fractions of shape (n, components) in the order of COMPONENTS; a row with NaN gives NaN.
        reference: Combustion and volume temperature in °C: "25/0", "15/15", "0/0" or "15/0".

    Raises:
        UnknownReferenceError: Any other reference.
    """
    combustion_c, volume_c = _temperatures(reference)
    molar_mass = _mixed(fractions, MOLAR_MASS)
    compression = 1 - _mixed(fractions, SUMMATION[volume_c]) ** 2
    molar_volume = compression * _ideal_molar_volume(volume_c)
    gross = _mixed(fractions, GROSS[combustion_c])  # kJ/mol: over m³/kmol that is MJ/m³
    net = gross - _mixed(fractions, HYDROGEN_ATOMS) / 2 * _EVAPORATION[combustion_c]
    gcv, ncv, density = gross / molar_volume, net / molar_volume, molar_mass / molar_volume
    relative = density / air_density_kg_per_m3(reference)
    root = np.sqrt(relative)
    return Properties(molar_mass, compression, gcv, ncv, density, relative, gcv / root, ncv / root)


def air_density_kg_per_m3(reference: str = BELGIAN) -> float:
    """Return the density of dry air: what a gas's density is relative to.

    Raises:
        UnknownReferenceError: A reference that `properties` does not know.
    """
    _, volume_c = _temperatures(reference)
    return _AIR_MOLAR_MASS / (_AIR_COMPRESSION[volume_c] * _ideal_molar_volume(volume_c))


def _temperatures(reference: str) -> tuple[int, int]:
    if reference not in _TEMPERATURES_C:
        raise UnknownReferenceError(f"no data for reference {reference!r}: write one of {', '.join(_TEMPERATURES_C)}")
    return _TEMPERATURES_C[reference]


def _ideal_molar_volume(celsius: int) -> float:
    """Return the m³ that a kmol of ideal gas takes."""
    return _GAS_CONSTANT * (celsius + 273.15) / _PRESSURE_KPA


def _mixed(fractions: NDArray[np.float64], of_components: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Σ x·property, added in the order of the components, whatever the layout and the number of rows."""
    mixed: NDArray[np.float64] = np.multiply(fractions, of_components, order="C").sum(axis=1)
    return mixed
