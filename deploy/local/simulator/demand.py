"""How much gas is taken: the share of a line's capacity, hour by hour, for each kind of customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deploy.local.simulator.grid import Profile
from deploy.local.simulator.noise import bell, smooth
from deploy.local.simulator.weather import local_clock, weather

if TYPE_CHECKING:
    from collections.abc import Callable

    from deploy.local.simulator.grid import Line
    from deploy.local.simulator.noise import Floats, Ints
    from deploy.local.simulator.weather import LocalClock, Weather

# By local hour of the day, 0 to 23; the mean of each is about 1.
_HEATING = np.array([.66, .62, .61, .63, .72, .95, 1.28, 1.42, 1.34, 1.18, 1.08, 1.02,
                     1.00, .97, .97, 1.00, 1.10, 1.24, 1.30, 1.26, 1.16, 1.02, .86, .73])  # fmt: skip
_HOT_WATER = np.array([.50, .42, .40, .42, .55, .85, 1.35, 1.55, 1.40, 1.20, 1.10, 1.15,
                       1.20, 1.10, 1.00, 1.00, 1.10, 1.30, 1.45, 1.40, 1.20, 1.00, .80, .60])  # fmt: skip
_SHIFTS = np.array([.92, .91, .91, .91, .93, .97, 1.04, 1.07, 1.08, 1.08, 1.07, 1.05,
                    1.04, 1.06, 1.07, 1.06, 1.04, 1.03, 1.02, 1.00, .99, .97, .95, .93])  # fmt: skip
_POWER_PRICE = np.array([-.6, -.8, -.9, -.9, -.7, -.3, .3, .7, .8, .5, .2, .0,
                         -.2, -.3, -.2, .0, .4, .9, 1.1, 1.0, .6, .2, -.1, -.4])  # fmt: skip
_WEEKEND = 5  # Saturday, Monday = 0
_HEATING_BELOW_C = 15.5
_FULLEST = 0.95  # of capacity: a station is never laid out to run at its limit


def load(seed: int, line: Line, first_hour: int, count: int) -> Floats:
    """The true load of a line over consecutive hours as a share of its capacity (negative: the other way)."""
    hours = np.arange(first_hour, first_hour + count)
    key = f"{seed}/{line.id}/load"
    clock = local_clock(first_hour, count)
    shape = _SHAPES[line.profile](key, hours, clock, weather(seed, line.station.id, first_hour, count))
    noise = 1.0 + 0.012 * bell(f"{key}/hour", hours)
    return np.asarray(np.clip(shape, -_FULLEST, _FULLEST) * noise, dtype=np.float64)


def _distribution(key: str, hours: Ints, clock: LocalClock, outside: Weather) -> Floats:
    """Homes and shops: hot water all year, heating below some 15 °C, peaks in the morning and the evening."""
    felt = 0.75 * outside.slow_temperature_c + 0.25 * outside.temperature_c
    heating = 3.0 * np.logaddexp(0.0, (_HEATING_BELOW_C - felt) / 3.0)  # bends softly at the limit
    share = 0.06 * _HOT_WATER[clock.hour_of_day] + 0.017 * heating * _HEATING[clock.hour_of_day]
    weekend = np.where(clock.weekday >= _WEEKEND, 0.97, 1.0)
    return np.asarray(share * weekend * (1 + 0.06 * smooth(f"{key}/30h", hours, 30)), dtype=np.float64)


def _industry(key: str, hours: Ints, clock: LocalClock, outside: Weather) -> Floats:
    """Works in shifts: quieter at the weekend, orders that come and go over days, a little space heating."""
    weekend = np.where(clock.weekday >= _WEEKEND, 0.87, 1.0)
    orders = 1 + 0.06 * smooth(f"{key}/60d", hours, 1440) + 0.07 * smooth(f"{key}/4d", hours, 100)
    heating = 1 + 0.004 * (10.0 - outside.slow_temperature_c)
    busy = orders * heating * (1 + 0.02 * smooth(f"{key}/4h", hours, 4))
    return np.asarray(0.58 * _SHIFTS[clock.hour_of_day] * weekend * busy, dtype=np.float64)


def _power_plant(key: str, hours: Ints, clock: LocalClock, outside: Weather) -> Floats:
    """Follows the price of power: peaks of the day, calm days without wind, cold; never below its minimum load."""
    wind = 0.9 * smooth(f"{key}/wind", hours, 40) + 0.5 * smooth(f"{key}/sun", hours, 14)
    price = _POWER_PRICE[clock.hour_of_day] + wind + 0.03 * (10.0 - outside.slow_temperature_c)
    price = price - np.where(clock.weekday >= _WEEKEND, 0.35, 0.0)
    return np.asarray(0.26 + 0.56 / (1 + np.exp(-1.1 * price)), dtype=np.float64)


def _interconnection(key: str, hours: Ints, clock: LocalClock, _outside: Weather) -> Floats:
    """Line pack moved between two grids: in by day, at the quietest hours of the night out."""
    swing = np.cos(2 * np.pi * (clock.hour_of_day - 14) / 24)
    return np.asarray(0.30 + 0.36 * swing + 0.06 * smooth(f"{key}/2d", hours, 50), dtype=np.float64)


_SHAPES: dict[Profile, Callable[[str, Ints, LocalClock, Weather], Floats]] = {
    Profile.DISTRIBUTION: _distribution,
    Profile.INDUSTRY: _industry,
    Profile.POWER_PLANT: _power_plant,
    Profile.INTERCONNECTION: _interconnection,
}
