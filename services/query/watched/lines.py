"""How many of the lines that send live have sent lately, as metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from shared.domain import gas_time
from shared.domain.revision import has_values
from shared.domain.topology import Line
from shared.runtime import metrics
from shared.runtime.mongo import Database, SyncDatabase, synchronous
from shared.store.documents import Collection, day_id, hours_of
from shared.store.register import register_of

STALE_AFTER_HOURS = 3
"""Telegrams come every hour; one that is late or lost is no silence yet."""
COUNTED_EVERY_SECONDS = 60.0
AT_ONCE = 2_000
"""Lines in a question: 6 MB a gas day."""


async def count_lines(database: Database) -> None:
    """Count them once, beside the event loop; several replicas count the same."""
    fresh, stale = await asyncio.to_thread(counted, synchronous(database), datetime.now(UTC))
    metrics.SENDING_LINES.labels("fresh").set(fresh)
    metrics.SENDING_LINES.labels("stale").set(stale)


def counted(database: SyncDatabase[dict[str, Any]], now: datetime) -> tuple[int, int]:
    """Return how many lines that send live have an hour with a value that ended lately, and how many have none."""
    first_hour = int(now.timestamp()) // 3600 - STALE_AFTER_HOURS
    days = sorted({gas_time.gas_day(first_hour), gas_time.gas_day(first_hour + STALE_AFTER_HOURS)})
    register = register_of(list(database[Collection.TOPOLOGY].find()))
    lines = [line.id for line in register.lines.values() if _sends(line, days[-1])]
    fresh = set(_fresh(database, lines, days, first_hour))
    return len(fresh), len(lines) - len(fresh)


def _sends(line: Line, day: date) -> bool:
    terms = line.terms_on(day)
    return terms is not None and terms.teletransmitted and line.live_from is not None and line.live_from <= day


def _fresh(
    database: SyncDatabase[dict[str, Any]], lines: Sequence[str], days: list[date], first_hour: int
) -> Iterator[str]:
    """Yield the lines that have a value in an hour from the first one on, some twice."""
    for first in range(0, len(lines), AT_ONCE):
        names = {day_id(line, day): (line, day) for line in lines[first : first + AT_ONCE] for day in days}
        for document in database[Collection.LINE_DAYS].find({"_id": {"$in": list(names)}}, {"h": 1}):
            line, day = names[document["_id"]]
            begin = max(0, first_hour - gas_time.hours_of_day(day).start)
            if has_values(hours_of(document["h"])[begin:]).any():
                yield line
