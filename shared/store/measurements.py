"""What readers read: hours and day rollups of a line over a period, and the versions that name their content.

Whatever is told in a closed month is definitive.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Container, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.access.days import Days
from shared.domain import gas_time
from shared.domain.closing import days_within, definitive, definitive_rollups, hours_within, let_be_definitive
from shared.domain.period import Question
from shared.domain.revision import HOUR, has_values
from shared.domain.rollup import ROLLUP
from shared.runtime.mongo import Database, Session
from shared.store.documents import Collection, day_id, hours_of, month_id, slots_of

DAYS_PER_BATCH = 100
"""Day documents taken at a time: 100 · 2.5 kB, some 0.3 ms of the event loop."""
DAYS_OF_LINES = 256
"""Those of some lines at once: eight months come by one answer, which takes the event loop 1 ms."""


class Version(NamedTuple):
    """A month's content: its `_id`, and of revisions and of changes of status how many, and the latest's time (ms)."""

    month: str
    changes: int
    known_at_ms: int
    statuses: int
    status_known_at_ms: int


@asynccontextmanager
async def one_moment(database: Database, within: Session | None = None) -> AsyncIterator[Session]:
    """Give a session whose reads all see the store as it was at one moment: versions and hours belong together.

    `within` is that of a larger moment, which is given on.
    """
    if within is not None:
        yield within
        return
    async with await database.client.start_session(snapshot=True) as session:
        yield session


async def month_versions(
    database: Database, line: str, question: Question, session: Session | None = None
) -> tuple[Version, ...]:
    """Return the versions of the months that a question touches; months without anything are left out."""
    counted = ("changes", "known_at", "statuses", "status_known_at")
    documents = await _months(database, line, question.months, dict.fromkeys(counted, 1), session)
    return tuple(_version(document) for document in documents)


async def day_rollups(
    database: Database, line: str, question: Question, session: Session | None = None
) -> NDArray[np.void]:
    """Return the ROLLUP of every gas day of a period, in order; zeros where nothing is known."""
    rollups, closed = await stored_rollups(database, line, question, session)
    return definitive_rollups(rollups, days_within(closed, days_of(question)))


async def stored_rollups(
    database: Database, line: str, question: Question, session: Session | None
) -> tuple[NDArray[np.void], set[str]]:
    """Return the ROLLUP of every gas day of a period as its hours say by themselves, and which months are closed."""
    documents = await _months(database, line, question.months, {"d": 1, "closed": 1}, session)
    slots = {document["_id"]: slots_of(document["d"]) for document in documents}
    days = np.zeros((question.end - question.first).days, ROLLUP)
    for month in question.months:
        of_month = slots.get(month_id(line, month))
        if of_month is not None:
            _lay_month(days, question.first, gas_time.days_of_month(month), of_month)
    return days, _closed(documents)


async def known_hours(database: Database, line: str, hours: range, session: Session | None = None) -> NDArray[np.void]:
    """Return the HOUR rows of a range of hours, revision 0 where nothing is known."""
    rows, closed = await stored_hours(database, line, hours, session)
    return definitive(rows, hours_within(closed, np.arange(hours.start, hours.stop)))


async def stored_hours(
    database: Database, line: str, hours: range, session: Session | None
) -> tuple[NDArray[np.void], set[str]]:
    """Return the HOUR rows of a range of hours as they say by themselves, and which of their months are closed."""
    rows = np.zeros(len(hours), HOUR)
    if not hours:
        return rows, set()
    first, last = gas_time.gas_day(hours.start), gas_time.gas_day(hours.stop - 1)
    months = await _months(database, line, gas_time.months_of(hours), {"closed": 1}, session)
    days = {"_id": {"$gte": day_id(line, first), "$lte": day_id(line, last)}}
    found = database[Collection.LINE_DAYS].find(days, {"h": 1}, session=session).batch_size(DAYS_PER_BATCH)
    while documents := await found.to_list(DAYS_PER_BATCH):
        for document in documents:
            _lay_day(rows, hours, document)
    return rows, _closed(months)


async def hours_of_lines(
    database: Database, wanted: Sequence[tuple[str, range]], closed: Container[str], session: Session | None = None
) -> list[NDArray[np.void]]:
    """Return the HOUR rows of ranges of hours of lines, each within one gas month, by one query for all of them.

    Args:
        database: The store.
        wanted: Line and hours, in any order; a range has at least one hour.
        closed: Ids of the months that are closed: what is told in them is definitive.
        session: One that sees one state of the store.
    """
    ids = [month_id(line, gas_time.months_of(hours)[0]) for line, hours in wanted]
    days = [_days_of(line, hours) for line, hours in wanted]
    asked = {"_id": {"$in": [day for of_piece in days for day in of_piece]}}
    found = database[Collection.LINE_DAYS].find(asked, {"h": 1}, session=session).batch_size(DAYS_OF_LINES)
    packed: dict[str, bytes] = {}
    while documents := await found.to_list(DAYS_OF_LINES):
        packed.update((document["_id"], document["h"]) for document in documents)
    rows = [_laid(hours, of_piece, packed) for (_, hours), of_piece in zip(wanted, days, strict=True)]
    for one, month in zip(rows, ids, strict=True):
        if month in closed:
            let_be_definitive(one)
    return rows


def _days_of(line: str, hours: range) -> dict[str, range]:
    """Return the hours of each gas day of a range, by the id of its document."""
    first, last = gas_time.gas_day(hours.start), gas_time.gas_day(hours.stop - 1)
    return {day_id(line, day): gas_time.hours_of_day(day) for day in gas_time.days_between(first, last)}


def _laid(hours: range, days: dict[str, range], packed: dict[str, bytes]) -> NDArray[np.void]:
    """Lay days behind each other, zeros where nothing is known, and return the rows of the range."""
    begin = next(iter(days.values())).start
    laid = b"".join(_whole_day(packed.get(name, b""), len(day)) for name, day in days.items())
    return np.frombuffer(bytearray(laid), HOUR)[hours.start - begin : hours.stop - begin]


def _whole_day(packed: bytes, hours: int) -> bytes:
    """Return the bytes of so many HOUR rows."""
    length = hours * HOUR.itemsize
    return packed if len(packed) == length else hours_of(packed).tobytes().ljust(length, b"\0")


class MonthState(NamedTuple):
    """A month's version, and whether it is closed."""

    version: Version
    is_closed: bool


async def month_states(
    database: Database, months: Sequence[str], session: Session | None = None
) -> dict[str, MonthState]:
    """Return the state of months by their `_id`, of many lines at once; months without anything are left out."""
    fields = dict.fromkeys(("changes", "known_at", "statuses", "status_known_at", "closed"), 1)
    found = database[Collection.LINE_MONTHS].find({"_id": {"$in": list(months)}}, fields, session=session)
    documents = await found.to_list(len(months) or 1)
    return {one["_id"]: MonthState(_version(one), bool(one.get("closed"))) for one in documents}


def _version(document: dict[str, Any]) -> Version:
    counted = ("changes", "known_at", "statuses", "status_known_at")
    return Version(document["_id"], *(int(document.get(name, 0)) for name in counted))


def days_of(question: Question) -> list[date]:
    """Return the gas days of a period, in order."""
    return [question.first + timedelta(days=place) for place in range((question.end - question.first).days)]


async def latest_hours(
    database: Database, days: Mapping[str, Days], month: str
) -> dict[str, tuple[NDArray[np.void], int]]:
    """Return, by line, the 31 day slots of a gas month and the line's youngest hour with values since the month before.

    The hour is -1 where there is none. For lists of lines: two queries, however many lines. `days` are the lines, each
    with the gas days that may be read: others are as if nothing were known of them.
    """
    lines = list(days)
    before = gas_time.month_before(month)
    ids = [month_id(line, asked) for line in lines for asked in (month, before)]
    documents = await database[Collection.LINE_MONTHS].find({"_id": {"$in": ids}}, {"d": 1}).to_list(len(ids) or 1)
    slots = {document["_id"]: slots_of(document["d"]) for document in documents}
    for line, readable in days.items():
        for asked in (month, before):
            if not readable.covers(*_bounds(asked)) and month_id(line, asked) in slots:
                slots[month_id(line, asked)] = _readable(slots[month_id(line, asked)], asked, readable)
    nothing = np.zeros(0, ROLLUP)
    youngest = {line: _youngest_day(line, slots, (month, before)) for line in lines}
    hours = await _youngest_hours(database, {line: day for line, day in youngest.items() if day is not None})
    return {line: (slots.get(month_id(line, month), nothing), hours.get(line, -1)) for line in lines}


def _bounds(month: str) -> tuple[date, date]:
    return gas_time.first_day_of_month(month), gas_time.first_day_of_month(gas_time.next_month(month))


def _readable(slots: NDArray[np.void], month: str, readable: Days) -> NDArray[np.void]:
    """Return the day slots of a month without those of gas days that may not be read."""
    days, kept = gas_time.days_of_month(month), slots.copy()
    hidden = [place for place, day in enumerate(days[: len(slots)]) if day not in readable]
    kept[hidden] = np.zeros(1, slots.dtype)
    return kept


def _youngest_day(line: str, slots: dict[str, NDArray[np.void]], months: tuple[str, ...]) -> date | None:
    for month in months:
        of_month = slots.get(month_id(line, month), np.zeros(0, ROLLUP))
        filled = np.flatnonzero(of_month["hours_present"])
        if len(filled):
            return gas_time.first_day_of_month(month).replace(day=int(filled[-1]) + 1)
    return None


async def _youngest_hours(database: Database, days: dict[str, date]) -> dict[str, int]:
    ids = {day_id(line, day): (line, day) for line, day in days.items()}
    found = await database[Collection.LINE_DAYS].find({"_id": {"$in": list(ids)}}, {"h": 1}).to_list(len(ids) or 1)
    hours = {}
    for document in found:
        line, day = ids[document["_id"]]
        rows = hours_of(document["h"])
        present = np.flatnonzero(has_values(rows))
        hours[line] = gas_time.hours_of_day(day).start + int(present[-1])
    return hours


async def _months(
    database: Database, line: str, months: list[str], fields: dict[str, int], session: Session | None
) -> list[dict[str, Any]]:
    ids = {"_id": {"$gte": month_id(line, months[0]), "$lte": month_id(line, months[-1])}}
    found = database[Collection.LINE_MONTHS].find(ids, fields, session=session).sort("_id", 1)
    documents: list[dict[str, Any]] = await found.to_list(len(months))
    return documents


def _closed(months: list[dict[str, Any]]) -> set[str]:
    return {document["_id"].rpartition("|")[2] for document in months if document.get("closed")}


def _lay_month(days: NDArray[np.void], first: date, month: list[date], slots: NDArray[np.void]) -> None:
    """Copy a month's slots to where its gas days stand in the period."""
    begin = (month[0] - first).days
    kept = range(max(0, -begin), min(len(month), len(days) - begin))
    days[begin + kept.start : begin + kept.stop] = slots[kept.start : kept.stop]


def _lay_day(rows: NDArray[np.void], hours: range, document: dict[str, Any]) -> None:
    """Copy a day's hours to where they stand in the range."""
    day = gas_time.hours_of_day(date.fromisoformat(document["_id"].rpartition("|")[2]))
    begin = max(day.start, hours.start)
    end = min(day.stop, hours.stop)
    known = hours_of(document["h"])[begin - day.start : end - day.start]
    rows[begin - hours.start : begin - hours.start + len(known)] = known
