"""The hours of a line as they are measured, faults included, in whole numbers of the resolution that is sent.

Hours are made in fixed blocks, always whole, and cut afterwards: every slice shows the same numbers. The index is
chained from block to block, from the simulator's first hour on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deploy.local.simulator.corruption import corrupt
from deploy.local.simulator.demand import load
from deploy.local.simulator.faults import CODE, LONGEST_FROZEN_HOURS, NEVER, Fault, delivery_hours, value_faults
from deploy.local.simulator.gas import gcv_kwh_per_m3n, normal_per_operating, pressure_bar_abs, temperature_c
from deploy.local.simulator.noise import uniform
from deploy.local.simulator.scales import HOUR, SCALE, energy_of

if TYPE_CHECKING:
    from deploy.local.simulator.grid import Line
    from deploy.local.simulator.noise import Floats, Ints

Hours: TypeAlias = NDArray[np.void]

FIRST_HOUR = 447072  # 2021-01-01T00:00Z: before it there is no gas
BLOCK_HOURS = 4096
# A block also knows its neighbourhood: where a frozen run began, and the day around a spike.
_BEFORE = max(LONGEST_FROZEN_HOURS, 24)
_AFTER = 24
# Some blocks for each line: the backfill walks forward, and looks back less than one block.
_KEPT_BLOCKS = 64


class TooEarlyError(ValueError):
    """An hour was asked that lies before the simulator's first."""


def hours_of(seed: int, line: Line, first_hour: int, last_hour: int) -> Hours:
    """The hours of a line, both bounds included, as rows of HOUR; `delivered` is NEVER in a gap.

    Raises:
        TooEarlyError: the first hour lies before the simulator's first.
    """
    refuse_too_early(first_hour)
    blocks = range((first_hour - FIRST_HOUR) // BLOCK_HOURS, (last_hour - FIRST_HOUR) // BLOCK_HOURS + 1)
    if not blocks:
        return np.empty(0, dtype=HOUR)
    rows = [_reported(seed, line, block) for block in blocks]
    begin = first_hour - FIRST_HOUR - blocks[0] * BLOCK_HOURS
    joined = rows[0] if len(rows) == 1 else np.concatenate(rows)
    return joined[begin : begin + last_hour - first_hour + 1]


def true_hours(seed: int, line: Line, first_hour: int, last_hour: int) -> Hours:
    """The hours of a line as they are in truth, both bounds included: no fault, each sent at once.

    Raises:
        TooEarlyError: the first hour lies before the simulator's first.
    """
    refuse_too_early(first_hour)
    blocks = range((first_hour - FIRST_HOUR) // BLOCK_HOURS, (last_hour - FIRST_HOUR) // BLOCK_HOURS + 1)
    joined = np.concatenate([_true_block(seed, line, block) for block in blocks])
    begin = first_hour - FIRST_HOUR - blocks[0] * BLOCK_HOURS
    return joined[begin : begin + last_hour - first_hour + 1]


def _true_block(seed: int, line: Line, block: int) -> Hours:
    truth = _true(seed, line, block)
    rows = truth.rows[truth.own].copy()
    rows["index_m3"] = _index_before(seed, line, block) + np.cumsum(rows["volume_operating_m3"])
    rows["delivered"] = rows["hour"]
    return rows


def refuse_too_early(first_hour: int) -> None:
    """Raise TooEarlyError for an hour before the simulator's first."""
    if first_hour < FIRST_HOUR:
        raise TooEarlyError(f"hour {first_hour} lies before {FIRST_HOUR}, where the simulated gas begins")


class _Truth(NamedTuple):
    """A block's rows with its neighbourhood, before anything goes wrong."""

    rows: Hours
    own: slice


@lru_cache(maxsize=_KEPT_BLOCKS)
def _true(seed: int, line: Line, block: int) -> _Truth:
    """What really flows. The meter is read first: Vn follows from operating volume, pressure and temperature."""
    start = FIRST_HOUR + block * BLOCK_HOURS
    rows = np.zeros(_BEFORE + BLOCK_HOURS + _AFTER, dtype=HOUR)
    hours = rows["hour"] = np.arange(start - _BEFORE, start + BLOCK_HOURS + _AFTER)
    _store(rows, "pressure_bar_abs", pressure_bar_abs(seed, line, hours))
    _store(rows, "temperature_c", temperature_c(seed, line, hours))
    _store(rows, "gcv_kwh_per_m3n", gcv_kwh_per_m3n(seed, line.station, hours))
    factor = normal_per_operating(_value(rows, "pressure_bar_abs"), _value(rows, "temperature_c"))
    volume = load(seed, line, int(hours[0]), len(hours)) * line.capacity_m3n_per_h
    _store(rows, "volume_operating_m3", volume / factor)
    _store(rows, "volume_m3n", _value(rows, "volume_operating_m3") * factor)
    rows["energy_kwh"] = energy_of(rows)
    return _Truth(rows, slice(_BEFORE, _BEFORE + BLOCK_HOURS))


@lru_cache(maxsize=4096)
def _index_before(seed: int, line: Line, block: int) -> int:
    """The counter when a block begins, in thousandths of m³."""
    if block == 0:
        return int(1e10 + uniform(f"{seed}/{line.id}/index", np.array([0]))[0] * 5e10)
    truth = _true(seed, line, block - 1)
    return _index_before(seed, line, block - 1) + int(truth.rows["volume_operating_m3"][truth.own].sum())


@lru_cache(maxsize=_KEPT_BLOCKS)
def _reported(seed: int, line: Line, block: int) -> Hours:
    """A block as the station reports it."""
    index_before = _index_before(seed, line, block)
    truth = _true(seed, line, block)
    rows = truth.rows.copy()
    operating = rows["volume_operating_m3"][truth.own]
    rows["index_m3"][truth.own] = index_before + np.cumsum(operating)
    rows["fault"] = value_faults(seed, line, rows["hour"])
    corrupt(seed, line, rows, truth.own)
    delivered = delivery_hours(seed, line, rows["hour"])
    rows["delivered"] = np.where(rows["fault"] == CODE[Fault.GAP], NEVER, delivered)
    mine = rows[truth.own].copy()
    mine.flags.writeable = False  # it is shared by all who ask
    return mine


def _store(rows: Hours, name: str, values: Floats) -> None:
    """Round to the resolution that is sent."""
    rows[name] = np.rint(values * SCALE[name])


def _value(rows: Hours, name: str) -> Floats:
    """What was stored, as a number in the unit of its name."""
    whole: Ints = rows[name]
    return np.asarray(whole / SCALE[name], dtype=np.float64)
