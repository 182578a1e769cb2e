"""What leaves when earlier hours are no longer kept online, as conditions on documents, and how far that is done.

The same conditions count for a dry run and remove. A document leaves when all of it lies before the first gas day
online; one that straddles it stays. Decisions, dead letters, ledgers and the register stay for good.
`swept`: how far a partition's owner has removed them: `{_id: 3, epoch, owner, online_from, at, done}`, `at` the last
line ("line|LINE") or chromatograph ("gas|NAME") that is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from shared.domain import gas_time
from shared.domain.retention import first_gas_day, first_online_hour
from shared.events.topics import COUNTING_PARTITION
from shared.runtime.mongo import Database
from shared.store.documents import Collection, day_id, gas_id, month_id
from shared.store.lines import find_floor

Condition = dict[str, Any]


def leaving_of_line(line: str, online_from: date) -> dict[Collection, Condition]:
    """Return the condition on the documents of a line that leave, by collection."""
    hour, month = first_online_hour(online_from), gas_time.month_of(online_from)
    # Days sort behind their month's own id, so one bound serves both: "LINE|2023-11" < "LINE|2023-11-01".
    before = {"_id": {"$gte": f"{line}|", "$lt": month_id(line, month)}}
    return {
        Collection.LINE_DAYS: before,
        Collection.LINE_MONTHS: before,
        Collection.REVISIONS: {"_id": {"$gte": f"{line}|", "$lt": f"{line}}}"}, "hour": {"$lt": hour}},
        Collection.CLOSINGS: {"line": line, "end_hour": {"$lte": hour}},
        Collection.FINDINGS: {"line": line, **_wholly_before(hour)},
    }


def leaving_of_gas(partition: int, chromatograph: str, online_from: date) -> dict[Collection, Condition]:
    """Return the condition on what a partition keeps of a chromatograph and leaves; one owner keeps the analyses."""
    day = first_gas_day(online_from)
    hour = first_online_hour(day)
    names = {"$gte": f"{chromatograph}|", "$lt": f"{chromatograph}}}"}
    told = {"_id": {"$gte": f"{partition}|{chromatograph}|", "$lt": gas_id(partition, chromatograph, day)}}
    if partition != COUNTING_PARTITION:
        return {Collection.GAS_TOLD: told}
    return {
        Collection.GAS_TOLD: told,
        Collection.ANALYSES: {"_id": {**names, "$lt": day_id(chromatograph, day)}},
        Collection.ANALYSIS_REVISIONS: {"_id": names, "hour": {"$lt": hour}},
        Collection.FINDINGS: {"chromatograph": chromatograph, **_wholly_before(hour)},
    }


def _wholly_before(hour: int) -> Condition:
    return {"hours": {"$lt": hour, "$not": {"$gte": hour}}}


async def chromatograph_after(database: Database, partition: int, name: str) -> str | None:
    """Return the first chromatograph behind a name of which a partition keeps anything; None behind the last."""
    behind = f"{partition}|{name}}}" if name else f"{partition}|"
    asked = {"_id": {"$gt": behind, "$lt": f"{partition}}}"}}
    found = await database[Collection.GAS_TOLD].find(asked, {"_id": 1}).sort("_id", 1).limit(1).to_list(1)
    return str(found[0]["_id"]).split("|")[1] if found else None


async def is_swept(database: Database, partitions: Iterable[int], epoch: int) -> bool:
    """Say whether nothing is left in these partitions of what is not online any more."""
    online_from = await find_floor(database)
    if online_from is None:
        return True
    done = {"epoch": epoch, "done": True, "online_from": online_from.isoformat()}
    swept = {document["_id"] async for document in database[Collection.SWEPT].find(done, {"_id": 1})}
    return swept >= set(partitions)
