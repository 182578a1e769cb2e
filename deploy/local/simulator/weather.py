"""The clock on the wall and the weather outside: what demand follows."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from deploy.local.simulator.noise import bell, smooth
from shared.domain import gas_time

if TYPE_CHECKING:
    from deploy.local.simulator.noise import Floats, Ints

_HOURS_PER_YEAR = 8766.0
_COLDEST = 0.055  # of the year: 20 January
_EPOCH_HOURS = date(1970, 1, 1).toordinal() * 24
_THURSDAY = 3  # 1 January 1970, Monday = 0


class LocalClock(NamedTuple):
    """For each hour: local hour of the day (0 to 23) and local weekday (Monday = 0)."""

    hour_of_day: Ints
    weekday: Ints


@lru_cache(maxsize=4)
def local_clock(first_hour: int, count: int) -> LocalClock:
    """The local clock of consecutive UTC hours: habits follow it. Gas days are not decided here."""
    clock = [gas_time.local_start(hour) for hour in range(first_hour, first_hour + count)]
    local = np.array([moment.toordinal() * 24 + moment.hour for moment in clock], dtype=np.int64) - _EPOCH_HOURS
    return LocalClock(local % 24, (local // 24 + _THURSDAY) % 7)


class Weather(NamedTuple):
    """Outside temperature in °C for each hour, and the slow part of it, which buildings and the ground feel."""

    temperature_c: Floats
    slow_temperature_c: Floats


@lru_cache(maxsize=16)
def weather(seed: int, station: str, first_hour: int, count: int) -> Weather:
    """Season, fronts that last days, the day's swing and the place's own difference, over consecutive hours."""
    hours = np.arange(first_hour, first_hour + count)
    of_year = hours / _HOURS_PER_YEAR
    season = 10.8 - 7.4 * np.cos(2 * np.pi * (of_year - _COLDEST))
    fronts = 1.8 * smooth(f"{seed}/weather/10d", hours, 240) + 2.2 * smooth(f"{seed}/weather/3d", hours, 72)
    slow = season + fronts + 0.4 * smooth(f"{seed}/weather/{station}", hours, 96)
    swing = 2.2 - 1.2 * np.cos(2 * np.pi * (of_year - _COLDEST))  # a summer day swings more than a winter day
    of_day = -swing * np.cos(2 * np.pi * (hours % 24 - 3) / 24)  # coldest about 03:00 UTC
    fast = 0.8 * smooth(f"{seed}/weather/clouds", hours, 9) + 0.15 * bell(f"{seed}/weather/hour/{station}", hours)
    return Weather(slow + of_day + fast, slow)
