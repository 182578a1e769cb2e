"""What a fault does to the values of its hour. Operating volume and index stay true, except in a frozen hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deploy.local.simulator.faults import CODE, Fault, frozen_runs
from deploy.local.simulator.noise import uniform
from deploy.local.simulator.scales import SCALE, energy_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deploy.local.simulator.grid import Line
    from deploy.local.simulator.noise import Flags, Floats, Ints

_STANDS_STILL = [name for name in SCALE if name != "index_m3"]
_UNIT_FACTORS = np.array([10.0, 0.1, 1000.0, 0.001])
_UNIT_STRETCH_HOURS = 4320  # a line that jumps does so by one factor for months, as one mistake is made once
_SPIKE_TIMES = (3.2, 6.0)
_SPIKE_LEAST = 0.01  # of capacity: a spike out of a standstill
_NEGATIVE_TIMES = (0.02, 0.3)
_BAD_GCV_TIMES = (0.82, 1.16)  # both leave the H band and the L band of rule D8
_DAY_AROUND_HOURS = 23


def corrupt(seed: int, line: Line, rows: NDArray[np.void], own: slice) -> None:
    """Apply, in place, the faults that the rows carry; what lies outside `own` is neighbourhood and stays true."""
    key = f"{seed}/{line.id}/depth"
    fault = np.zeros_like(rows["fault"])
    fault[own] = rows["fault"][own]
    _misread_gcv(f"{seed}/{line.station.chromatograph}/depth", rows, fault == CODE[Fault.BAD_GCV])
    least = _SPIKE_LEAST * line.capacity_m3n_per_h * SCALE["volume_m3n"]
    spiked = _spiked(key, rows, fault == CODE[Fault.SPIKE], int(least))
    _freeze(seed, line, rows, fault == CODE[Fault.FROZEN])
    _replace_volume(rows, fault == CODE[Fault.SPIKE], spiked)
    _replace_volume(rows, fault == CODE[Fault.UNIT_JUMP], rows["volume_m3n"] * _unit_factor(key, rows["hour"]))
    share = _between(_NEGATIVE_TIMES, uniform(key, rows["hour"]))
    _replace_volume(rows, fault == CODE[Fault.NEGATIVE], -np.abs(rows["volume_m3n"]) * share)


def _replace_volume(rows: NDArray[np.void], where: Flags, volume: Floats) -> None:
    """Put another normalised volume in, with the energy that a flow computer makes of it."""
    rows["volume_m3n"][where] = np.rint(volume[where])
    rows["energy_kwh"][where] = energy_of(rows[where])


def _misread_gcv(key: str, rows: NDArray[np.void], where: Flags) -> None:
    """Another calorific value beside an energy that was made with the right one: D7 as well as D8 can see it."""
    times = np.where(uniform(key, rows["hour"] // 24) < 0.5, *_BAD_GCV_TIMES)
    rows["gcv_kwh_per_m3n"][where] = np.rint(rows["gcv_kwh_per_m3n"] * times)[where]


def _spiked(key: str, rows: NDArray[np.void], where: Flags, least: int) -> Floats:
    """The volume of a spike: a multiple of the highest true volume of the day before and after."""
    volume: Ints = rows["volume_m3n"]
    spiked = volume.astype(np.float64)
    times = _between(_SPIKE_TIMES, uniform(key, rows["hour"]))
    for place in np.flatnonzero(where):
        around = volume[place - _DAY_AROUND_HOURS : place + _DAY_AROUND_HOURS + 1]
        spiked[place] = max(int(np.abs(around).max()), least) * times[place]
    return spiked


def _freeze(seed: int, line: Line, rows: NDArray[np.void], where: Flags) -> None:
    """Repeat what was true in the first hour of the run; only the mechanical counter goes on."""
    first_hour = frozen_runs(seed, line, rows["hour"]).first_hour
    source = (first_hour - rows["hour"][0])[where]
    for name in _STANDS_STILL:
        rows[name][where] = rows[name][source]


def _unit_factor(key: str, hours: Ints) -> Floats:
    """By how much the unit is off."""
    pick = (uniform(f"{key}/unit", hours // _UNIT_STRETCH_HOURS) * len(_UNIT_FACTORS)).astype(np.int64)
    return np.asarray(_UNIT_FACTORS[pick], dtype=np.float64)


def _between(bounds: tuple[float, float], share: Floats) -> Floats:
    """A number between two bounds."""
    return bounds[0] + share * (bounds[1] - bounds[0])
