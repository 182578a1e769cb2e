"""ISO 6976:2016: calorific values, density and Wobbe index of a real, dry gas from its composition.

The edition of 2016: that of 1995 differs by about 6e-5. Pressure is 101.325 kPa throughout. Nothing is normalised here:
fractions that do not add up to one give a gas that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.components import (
    FAHRENHEIT_60,
    GROSS,
    GROSS_UNCERTAINTY,
    HYDROGEN_ATOMS,
    MOLAR_MASS,
    SUMMATION,
    SUMMATION_UNCERTAINTY,
)
from shared.domain.physics.gas_error import GasError, GasReason

EDITION = "ISO 6976:2016"
BELGIAN = "25/0"
"""Burnt at 25 °C, volume at 0 °C: what Belgium bills by."""
KREF_DEFINITION = "compression factor at 0 °C and 1.01325 bar (ISO 6976:2016)"
"""Operators publish a Kref beside density and Wobbe index and define it nowhere: ours says what it is."""

ZERO_C_K = 273.15
_TEMPERATURES_C: dict[str, tuple[float, float]] = {
    BELGIAN: (25, 0),
    "15/15": (15, 15),
    "0/0": (0, 0),
    "15/0": (15, 0),
    "20/20": (20, 20),
    "60/60F": (FAHRENHEIT_60, FAHRENHEIT_60),
}
REFERENCES = tuple(_TEMPERATURES_C)
"""Combustion and volume temperature, in °C but for the last."""
_GAS_CONSTANT = 8.3144621  # J/(mol K)
_GAS_CONSTANT_UNCERTAINTY = 0.0000075
_PRESSURE_KPA = 101.325
_AIR_MOLAR_MASS = 28.96546  # kg/kmol
_AIR_COMPRESSION = {0: 0.999419, 15: 0.999595, FAHRENHEIT_60: 0.999601, 20: 0.999645}  # by the volume's temperature
_EVAPORATION = {0: 45.064, 15: 44.431, FAHRENHEIT_60: 44.408, 20: 44.222, 25: 44.013}  # kJ/mol, by that of combustion


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
        fractions: Mole fractions of shape (n, components), the first ones of KNOWN; a row with NaN gives NaN.
        reference: Combustion and volume temperature: one of REFERENCES.

    Raises:
        GasError: Any other reference.
    """
    combustion_c, volume_c = temperatures_c(reference)
    molar_mass = _mixed(fractions, MOLAR_MASS)
    compression = compression_factor_at(fractions, volume_c)
    molar_volume = compression * _ideal_molar_volume(volume_c)
    gross = _mixed(fractions, GROSS[combustion_c])  # kJ/mol: over m³/kmol that is MJ/m³
    net = gross - _mixed(fractions, HYDROGEN_ATOMS) / 2 * _EVAPORATION[combustion_c]
    gcv, ncv, density = gross / molar_volume, net / molar_volume, molar_mass / molar_volume
    relative = density / air_density_kg_per_m3(reference)
    root = np.sqrt(relative)
    return Properties(molar_mass, compression, gcv, ncv, density, relative, gcv / root, ncv / root)


def compression_factor_at(fractions: NDArray[np.float64], volume_c: float) -> NDArray[np.float64]:
    """Return the compression factors at 101.325 kPa and one of the volume temperatures, Z = 1 - (Σ x·s)²."""
    factor: NDArray[np.float64] = 1 - _mixed(fractions, SUMMATION[volume_c]) ** 2
    return factor


def kref(fractions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Kref, as KREF_DEFINITION says."""
    return compression_factor_at(fractions, 0)


def gcv_uncertainty_mj_per_m3(
    fractions: NDArray[np.float64], of_fractions: NDArray[np.float64], reference: str = BELGIAN
) -> NDArray[np.float64]:
    """Return the standard uncertainty (k = 1) of the gross calorific value: Annex B, formula B.6 over Z.

    Args:
        fractions: Mole fractions of shape (n, components), as for `properties`.
        of_fractions: Their standard uncertainties, of the same shape, taken to be uncorrelated; 0 leaves what is
            uncertain in the tables.
        reference: One of REFERENCES.

    Raises:
        GasError: Any other reference.
    """
    combustion_c, volume_c = temperatures_c(reference)
    width = fractions.shape[1]
    gross, summed = _mixed(fractions, GROSS[combustion_c]), _mixed(fractions, SUMMATION[volume_c])
    compression = 1 - summed**2
    sensitivity = GROSS[combustion_c][:width] / gross[:, None]
    sensitivity = sensitivity + 2 * SUMMATION[volume_c][:width] * (summed / compression)[:, None]
    relative = (
        ((sensitivity * of_fractions) ** 2).sum(axis=1)
        + ((fractions * GROSS_UNCERTAINTY[:width]) ** 2).sum(axis=1) / gross**2
        + 4 * (summed / compression) ** 2 * ((fractions * SUMMATION_UNCERTAINTY[:width]) ** 2).sum(axis=1)
        + (_GAS_CONSTANT_UNCERTAINTY / _GAS_CONSTANT) ** 2
    )
    uncertainty: NDArray[np.float64] = np.sqrt(relative) * gross / (compression * _ideal_molar_volume(volume_c))
    return uncertainty


def air_density_kg_per_m3(reference: str = BELGIAN) -> float:
    """Return the density of dry air: what a gas's density is relative to.

    Raises:
        GasError: A reference that `properties` does not know.
    """
    _, volume_c = temperatures_c(reference)
    return _AIR_MOLAR_MASS / (_AIR_COMPRESSION[volume_c] * _ideal_molar_volume(volume_c))


def temperatures_c(reference: str) -> tuple[float, float]:
    """Return the temperatures of combustion and volume of a reference, in °C.

    Raises:
        GasError: Not one of REFERENCES.
    """
    if reference not in _TEMPERATURES_C:
        text = f"no data for reference {reference[:40]!r}: write one of {', '.join(REFERENCES)}"
        raise GasError(GasReason.UNKNOWN_REFERENCE, "reference", text)
    return _TEMPERATURES_C[reference]


def _ideal_molar_volume(celsius: float) -> float:
    """Return the m³ that a kmol of ideal gas takes."""
    return _GAS_CONSTANT * (celsius + ZERO_C_K) / _PRESSURE_KPA


def _mixed(fractions: NDArray[np.float64], of_components: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Σ x·property, added in the order of the components, whatever the layout and the number of rows."""
    width = fractions.shape[1]
    mixed: NDArray[np.float64] = np.multiply(fractions, of_components[:width], order="C").sum(axis=1)
    return mixed
