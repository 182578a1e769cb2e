"""Hours and day rollups as they were known at a moment of the past, and how late a moment can be asked for.

Only what has changed since is worked out anew: the revisions that were superseded later are named by what stands now
(`LINE|hour|1` up to the one before), and a gas day that nothing has changed since keeps its rollup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.as_known import Superseded, as_known, rollups_of_days
from shared.domain.closing import (
    StatusChange,
    days_within,
    definitive,
    definitive_rollups,
    hours_within,
    was_closed,
)
from shared.domain.period import Question
from shared.domain.revision import HOUR
from shared.domain.rows import joined
from shared.events.topics import COUNTING_PARTITION
from shared.runtime.mongo import Database, Session
from shared.store import forms
from shared.store.documents import IDS_PER_QUERY, Collection, day_id, hours_of
from shared.store.measurements import days_of, stored_hours, stored_rollups
from shared.store.statuses import changes_after

Hours = NDArray[np.int64]
REVISIONS_PER_BATCH = 500
"""Superseded values taken at a time: some 2 ms of the event loop; one by one they take twice as long."""


async def watermark_ms(database: Database, line: str, session: Session, *, with_gas: bool = False) -> int:
    """Return the time up to which everything is known of a line; of one that has no hours yet, of every line.

    `with_gas`: of its gas as well, which the owner of the counting partition keeps.
    """
    owned = {"_id": {"$gte": f"{line}|", "$lt": f"{line}}}"}}
    month = await database[Collection.LINE_MONTHS].find_one(owned, {"p": 1}, session=session)
    owners = {month["p"]} if month else set()
    if month and with_gas:
        owners.add(COUNTING_PARTITION)
    if not owners:
        return await least_watermark_ms(database, session)
    names = {"$in": [f"aggregation/{owner}" for owner in sorted(owners)]}
    positions = database[Collection.PROGRESS].find({"_id": names}, {"known_at": 1, "retelling": 1}, session=session)
    return min([_known_until(position) async for position in positions], default=0)


async def least_watermark_ms(database: Database, session: Session | None = None) -> int:
    """Return the time up to which everything is known of all lines, and of the register."""
    every = {"_id": {"$gte": "aggregation/", "$lt": "aggregation0"}}
    positions = database[Collection.PROGRESS].find(every, {"known_at": 1, "retelling": 1}, session=session)
    return min([_known_until(position) async for position in positions], default=0)


async def known_by(database: Database, asked_ms: int | None, session: Session | None = None) -> int | None:
    """Return the moment as known at which an asked one is answered: what is not known yet cannot be asked for."""
    return None if asked_ms is None else max(0, min(asked_ms, await least_watermark_ms(database, session)))


def _known_until(position: dict[str, Any]) -> int:
    """Return up to when a partition is known; what is still being told again is not known yet."""
    retelling = position.get("retelling")
    return int(position["known_at"]) if retelling is None else int(retelling["known_at_ms"]) - 1


async def line_at(database: Database, line: str, moment_ms: int, session: Session) -> LineAt:
    """Return a line as it was at a moment (ms since 1970), read in a session that sees one state of the store."""
    return LineAt(database, line, moment_ms, session, await changes_after(database, line, moment_ms, session))


@dataclass(frozen=True, slots=True)
class LineAt:
    """A line as it was at a moment; `changes` are those of status that became known later."""

    database: Database
    line: str
    moment_ms: int
    session: Session
    changes: Sequence[StatusChange]

    async def hours(self, hours: range) -> NDArray[np.void]:
        """Return the HOUR rows of a range of hours, revision 0 where nothing was known."""
        rows, closed = await stored_hours(self.database, self.line, hours, self.session)
        numbers = np.arange(hours.start, hours.stop)
        stood = await self._stood(numbers, rows)
        return definitive(stood, hours_within(self._closed_then(gas_time.months_of(hours), closed), numbers))

    async def rollups(self, question: Question, expected: range) -> NDArray[np.void]:
        """Return the ROLLUP of every gas day of a period, in order.

        Args:
            question: The period.
            expected: The hours for which rows exist: of gas days without any, nothing is told.
        """
        rollups, closed = await stored_rollups(self.database, self.line, question, self.session)
        days = days_of(question)
        is_shown, is_touched = self._shown_and_touched(days, expected, rollups)
        rollups[~is_shown] = np.zeros(1, rollups.dtype)  # a month is folded of what was known, and of nothing else
        touched = np.flatnonzero(is_touched).tolist()
        if touched:
            hours, rows = await self._hours_of_days([days[place] for place in touched])
            rollups[touched] = rollups_of_days(hours, await self._stood(hours, rows))
        return definitive_rollups(rollups, days_within(self._closed_then(question.months, closed), days))

    def _shown_and_touched(
        self, days: list[date], expected: range, rollups: NDArray[np.void]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Say which gas days are shown, and which of them have an hour that has changed or was accepted since."""
        numbers = gas_time.day_number(days[0]) + np.arange(len(days) + 1)
        edges = gas_time.first_hours(numbers)
        shown = (edges[:-1] < expected.stop) & (edges[1:] > expected.start)
        accepted = np.array([hour for change in self.changes for hour in change.hours], np.int64)
        is_accepted = np.isin(numbers[:-1], gas_time.days_and_indexes(accepted)[0])
        touched: NDArray[np.bool_] = shown & ((rollups["known_at"] > self.moment_ms) | is_accepted)
        return shown, touched

    async def _hours_of_days(self, days: list[date]) -> tuple[Hours, NDArray[np.void]]:
        """Return the hour numbers of gas days, and their HOUR rows as they say now."""
        names = {day_id(self.line, day): gas_time.hours_of_day(day) for day in days}
        hours = np.concatenate([np.arange(day.start, day.stop) for day in names.values()])
        rows = np.zeros(len(hours), HOUR)
        asked = {"_id": {"$in": list(names)}}
        async for document in self.database[Collection.LINE_DAYS].find(asked, {"h": 1}, session=self.session):
            begin, told = int(np.searchsorted(hours, names[document["_id"]].start)), hours_of(document["h"])
            rows[begin : begin + len(told)] = told
        return hours, rows

    async def _stood(self, hours: Hours, rows: NDArray[np.void]) -> NDArray[np.void]:
        """Return hours as they stood then, from what they say now and what was superseded since."""
        changed = np.flatnonzero((rows["known_at"] > self.moment_ms) & (rows["revision"] > 1))
        superseded = await said_before(self.database, self.line, hours[changed], rows[changed], self.session)
        # Off the event loop: three years of hours take it some 40 ms, those with many revisions longer.
        return await asyncio.to_thread(as_known, hours, rows, superseded, self.changes, self.moment_ms)

    def _closed_then(self, months: list[str], closed: set[str]) -> list[str]:
        """Return the months that were closed then, of some of which `closed` are so now."""
        return [month for month in months if was_closed(month, self.changes, self.moment_ms, is_closed=month in closed)]


async def said_before(
    database: Database, line: str, hours: Hours, rows: NDArray[np.void], session: Session
) -> Superseded:
    """Return all that some hours of a line said before what they say; `rows` are their HOUR rows."""
    pairs = zip(hours.tolist(), rows["revision"].tolist(), strict=True)
    names = [f"{line}|{hour}|{earlier}" for hour, revision in pairs for earlier in range(1, revision)]
    found, said = [], [np.zeros(0, HOUR)]
    for begin in range(0, len(names), IDS_PER_QUERY):
        asked = {"_id": {"$in": names[begin : begin + IDS_PER_QUERY]}}
        revisions = database[Collection.REVISIONS].find(asked, {"hour": 1, "row": 1}, session=session)
        while documents := await revisions.to_list(REVISIONS_PER_BATCH):
            found += [int(document["hour"]) for document in documents]
            said += [forms.hours(document["row"], 1) for document in documents]
    return Superseded(np.array(found, np.int64), joined(said))
