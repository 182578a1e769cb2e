"""The time columns of views as text: start, end, local start, gas day and hour; the same for every line.

So the text of a gas month's hours is written once and kept: bounded, and nothing ever makes it untrue.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.text_columns import Cells

MONTHS_KEPT = 48
"""Three years and some: 745 hours of 80 bytes each, 3 MB in all."""


@dataclass(frozen=True, slots=True)
class HourTexts:
    """The time columns of consecutive gas hours; shared, so never to be written into."""

    start: Cells
    end: Cells
    local_start: Cells
    gas_day: Cells
    hour: Cells


def hour_texts(hours: range) -> HourTexts:
    """Return the time columns of consecutive gas hours, from the gas months that they touch."""
    if not hours:
        return _texts(hours)
    months = gas_time.months_between(gas_time.gas_day(hours.start), gas_time.gas_day(hours.stop - 1))
    first = gas_time.hours_of_month(months[0]).start
    kept = slice(hours.start - first, hours.stop - first)
    if len(months) == 1:
        return HourTexts(*(column[kept] for column in _month(months[0])))
    columns = zip(*(_month(month) for month in months), strict=True)
    return HourTexts(*(np.concatenate(column)[kept] for column in columns))


@lru_cache(maxsize=MONTHS_KEPT)
def _month(month: str) -> tuple[Cells, ...]:
    return astuple(_texts(gas_time.hours_of_month(month)))


def _texts(hours: range) -> HourTexts:
    numbers = np.arange(hours.start, hours.stop, dtype=np.int64)
    days, indexes = gas_time.days_and_indexes(numbers)
    return HourTexts(
        text.utc_hours(numbers),
        text.utc_hours(numbers + 1),
        text.local_hours(numbers, local_offsets(numbers)),
        text.dates(days),
        text.decimals(indexes.astype(np.int64), 0),
    )


def local_offsets(hours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the offset of local time, in whole hours, at the start of each gas hour."""
    days, indexes = gas_time.days_and_indexes(hours)
    distinct, place = np.unique(days, return_inverse=True)
    if not len(distinct):
        return np.zeros(0, np.int64)
    table = np.array([_offsets_of_day(int(day)) for day in distinct], np.int64)
    return table[place, indexes - 1]


@lru_cache(maxsize=4_096)
def _offsets_of_day(day_number: int) -> tuple[int, ...]:
    """Return the offsets of a gas day's hours, filled up to the 25 of the longest day."""
    hours = gas_time.hours_of_day(gas_time.day_of_number(day_number))
    offsets = [_offset(hour) for hour in (hours.start, hours.stop - 1)]
    if offsets[0] == offsets[1]:
        return (offsets[0],) * gas_time.MAX_HOURS_PER_DAY
    return tuple(_offset(hours.start + place) for place in range(gas_time.MAX_HOURS_PER_DAY))


def _offset(hour: int) -> int:
    offset = gas_time.local_start(hour).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) // 3600
