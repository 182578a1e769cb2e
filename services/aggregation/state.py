"""What aggregation holds of a partition between batches: days, months and contexts at hand, so that few are read again.

Everything here is a copy of the store as of the partition's position; it may be dropped at any time. Whoever commits
moves the position, and that fences whoever holds an old copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.aggregation.settled import MonthStatus, Settled
from services.aggregation.table import DayKey, MonthKey
from shared.domain import gas_time
from shared.domain.gas_told import GAS_TOLD
from shared.domain.register import Register
from shared.domain.retention import first_online_hour
from shared.domain.revision import HOUR
from shared.domain.rows import put
from shared.runtime.mongo import Database
from shared.store.documents import Collection, day_id, gas_id, hours_of, month_id, slots_of
from shared.store.progress import Progress

Key = TypeVar("Key")
Value = TypeVar("Value")
MAX_DAYS = 20_000
"""Days kept a partition: 2.8 kB each, so 56 MB; the 20,000 lines of a partition each have one that grows."""
MAX_MONTHS = 20_000
"""Months kept a partition: 4 kB each, so 80 MB."""
_FEW_DAYS = 5
"""Of so few days each is looked at; of more, their months as a whole: day by day, a month takes longer (measured)."""
MAX_GAS_DAYS = 60_000
"""Gas days of chromatographs kept a partition: 0.5 kB each, so 30 MB: of 80 chromatographs two years."""
MAX_CONTEXTS = 10_000
"""Lines whose context is kept a partition: 29.9 kB each, so 299 MB."""


@dataclass(slots=True)
class PartitionState:
    """A partition as the store has it. `register_offset` is the last change of the register that it has seen.

    What became known before `raised_ms` is told again by a replay; `youngest_hour` is the youngest accepted here.
    """

    progress: Progress
    register: Register = field(default_factory=Register)
    register_offset: int = -1
    raised_ms: int = 0
    youngest_hour: int = 0
    days: dict[DayKey, NDArray[np.void]] = field(default_factory=dict)
    months: dict[MonthKey, NDArray[np.void]] = field(default_factory=dict)
    stored_months: set[MonthKey] = field(default_factory=set)
    statuses: dict[MonthKey, MonthStatus] = field(default_factory=dict)
    contexts: dict[str, tuple[int, NDArray[np.void]]] = field(default_factory=dict)
    gas: dict[DayKey, NDArray[np.void]] = field(default_factory=dict)
    """Gas days of chromatographs; those of which nothing was told are zeros."""
    online_from: date | None = None
    """First gas day online: of earlier ones nothing is read any more, whether they have been removed or not."""
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever changes the partition."""

    def keep_online(self, online_from: date | None) -> None:
        """Let go what is at hand of gas days before the first one online; from now on they are empty."""
        if online_from is None or online_from == self.online_from:
            return
        self.online_from, month, hour = online_from, gas_time.month_of(online_from), first_online_hour(online_from)
        self.days = {key: rows for key, rows in self.days.items() if key[1] >= online_from}
        self.months = {key: slots for key, slots in self.months.items() if key[1] >= month}
        self.statuses = {key: status for key, status in self.statuses.items() if key[1] >= month}
        self.stored_months = {key for key in self.stored_months if key[1] >= month}
        self.contexts = {line: span for line, span in self.contexts.items() if span[0] >= hour}

    async def load_gas(self, database: Database, partition: int, keys: Iterable[DayKey]) -> None:
        """Read the gas days of chromatographs that are not at hand."""
        names = {gas_id(partition, *key): key for key in keys if key not in self.gas}
        if not names:
            return
        self.gas |= {key: np.zeros(gas_time.MAX_HOURS_PER_DAY, GAS_TOLD) for key in names.values()}
        async for document in database[Collection.GAS_TOLD].find({"_id": {"$in": list(names)}}, {"g": 1}):
            self.gas[names[document["_id"]]] = np.frombuffer(document["g"], GAS_TOLD)

    async def load_days(self, database: Database, keys: Iterable[DayKey]) -> None:
        """Read the days of `keys` that the store has and that are not at hand; their months are."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self.days and self.has_day(key)]
        if not wanted:
            return
        names = {day_id(*key): key for key in wanted}
        async for document in database[Collection.LINE_DAYS].find({"_id": {"$in": list(names)}}, {"h": 1}):
            day = np.zeros(gas_time.MAX_HOURS_PER_DAY, HOUR)
            hours = hours_of(document["h"])
            put(day, slice(0, len(hours)), hours)
            self.days[names[document["_id"]]] = day

    async def load_months(self, database: Database, keys: set[MonthKey]) -> None:
        """Read the months that are not at hand, with their status; those that are not online are empty."""
        missing, first = keys - self.months.keys(), gas_time.month_of(self.online_from or gas_time.FIRST_DAY)
        self.months |= {key: slots_of({}) for key in missing}
        names = {month_id(*key): key for key in missing if key[1] >= first}
        if not names:
            return
        fields = {"d": 1, "closed": 1, "statuses": 1, "status_known_at": 1}
        async for document in database[Collection.LINE_MONTHS].find({"_id": {"$in": list(names)}}, fields):
            key = names[document["_id"]]
            self.months[key] = slots_of(document["d"])
            self.stored_months.add(key)
            if document.get("statuses"):
                closed, count = document.get("closed"), int(document["statuses"])
                self.statuses[key] = MonthStatus(closed, count, int(document["status_known_at"]))

    def has_day(self, key: DayKey) -> bool:
        """Say whether the store has a gas day, as its month tells, which is at hand."""
        line, day = key
        return bool(self.months[line, gas_time.month_of(day)]["changes"][day.day - 1])

    def stored_days(self, line: str, parts: Iterable[tuple[date, date]]) -> list[date]:
        """Return the gas days of a line that the store has, in some parts (first and last day); months are at hand."""
        days = []
        for first, last in parts:
            if (last - first).days < _FEW_DAYS:
                days += [day for day in gas_time.days_between(first, last) if self.has_day((line, day))]
                continue
            for month in months_of(first, last):
                filled = np.flatnonzero(self.months[line, month]["changes"])
                begin = gas_time.first_day_of_month(month) if len(filled) else first
                found = (begin.replace(day=int(place) + 1) for place in filled)
                days += [day for day in found if first <= day <= last]
        return list(dict.fromkeys(days))

    def knows_day(self, key: DayKey) -> bool:
        """Say whether the store has a document of this day."""
        return key in self.days

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
        for key, told in settled.gas.items():
            self.gas.pop(key, None)
            self.gas[key] = told
        _forget_oldest(self.gas, MAX_GAS_DAYS)
        _forget_oldest(self.days, MAX_DAYS)
        _forget_oldest(self.contexts, MAX_CONTEXTS)
        for month in _forget_oldest(self.months, MAX_MONTHS):
            self.stored_months.discard(month)
            self.statuses.pop(month, None)


@lru_cache(maxsize=1024)
def months_of(first: date, last: date) -> tuple[str, ...]:
    """Return the gas months of a period; many lines of a batch ask for the same."""
    return tuple(gas_time.months_between(first, last))


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
