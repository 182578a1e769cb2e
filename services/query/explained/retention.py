"""What would leave if earlier gas months were no longer kept online: counted by the conditions that would remove it."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime
from typing import Any

from shared.access.caller import Caller
from shared.access.roles import Task
from shared.domain import gas_time
from shared.domain.retention import floor_issues, latest_floor
from shared.domain.rollup import fold_days
from shared.domain.topology import Issue
from shared.runtime.http_state import check_role
from shared.runtime.mongo import Database
from shared.runtime.problem import unprocessable
from shared.store.documents import Collection, slots_of
from shared.store.lines import find_floor
from shared.store.retention import Condition, chromatograph_after, leaving_of_gas, leaving_of_line

LINES_AT_ONCE = 100
"""Lines whose documents are counted by one query."""
LEAVING = (
    Collection.LINE_DAYS,
    Collection.LINE_MONTHS,
    Collection.REVISIONS,
    Collection.CLOSINGS,
    Collection.FINDINGS,
    Collection.ANALYSES,
    Collection.ANALYSIS_REVISIONS,
    Collection.GAS_TOLD,
)
"""Collections of which documents leave; all others stay whole."""


async def dry_run(database: Database, caller: Caller, before: str, now: datetime) -> dict[str, Any]:
    """Count what lies before a gas month, by default the latest one before which hours may leave; nothing changes.

    Raises:
        ProblemError: 403 for who does not run the grid; 422 for no gas month, or one that cannot be asked for.
    """
    check_role(caller, Task.OPERATE)
    online_from = await find_floor(database)
    latest = latest_floor(int(now.timestamp() * 1000))
    proposed = max(latest, online_from or latest)
    asked = _first_day(before) if before else proposed
    if issues := list(floor_issues(asked, online_from, latest)):
        raise unprocessable(issues)
    documents, months, lines, hours = Counter[str](), set[str](), 0, 0
    async for chunk in _lines(database):
        leaving = _together(leaving_of_line(line, asked) for line in chunk)
        documents += await _counted(database, leaving)
        found = database[Collection.LINE_MONTHS].find(leaving[Collection.LINE_MONTHS], {"l": 1, "d": 1})
        of_lines = set()
        async for document in found:
            of_lines.add(document["l"])
            months.add(document["_id"].rpartition("|")[2])
            hours += int(fold_days(slots_of(document["d"]))["hours_present"])
        lines += len(of_lines)
    async for partition, chromatograph in _chromatographs(database):
        documents += await _counted(database, _together([leaving_of_gas(partition, chromatograph, asked)]))
    there = {name.value: await database[name].count_documents({}) for name in LEAVING}
    return {
        "before": gas_time.month_of(asked),
        "online_from": online_from.isoformat() if online_from else None,
        "goes": {
            "months": sorted(months),
            "lines": lines,
            "hours": hours,
            "documents": {name: documents[name] for name in there},
        },
        "stays": {"documents": {name: count - documents[name] for name, count in there.items()}},
    }


def _first_day(month: str) -> date:
    try:
        first = gas_time.first_day_of_month(month)
    except gas_time.NotAGasTimeError as fault:
        raise unprocessable([Issue("DATE", "before", str(fault))]) from None
    if not gas_time.FIRST_DAY <= first <= gas_time.LAST_DAY:
        raise unprocessable([Issue("DATE", "before", "gas months are known from 1990 to 2099")])
    return first


async def _lines(database: Database) -> AsyncIterator[list[str]]:
    """Give all lines that were ever registered, some at a time."""
    chunk: list[str] = []
    async for document in database[Collection.TOPOLOGY].find({"kind": "line"}, {"doc.id": 1}):
        chunk.append(document["doc"]["id"])
        if len(chunk) == LINES_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _chromatographs(database: Database) -> AsyncIterator[tuple[int, str]]:
    """Give what each partition keeps of chromatographs, by partition and name."""
    every = {"_id": {"$gte": "aggregation/", "$lt": "aggregation0"}}
    positions = [one["_id"] async for one in database[Collection.PROGRESS].find(every, {"_id": 1})]
    for partition in sorted(int(position.partition("/")[2]) for position in positions):
        name = await chromatograph_after(database, partition, "")
        while name is not None:
            yield partition, name
            name = await chromatograph_after(database, partition, name)


def _together(leaving: Iterable[dict[Collection, Condition]]) -> dict[Collection, Condition]:
    """Return, by collection, what one of several conditions concerns."""
    told: dict[Collection, list[Condition]] = defaultdict(list)
    for each in leaving:
        for collection, condition in each.items():
            told[collection].append(condition)
    return {collection: {"$or": conditions} for collection, conditions in told.items()}


async def _counted(database: Database, leaving: dict[Collection, Condition]) -> Counter[str]:
    counts = await asyncio.gather(*(database[name].count_documents(told) for name, told in leaving.items()))
    return Counter(dict(zip((name.value for name in leaving), counts, strict=True)))
