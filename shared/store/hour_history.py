"""Everything that is kept of one hour of a line: its revisions, changes of status, findings, and who decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.decision import OF_MONTH
from shared.domain.revision import HOUR
from shared.events.topics import OPERATIONS, SOURCES
from shared.runtime.mongo import Database, Session
from shared.store import forms
from shared.store.documents import Collection, day_id, hours_of

Document = dict[str, Any]
DECIDED = SOURCES.index(OPERATIONS.name)
"""What `source_topic` says of a row that comes from a decision; its `source_offset` is the decision's number."""


@dataclass(frozen=True, slots=True)
class HourKept:
    """What is kept of an hour.

    Attributes:
        rows: Its HOUR rows from revision 1 to the current one; none where nothing is known.
        statuses: Documents of `closings` that concern it, in the order of the log.
        findings: Documents of `findings` that concern it, in the order in which they became known.
        decisions: Documents of `decisions` from which rows come, by their number.
    """

    rows: NDArray[np.void]
    statuses: list[Document]
    findings: list[Document]
    decisions: dict[int, Document]


async def hour_kept(database: Database, line: str, hour: int, session: Session) -> HourKept:
    """Read everything about an hour, as one state of the store."""
    rows = await _revisions(database, line, hour, session)
    month = gas_time.month_of(gas_time.gas_day(hour))
    concerned = [{"hours": hour}, {"month": month, "kind": {"$in": OF_MONTH}}]
    closings = database[Collection.CLOSINGS].find({"line": line, "$or": concerned}, session=session)
    findings = database[Collection.FINDINGS].find({"line": line, "hours": hour}, session=session)
    return HourKept(
        rows,
        [document async for document in closings.sort("log_offset", 1)],
        [document async for document in findings.sort([("known_at", 1), ("_id", 1)])],
        await _decisions(database, rows, session),
    )


async def _revisions(database: Database, line: str, hour: int, session: Session) -> NDArray[np.void]:
    current = await _current(database, line, hour, session)
    names = [f"{line}|{hour}|{revision}" for revision in range(1, int(current["revision"].max(initial=1)))]
    found = database[Collection.REVISIONS].find({"_id": {"$in": names}}, {"row": 1}, session=session)
    rows = np.concatenate([*[forms.hours(document["row"], 1) async for document in found], current])
    return rows[np.argsort(rows["revision"])]


async def _current(database: Database, line: str, hour: int, session: Session) -> NDArray[np.void]:
    """Return what an hour says now, as one row; no row where nothing is known of it."""
    key = {"_id": day_id(line, gas_time.gas_day(hour))}
    day = await database[Collection.LINE_DAYS].find_one(key, {"h": 1}, session=session)
    known = np.zeros(0, HOUR) if day is None else hours_of(day["h"])
    place = gas_time.hour_index(hour) - 1
    here = known[place : place + 1]
    return here[here["revision"] > 0]


async def _decisions(database: Database, rows: NDArray[np.void], session: Session) -> dict[int, Document]:
    numbers = rows["source_offset"][rows["source_topic"] == DECIDED].tolist()
    names = {f"{OPERATIONS.name}/{number}": number for number in numbers}
    found = database[Collection.DECISIONS].find({"_id": {"$in": list(names)}}, session=session)
    return {names[document["_id"]]: document async for document in found}
