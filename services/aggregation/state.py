"""What aggregation holds of a partition between batches: days, months and contexts at hand, so that few are read again.

Everything here is a copy of the store as of the partition's position; it may be dropped at any time. Whoever commits
moves the position, and that fences whoever holds an old copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.aggregation.settled import MonthStatus, Settled
from services.aggregation.table import DayKey, MonthKey
from shared.domain import gas_time
from shared.domain.revision import HOUR
from shared.domain.topology import Register
from shared.runtime.mongo import Database
from shared.store.documents import Collection, day_id, hours_of, month_id, slots_of
from shared.store.progress import Progress

Key = TypeVar("Key")
Value = TypeVar("Value")
MAX_DAYS = 20_000
"""Days kept a partition: 2.8 kB each, so 56 MB; the 20,000 lines of a partition each have one that grows."""
MAX_MONTHS = 20_000
"""Months kept a partition: 4 kB each, so 80 MB."""
MAX_CONTEXTS = 10_000
"""Lines whose context is kept a partition: 27.5 kB each, so 275 MB."""


@dataclass(slots=True)
class PartitionState:
    """A partition as the store has it. `register_offset` is the last change of the register that it has seen."""

    progress: Progress
    register: Register = field(default_factory=Register)
    register_offset: int = -1
    days: dict[DayKey, NDArray[np.void]] = field(default_factory=dict)
    months: dict[MonthKey, NDArray[np.void]] = field(default_factory=dict)
    stored_months: set[MonthKey] = field(default_factory=set)
    statuses: dict[MonthKey, MonthStatus] = field(default_factory=dict)
    contexts: dict[str, tuple[int, NDArray[np.void]]] = field(default_factory=dict)

    async def load(self, database: Database, keys: Iterable[DayKey]) -> None:
        """Read the months and days of `keys` that are not at hand; a day that its month does not know is not read."""
        keys = list(keys)
        await self.load_months(database, {(line, gas_time.month_of(day)) for line, day in keys})
        wanted = [key for key in keys if key not in self.days and self._has_day(key)]
        if not wanted:
            return
        names = {day_id(*key): key for key in wanted}
        async for document in database[Collection.LINE_DAYS].find({"_id": {"$in": list(names)}}, {"h": 1}):
            day = np.zeros(gas_time.MAX_HOURS_PER_DAY, HOUR)
            hours = hours_of(document["h"])
            day[: len(hours)] = hours
            self.days[names[document["_id"]]] = day

    async def load_months(self, database: Database, keys: set[MonthKey]) -> None:
        """Read the months that are not at hand, with their status."""
        names = {month_id(*key): key for key in keys if key not in self.months}
        if not names:
            return
        self.months |= {key: slots_of({}) for key in names.values()}
        fields = {"d": 1, "closed": 1, "statuses": 1, "status_known_at": 1}
        async for document in database[Collection.LINE_MONTHS].find({"_id": {"$in": list(names)}}, fields):
            key = names[document["_id"]]
            self.months[key] = slots_of(document["d"])
            self.stored_months.add(key)
            if document.get("statuses"):
                closed, count = document.get("closed"), int(document["statuses"])
                self.statuses[key] = MonthStatus(closed, count, int(document["status_known_at"]))

    def _has_day(self, key: DayKey) -> bool:
        line, day = key
        return bool(self.months[line, gas_time.month_of(day)]["changes"][day.day - 1])

    def knows_day(self, key: DayKey) -> bool:
        """Say whether the store has a document of this day."""
        return key in self.days

    def closed_months(self) -> set[MonthKey]:
        """Return the months at hand that are closed."""
        return {key for key, status in self.statuses.items() if status.closed}

    def committed(self, settled: Settled, progress: Progress) -> None:
        """Take over what has been written; forget the oldest where there is too much."""
        self.progress = progress
        for key, (hours, _) in settled.days.items():
            self.days.pop(key, None)
            self.days[key] = hours
        for month, slots in month_slots(settled).items():
            rollups = self.months.pop(month)
            for day_of_month, rollup in slots.items():
                rollups[day_of_month - 1] = rollup
            self.months[month] = rollups
            self.stored_months.add(month)
        self.statuses |= settled.months
        self.stored_months |= set(settled.months)
        for line, span in settled.contexts.items():
            self.contexts.pop(line, None)
            self.contexts[line] = span
        _forget_oldest(self.days, MAX_DAYS)
        _forget_oldest(self.contexts, MAX_CONTEXTS)
        for month in _forget_oldest(self.months, MAX_MONTHS):
            self.stored_months.discard(month)
            self.statuses.pop(month, None)


def month_slots(settled: Settled) -> dict[MonthKey, dict[int, np.void]]:
    """Return the rollups of the changed days by line and gas month, and by day of the month (1 to 31)."""
    slots: dict[MonthKey, dict[int, np.void]] = {}
    for (line, day), (_, rollup) in settled.days.items():
        slots.setdefault((line, gas_time.month_of(day)), {})[day.day] = rollup
    return slots


def _forget_oldest(kept: dict[Key, Value], most: int) -> list[Key]:
    """Drop the entries that were taken over longest ago."""
    forgotten = list(kept)[: max(0, len(kept) - most)]
    for key in forgotten:
        del kept[key]
    return forgotten
