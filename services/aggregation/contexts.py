"""The contexts of a batch, laid together from what is kept of lines between batches and from the days in the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.aggregation.needs import days_between
from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.line_context import Contexts, context_of, nothing

Span = tuple[int, NDArray[np.void]]
Kept = Mapping[str, Span]


def days_beside(spans: Mapping[str, tuple[int, int]], kept: Kept) -> dict[str, list[date]]:
    """Return, by line, the gas days of its span that what is kept of it does not hold whole."""
    return {line: _days_beside(first, end, kept.get(line)) for line, (first, end) in spans.items()}


def _days_beside(first: int, end: int, kept: Span | None) -> list[date]:
    if kept is None:
        return days_between(gas_time.gas_day(first), gas_time.gas_day(end - 1))
    begin, stop = kept[0], kept[0] + len(kept[1])
    before = [] if begin <= first else days_between(gas_time.gas_day(first), gas_time.gas_day(min(begin, end) - 1))
    after = [] if stop >= end else days_between(gas_time.gas_day(max(stop, first)), gas_time.gas_day(end - 1))
    return list(dict.fromkeys(before + after))


def contexts_of(
    spans: Mapping[str, tuple[int, int]],
    kept: Kept,
    beside: Mapping[str, list[date]],
    days: Mapping[DayKey, NDArray[np.void]],
) -> Contexts:
    """Lay the contexts of lines.

    Args:
        spans: First and end hour of each line.
        kept: What is kept of lines: exact where it lies.
        beside: The gas days of each span that are not kept.
        days: The days in the store (25 HOUR rows each); one that is not there has nothing.
    """
    empty = nothing(1)
    made: dict[str, Span] = {}
    for line, (first, end) in spans.items():
        rows = np.repeat(empty, end - first)
        for day in beside[line]:
            if (line, day) in days:
                hours = gas_time.hours_of_day(day)
                _lay(rows, first, hours.start, context_of(days[line, day][: len(hours)]))
        if line in kept:
            _lay(rows, first, *kept[line])
        made[line] = first, rows
    return Contexts.of(made)


def _lay(rows: NDArray[np.void], first: int, begin: int, part: NDArray[np.void]) -> None:
    """Copy rows that begin at an hour to where they stand in a span."""
    low, high = max(first, begin), min(first + len(rows), begin + len(part))
    if low < high:
        rows[low - first : high - first] = part[low - begin : high - begin]
