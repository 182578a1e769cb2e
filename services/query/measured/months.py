"""A gas month of a line as who closes it must know it: its version, what is missing or kept back, and its closes."""

from __future__ import annotations

from services.query.asked.paging import Document
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.decision import OF_MONTH
from shared.domain.instants import known_instant
from shared.domain.period import Question, View
from shared.domain.rollup import fold_days
from shared.runtime.mongo import Database
from shared.store.documents import Collection, month_id, slots_of
from shared.store.measurements import one_moment
from shared.store.views import registered_for


async def month(database: Database, caller: Caller, line: str, name: str) -> Document:
    """Tell how far a month is from its close, or what closed it.

    Raises:
        ProblemError: 404 for a line that this caller does not see; 422 for a month that he may not read whole.
        NotAGasTimeError: `name` is no gas month.
    """
    first = gas_time.first_day_of_month(name)
    asked = Question(View.MONTH, first, gas_time.first_day_of_month(gas_time.next_month(name)))
    async with one_moment(database) as session:
        known = (await registered_for(database, caller, line, asked, session)).line
        of_month = {"line": known.id, "month": name, "kind": {"$in": OF_MONTH}}
        key = {"_id": month_id(known.id, name)}
        stored = await database[Collection.LINE_MONTHS].find_one(key, session=session) or {"d": {}}
        statuses = database[Collection.CLOSINGS].find(of_month, session=session).sort("log_offset", 1)
        told = [_status(document) async for document in statuses]
    whole = fold_days(slots_of(stored["d"]))
    closed = stored.get("closed") or {}
    return {
        "line": known.id,
        "month": name,
        "version": int(whole["changes"]) + int(stored.get("statuses", 0)),
        "closed": bool(closed),
        "closed_at": known_instant(closed.get("known_at", 0)),
        "cause": closed.get("cause"),
        "author": closed.get("author"),
        "reason": closed.get("reason"),
        "decision": closed.get("decision"),
        "hours_expected": len(known.active_hours(gas_time.hours_of_month(name))),
        "hours_present": int(whole["hours_present"]),
        "hours_accepted_missing": int(whole["hours_waived"]),
        "hours_blocked": int(whole["hours_blocked"]),
        "statuses": told,
    }


def _status(document: Document) -> Document:
    named = ("cause", "author", "reason", "decision", "confirmed_by")
    told = {name: document.get(name) for name in named}
    return {"kind": document["kind"], "known_at": known_instant(document["known_at"]), **told}
