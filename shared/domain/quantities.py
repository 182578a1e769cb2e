"""Numbers of the trade as scaled integers, so that sums are exact whatever the order in which hours arrive.

1 kWh = 3.6 MJ exactly. ABSENT marks a value that was not sent. The bounds are those of any conceivable line, not of
a plausible one: they keep volume · temperature, summed over a month of 745 hours, inside int64.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

ABSENT = -(2**63)
"""Stands for "no value" in integer columns; never a quantity."""


class QuantityError(ValueError):
    """A number that no line can have sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured quantity: its field name with unit, how it is scaled to an integer, and its bounds in that unit."""

    field: str
    scale: int
    lowest: int
    highest: int

    def scaled(self, number: float | Decimal) -> int:
        """Return `number` times the scale, rounded half to even: how a value passes the door once and for all.

        Raises:
            QuantityError: not a finite number, or outside the bounds.
        """
        exact = Decimal(str(number)) if isinstance(number, float) else Decimal(number)
        if not exact.is_finite():
            raise QuantityError(f"{self.field} is not a finite number")
        if not self.lowest <= exact <= self.highest:
            raise QuantityError(f"{self.field} lies outside {self.lowest} to {self.highest}")
        return int(exact.quantize(Decimal(1) / self.scale, ROUND_HALF_EVEN) * self.scale)


VOLUME = Quantity("volume_m3n", 1_000, -10_000_000, 10_000_000)
ENERGY = Quantity("energy_kwh", 1_000, -1_000_000_000, 1_000_000_000)
GCV = Quantity("gcv_kwh_per_m3n", 1_000_000, 0, 1_000)
TEMPERATURE = Quantity("temperature_c", 1_000, -273, 300)
INDEX = Quantity("index_m3", 1_000, 0, 1_000_000_000_000)
VOLUME_OPERATING = Quantity("volume_operating_m3", 1_000, -10_000_000, 10_000_000)
PRESSURE = Quantity("pressure_bar_abs", 1_000, 0, 1_000)
QUANTITIES = (VOLUME, ENERGY, GCV, TEMPERATURE, INDEX, VOLUME_OPERATING, PRESSURE)
"""What an hour may carry, in the order of the telegram."""


class EnergyUnit(StrEnum):
    """Unit in which energy and calorific values are shown."""

    KWH = "kWh"
    GJ = "GJ"
    MJ = "MJ"


def energies_of(volume: NDArray[np.int64], gcv: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the energies of normalised volumes, rounded half to even as `rounded` does: exact; ABSENT where one is.

    Args:
        volume: Thousandths of m³(n).
        gcv: Millionths of kWh/m³(n).
    """
    known = (volume != ABSENT) & (gcv != ABSENT)
    left, right = np.where(known, volume, 0), np.where(known, gcv, 0)
    if int(np.abs(left).max(initial=0)) * int(np.abs(right).max(initial=0)) >= _INT64_SAFE:
        left, right = left.astype(object), right.astype(object)
    product = left * right
    whole = product // GCV.scale
    twice = (product - whole * GCV.scale) * 2
    up = (twice > GCV.scale) | ((twice == GCV.scale) & (whole % 2 == 1))
    return np.where(known, whole + up, ABSENT).astype(np.int64)


_INT64_SAFE = 2**62
_PER_KWH = {EnergyUnit.KWH: Fraction(1), EnergyUnit.MJ: Fraction(36, 10), EnergyUnit.GJ: Fraction(36, 10_000)}
_ENERGY_PLACES = {EnergyUnit.KWH: 3, EnergyUnit.MJ: 4, EnergyUnit.GJ: 7}
_GCV_PLACES = {EnergyUnit.KWH: 4, EnergyUnit.MJ: 4, EnergyUnit.GJ: 7}
_TEMPERATURE_PLACES = 2


def rounded(value: Fraction, places: int) -> Decimal:
    """Return an exact fraction at a number of decimal places, half to even."""
    return Decimal(round(value * 10**places)).scaleb(-places)


def volume_m3n(thousandths: int) -> Decimal:
    """Return a volume in m³(n) with its three places: exact."""
    return Decimal(thousandths).scaleb(-3)


def energy(thousandths_kwh: int, unit: EnergyUnit) -> Decimal:
    """Return an energy in `unit`: kWh with three places, MJ with four, GJ with seven; exact in each."""
    return rounded(Fraction(thousandths_kwh, ENERGY.scale) * _PER_KWH[unit], _ENERGY_PLACES[unit])


def gcv_of_sums(energy_thousandths_kwh: int, volume_thousandths_m3n: int, unit: EnergyUnit) -> Decimal | None:
    """Return the calorific value of a period, ΣE / ΣVn per m³(n) in `unit`, or None where ΣVn = 0.

    Energy-weighted, never the mean of calorific values. kWh and MJ with four places, GJ with seven.
    """
    if volume_thousandths_m3n == 0:
        return None
    return rounded(Fraction(energy_thousandths_kwh, volume_thousandths_m3n) * _PER_KWH[unit], _GCV_PLACES[unit])


def gcv_reported(millionths_kwh_per_m3n: int, unit: EnergyUnit) -> Decimal:
    """Return a reported calorific value per m³(n) in `unit`, rounded like a computed one."""
    return rounded(Fraction(millionths_kwh_per_m3n, GCV.scale) * _PER_KWH[unit], _GCV_PLACES[unit])


def temperature_of_moment(moment: int, volume_thousandths: int) -> Decimal | None:
    """Return the volume-weighted temperature in °C (two places), or None where the volume is 0.

    `moment` is Σ volume · temperature, both scaled.
    """
    if volume_thousandths == 0:
        return None
    return rounded(Fraction(moment, volume_thousandths * TEMPERATURE.scale), _TEMPERATURE_PLACES)
