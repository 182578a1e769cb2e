"""The contexts of a batch, laid together from what is kept of lines between batches and from the days in the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.line_context import Contexts, Span, context_of

Kept = Mapping[str, Span]


def parts_beside(first: int, end: int, kept: Span | None) -> list[tuple[date, date]]:
    """Return the parts of a span that what is kept of its line does not hold, as first and last gas day."""
    if kept is None:
        return [_days_of(first, end)]
    begin, stop = kept[0], kept[0] + len(kept[1])
    parts = []
    if first < begin:
        parts.append(_days_of(first, min(begin, end)))
    if stop < end:
        parts.append(_days_of(max(stop, first), end))
    return parts


@lru_cache(maxsize=1024)
def _days_of(first: int, end: int) -> tuple[date, date]:
    """Many lines of a batch ask for the same hours."""
    return gas_time.gas_day(first), gas_time.gas_day(end - 1)


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
        beside: The gas days in the store of each span that are not kept.
        days: The days in the store (25 HOUR rows each).
    """
    contexts = Contexts.blank(spans, kept)
    for line in spans:
        for day in beside[line]:
            hours = gas_time.hours_of_day(day)
            contexts.lay(line, hours.start, context_of(days[line, day][: len(hours)]))
        if beside[line] and line in kept:
            contexts.lay(line, *kept[line])  # of the days at its ends only what lies beyond them was wanted
    contexts.look_for_newest()
    return contexts
