"""The gas itself: calorific value, temperature, pressure, and what a metered cubic metre is at normal conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deploy.local.simulator.grid import Network
from deploy.local.simulator.noise import bell, smooth
from deploy.local.simulator.weather import weather

if TYPE_CHECKING:
    from deploy.local.simulator.grid import Line, Station
    from deploy.local.simulator.noise import Floats, Ints

# Middle of the band and half its width, kWh/m³(n): H gas 11.3 to 11.7, L gas 9.9 to 10.2.
_GCV_BAND = {Network.H: (11.5, 0.185), Network.L: (10.05, 0.135)}
_NORMAL_PRESSURE_BAR = 1.01325
_NORMAL_KELVIN = 273.15
_Z_NORMAL = 0.9974


def gcv_kwh_per_m3n(seed: int, station: Station, hours: Ints) -> Floats:
    """What the station's chromatograph sees: sources that change over weeks and days, and its own noise."""
    key = f"{seed}/{station.chromatograph}/gcv"
    middle, half_width = _GCV_BAND[station.network]
    drift = 0.7 * smooth(f"{key}/17d", hours, 408) + 0.35 * smooth(f"{key}/2d", hours, 52)
    return np.asarray(middle + half_width * np.tanh(drift) + 0.004 * bell(f"{key}/hour", hours), dtype=np.float64)


def temperature_c(seed: int, line: Line, hours: Ints) -> Floats:
    """Gas temperature in °C: the ground's, a fifth of the weather's moves, and the preheater's hunting."""
    outside = weather(seed, line.station.id, int(hours[0]), len(hours))
    key = f"{seed}/{line.id}/temperature"
    ground = 9.0 + 0.2 * (outside.slow_temperature_c - 10.0)
    return np.asarray(ground + 0.5 * smooth(f"{key}/12h", hours, 12) + 0.25 * bell(key, hours), dtype=np.float64)


def pressure_bar_abs(seed: int, line: Line, hours: Ints) -> Floats:
    """Pressure in bar absolute: the line's set point, within about one per cent."""
    key = f"{seed}/{line.id}/pressure"
    moves = 0.003 * smooth(f"{key}/20h", hours, 20) + 0.001 * bell(key, hours)
    return np.asarray(line.pressure_bar_abs * (1 + moves), dtype=np.float64)


def normal_per_operating(pressure_bar: Floats, gas_temperature_c: Floats) -> Floats:
    """M³(n) in one operating m³: (p/1.01325) · (273.15/T) · (Zn/Z), as in the chain of domain rule *Normalised volume*.

    Z is one straight line through the published point of ISO 12213-2 gas 1 (51.01325 bar, 10 °C: Z = 0.887), eased by
    half a per cent a kelvin: 0.99 at 5 bar, 0.87 at 58 bar. Good to some tenths of a per cent: enough to look right
    and to agree with itself, not a method to bill by.
    """
    z = 1.0 - 0.00222 * pressure_bar * (1.0 - 0.005 * (gas_temperature_c - 10.0))
    kelvin = gas_temperature_c + _NORMAL_KELVIN
    return np.asarray(
        pressure_bar / _NORMAL_PRESSURE_BAR * (_NORMAL_KELVIN / kelvin) * (_Z_NORMAL / z), dtype=np.float64
    )
