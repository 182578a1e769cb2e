"""Where the candidates of a batch belong: their line's gas day, and their hour in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Batch
from services.aggregation.table import DayKey
from shared.domain import gas_time

_DAY_BITS = 20  # 2**20 days since 1970 reach far beyond 2099


@dataclass(slots=True)
class Places:
    """Where candidates belong: `keys[day[i]]` is row i's line and gas day.

    `slot[i]` is its hour among those of all these days, 25 each: 25 · day[i] and its place in the day, from 0.
    """

    keys: list[DayKey]
    day: NDArray[np.int64]
    slot: NDArray[np.int64]


@lru_cache(maxsize=4096)
def _day(number: int) -> date:
    return gas_time.day_of_number(number)


def places_of(batch: Batch) -> Places:
    """Find the line and gas day of each candidate."""
    days, indexes = gas_time.days_and_indexes(batch.hour)
    key = (batch.line << _DAY_BITS) + days
    distinct, inverse = np.unique(key, return_inverse=True)
    keys = [(batch.lines[number >> _DAY_BITS], _day(number & (2**_DAY_BITS - 1))) for number in distinct.tolist()]
    day = inverse.astype(np.int64)
    return Places(keys, day, day * gas_time.MAX_HOURS_PER_DAY + indexes - 1)
