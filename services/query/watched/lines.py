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
COUNTED_EVERY_SECONDS = 120.0
AT_ONCE = 2_000
"""Lines in a question: 6 MB a gas day."""
Store = SyncDatabase[dict[str, Any]]


class LineWatch:
    """Counts them, beside the event loop; several replicas count the same."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version: tuple[int, int] = (0, 0)
        self._lines: list[Line] = []

    async def turn(self) -> None:
        """Count once."""
        fresh, stale = await asyncio.to_thread(self._count, synchronous(self._database), datetime.now(UTC))
        metrics.SENDING_LINES.labels("fresh").set(fresh)
        metrics.SENDING_LINES.labels("stale").set(stale)

    def _count(self, database: Store, now: datetime) -> tuple[int, int]:
        """Read the register only where it has changed: 20,000 lines take half a second."""
        topology = database[Collection.TOPOLOGY]
        latest = topology.find_one({}, {"log_offset": 1}, sort=[("log_offset", -1)]) or {"log_offset": -1}
        version = topology.estimated_document_count(), int(latest["log_offset"])
        if version != self._version:
            self._version, self._lines = version, list(register_of(list(topology.find())).lines.values())
        return counted(database, self._lines, now)


def counted(database: Store, lines: Sequence[Line], now: datetime) -> tuple[int, int]:
    """Return how many lines that send live have an hour with a value that ended lately, and how many have none."""
    first_hour = int(now.timestamp()) // 3600 - STALE_AFTER_HOURS
    days = sorted({gas_time.gas_day(first_hour), gas_time.gas_day(first_hour + STALE_AFTER_HOURS)})
    sending = [line.id for line in lines if _sends(line, days[-1])]
    fresh = set(_fresh(database, sending, days, first_hour))
    return len(fresh), len(sending) - len(fresh)


def _sends(line: Line, day: date) -> bool:
    terms = line.terms_on(day)
    return terms is not None and terms.teletransmitted and line.live_from is not None and line.live_from <= day


def _fresh(database: Store, lines: Sequence[str], days: list[date], first_hour: int) -> Iterator[str]:
    """Yield the lines that have a value in an hour from the first one on, some twice."""
    for first in range(0, len(lines), AT_ONCE):
        names = {day_id(line, day): (line, day) for line in lines[first : first + AT_ONCE] for day in days}
        for document in database[Collection.LINE_DAYS].find({"_id": {"$in": list(names)}}, {"h": 1}):
            line, day = names[document["_id"]]
            begin = max(0, first_hour - gas_time.hours_of_day(day).start)
            if has_values(hours_of(document["h"])[begin:]).any():
                yield line
