"""Settling a batch: what becomes of each candidate, and what the days and months say then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Batch
from shared.domain import gas_time
from shared.domain.revision import HOUR, HeldReason, Outcome, apply, apply_first
from shared.domain.rollup import fold_hours

DayKey = tuple[str, date]
MonthKey = tuple[str, str]
OUTCOMES = (Outcome.ACCEPTED, Outcome.REPEATED, Outcome.HELD, Outcome.DEAD_LETTERED)
"""Outcomes by their number in `Settled.outcome`."""
_ACCEPTED, _REPEATED, _HELD, _DEAD = range(4)
_DAY_BITS = 20  # 2**20 days since 1970 reach far beyond 2099


@dataclass(slots=True)
class Places:
    """Where candidates belong: `keys[day[i]]` is row i's line and gas day, `slot[i]` its hour of that day, from 0."""

    keys: list[DayKey]
    day: NDArray[np.int64]
    slot: NDArray[np.int64]


@dataclass(slots=True)
class Settled:
    """What a batch led to.

    `outcome` has the number of an outcome for each candidate. `days` are the gas days that changed (25 HOUR rows and
    the rollup); `months` their slots; `superseded` what hours said before; `held` why candidates were held.
    """

    outcome: NDArray[np.uint8]
    days: dict[DayKey, tuple[NDArray[np.void], np.void]] = field(default_factory=dict)
    superseded: list[tuple[str, int, np.void]] = field(default_factory=list)
    held: dict[int, HeldReason] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def _day(number: int) -> date:
    return gas_time.day_of_number(number)


def places_of(batch: Batch) -> Places:
    """Find the line and gas day of each candidate that was not rejected."""
    days, indexes = gas_time.days_and_indexes(batch.hour)
    key = (batch.line << _DAY_BITS) + days
    distinct, inverse = np.unique(key, return_inverse=True)
    keys = [(batch.lines[number >> _DAY_BITS], _day(number & (2**_DAY_BITS - 1))) for number in distinct.tolist()]
    return Places(keys, inverse.astype(np.int64), indexes.astype(np.int64) - 1)


def settle(batch: Batch, places: Places, days: Mapping[DayKey, NDArray[np.void]]) -> Settled:
    """Decide every candidate of a batch, in order.

    Args:
        batch: The candidates.
        places: Where they belong.
        days: The days as they stand (25 HOUR rows each); one that is not there has nothing yet.
    """
    table = _Table(np.zeros((len(places.keys), gas_time.MAX_HOURS_PER_DAY), HOUR), np.zeros(len(places.keys), np.bool_))
    for number, key in enumerate(places.keys):
        if key in days:
            table.days[number] = days[key]
    settled = Settled(np.zeros(len(batch.candidates), np.uint8))
    settled.outcome[list(batch.rejected)] = _DEAD
    _decide(batch, places, table, settled)
    rollups = fold_hours(table.days[table.changed])
    for place, number in enumerate(np.flatnonzero(table.changed).tolist()):
        settled.days[places.keys[number]] = (table.days[number].copy(), rollups[place])
    return settled


@dataclass(slots=True)
class _Table:
    """The days of a batch while it is decided: (days, 25) HOUR rows, and which days changed."""

    days: NDArray[np.void]
    changed: NDArray[np.bool_]


def _decide(batch: Batch, places: Places, table: _Table, settled: Settled) -> None:
    """Apply the candidates to the table: first arrivals at once, the others one by one."""
    hours = table.days.reshape(-1)
    slot = places.day * gas_time.MAX_HOURS_PER_DAY + places.slot
    living = np.flatnonzero(settled.outcome != _DEAD)
    distinct, first, counts = np.unique(slot[living], return_index=True, return_counts=True)
    alone = (counts == 1) & (hours["revision"][distinct] == 0)
    arrivals = living[first[alone]]
    hours[distinct[alone]] = apply_first(batch.candidates[arrivals])
    table.changed[places.day[arrivals]] = True
    for row in np.setdiff1d(living, arrivals, assume_unique=True).tolist():
        _decide_one(batch, row, divmod(int(slot[row]), gas_time.MAX_HOURS_PER_DAY), table, settled)


def _decide_one(batch: Batch, row: int, place: tuple[int, int], table: _Table, settled: Settled) -> None:
    before = table.days[place].copy()
    applied = apply(before, batch.candidates[row])
    table.days[place] = applied.row
    match applied.outcome:
        case Outcome.HELD:
            settled.outcome[row] = _HELD
            settled.held[row] = applied.reason or HeldReason.OUTRANKED
            return
        case Outcome.REPEATED:
            settled.outcome[row] = _REPEATED
            if applied.row["sent"] == before["sent"]:
                return
        case _:
            if before["revision"] > 0:
                settled.superseded.append((batch.lines[batch.line[row]], int(batch.hour[row]), before))
    table.changed[place[0]] = True


def month_slots(settled: Settled) -> dict[MonthKey, dict[int, np.void]]:
    """Return the rollups of the changed days by line and gas month, and by day of the month (1 to 31)."""
    slots: dict[MonthKey, dict[int, np.void]] = {}
    for (line, day), (_, rollup) in settled.days.items():
        slots.setdefault((line, gas_time.month_of(day)), {})[day.day] = rollup
    return slots
