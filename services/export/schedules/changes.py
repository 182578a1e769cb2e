"""Schedules that wait for closes and changes: the change feed is looked at once for all, from where it was left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.export.files.parts import readable_days
from services.export.jobs.attempt import CallerNamed
from services.export.jobs.ordered import download_ordered
from services.export.schedules.defects import harming_itself_alone
from services.export.schedules.news import News, news_of
from services.export.schedules.times import of_month
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.domain import gas_time
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError
from shared.store import changes, schedules
from shared.store.changes import BEGIN, Card, Heads, change_id, place_of
from shared.store.deliveries import delivery_of
from shared.store.documents import Collection, month_id
from shared.store.export_jobs import Document, order_of
from shared.store.lines import find_lines
from shared.store.registered_nodes import lines_within
from shared.store.schedules import When
from shared.store.topology_versions import nodes_known

DOCUMENTS_AT_ONCE = 50
"""Of each partition: one of a live batch is some 240 bytes."""


async def look(database: Database, named: CallerNamed, now: datetime) -> int:
    """Make the deliveries for what has changed since the last look; return how many.

    `named` says what the owner of a schedule may do by now. What is written moves the position in the same transaction,
    so nothing is missed and nothing is made twice.
    """
    heads = await changes.heads(database)
    at = await schedules.position(database, {str(one): change_id(one, head.last) for one, head in heads.of})
    waiting = await schedules.waiting_for(database, When.DEFINITIVE, When.CHANGES)
    positions, cards = await _unread(database, heads, at["position"], is_read=bool(waiting))
    if positions == at["position"]:
        return 0
    told = await changes.documents(database, cards)
    made = await _deliveries(database, named, waiting, news_of(told.values()), f"c{at['version'] + 1}", now)
    return len(made) if await schedules.moved_on(database, at, positions, made) else 0


async def _unread(
    database: Database, heads: Heads, at: dict[str, str], *, is_read: bool
) -> tuple[dict[str, str], list[Card]]:
    """Return the next documents of each partition, and the positions behind them; none where nobody waits for any."""
    positions, found = dict(at), []
    for partition, head in heads.of:
        here = place_of(at[str(partition)]) if str(partition) in at else BEGIN
        if head.last <= here:
            continue
        cards = await changes.cards(database, partition, here, 0, DOCUMENTS_AT_ONCE) if is_read else []
        # Where nothing is left to be read although something was told, it has expired: 91 days nobody looked.
        positions[str(partition)] = cards[-1].id if cards else change_id(partition, head.last)
        found += cards
    return positions, found


async def _deliveries(  # noqa: PLR0913, PLR0917 - who waits for what, and when
    database: Database, named: CallerNamed, waiting: Sequence[Document], news: News, turn: str, now: datetime
) -> list[Document]:
    made: list[Document] = []
    for schedule in waiting:
        with harming_itself_alone(schedule["_id"]) as faults:
            found = await _of_one(database, schedule, news, turn, now)
            owner = await named(schedule["owner"]) if found else None
            made += [one for one in found if owner is None or _may_be_told(owner, one["asked"], now)]
        for fault in faults:
            await schedules.disable(database, schedule["_id"], fault)
    return made


async def _of_one(database: Database, schedule: Document, news: News, turn: str, now: datetime) -> list[Document]:
    lines = await lines_of(database, schedule["asked"])
    if schedule["when"]["kind"] == When.DEFINITIVE:
        return await _definitive(database, schedule, lines, news, now)
    is_concerned = _concerns(schedule, lines, news, now)
    return [delivery_of(schedule, turn, schedule["asked"], _ms(now))] if is_concerned else []


def _may_be_told(owner: Caller, asked: Document, now: datetime) -> bool:
    """Say whether somebody may be told that there is something new on gas days that he once could read.

    Who may not come in at all at the moment finds when he is back what he missed, and why there is no file.
    """
    if not owner.may(Task.DOWNLOAD):
        return True
    try:
        question = download_ordered(order_of(asked), now).question
    except ProblemError:
        return True  # its period has left what is kept: the file will say so
    return readable_days(owner, asked["line"], asked["node"]).covers(question.first, question.end)


async def lines_of(database: Database, asked: Document) -> list[str]:
    """Return the lines of an order, and those that its nodes ever hold."""
    within = [lines_within(await nodes_known(database, node)) for node in asked["node"]]
    return sorted({*asked["line"], *(line for lines in within for line in lines)})


async def _definitive(
    database: Database, schedule: Document, lines: Sequence[str], news: News, now: datetime
) -> list[Document]:
    """Return a delivery for each month that is definitive now for all lines that were active in it."""
    made = []
    for month in news.months_of(lines, schedule["since"]):
        closed_ms = await _closed_ms(database, lines, month)
        if closed_ms:
            made.append(delivery_of(schedule, f"{month}-{closed_ms}", of_month(schedule["asked"], month), _ms(now)))
    return made


async def _closed_ms(database: Database, lines: Sequence[str], month: str) -> int:
    """Return when the last of the lines' months closed (ms since 1970); 0 where one of them is open."""
    known, hours = await find_lines(database, lines), gas_time.hours_of_month(month)
    names = [month_id(line, month) for line, one in known.items() if one.line.active_hours(hours)]
    asked = database[Collection.LINE_MONTHS].find({"_id": {"$in": names}}, {"closed.known_at": 1})
    closed = [int((document.get("closed") or {}).get("known_at", 0)) async for document in asked]
    return max(closed) if closed and len(closed) == len(names) and all(closed) else 0


def _concerns(schedule: Document, lines: Sequence[str], news: News, now: datetime) -> bool:
    try:
        question = download_ordered(order_of(schedule["asked"]), now).question
    except ProblemError:
        return False  # its period has left what is kept; there is nothing that could be made
    return news.concerns(lines, schedule["asked"]["node"], question.hours, schedule["since"])


def _ms(now: datetime) -> int:
    return int(now.timestamp() * 1000)
