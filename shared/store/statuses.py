"""Changes of validity alone, as they rest in `closings`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.domain.closing import StatusChange
from shared.domain.decision import OF_MONTH, DecisionKind
from shared.runtime.mongo import Database, Session
from shared.store.documents import Collection


def status_change_of(document: dict[str, Any]) -> StatusChange:
    """Return the change of a document of `closings`."""
    return StatusChange(
        DecisionKind(document["kind"]),
        int(document["known_at"]),
        int(document["log_offset"]),
        document.get("month") or "",
        tuple(document.get("hours") or ()),
        tuple(document.get("before") or ()),
    )


async def changes_after(database: Database, line: str, moment_ms: int, session: Session) -> list[StatusChange]:
    """Return a line's changes of status that became known after a moment."""
    later = {"line": line, "known_at": {"$gt": moment_ms}}
    return [status_change_of(document) async for document in database[Collection.CLOSINGS].find(later, session=session)]


async def closes_that_hold(
    database: Database, line: str, months: Sequence[str], session: Session, moment_ms: int | None = None
) -> dict[str, int]:
    """Return when the close that holds became known (ms), of those of these gas months of a line that are closed.

    Closed now, or at a moment; a month that was closed, reopened and closed again has the time of the second close.
    """
    asked = {"line": line, "kind": {"$in": OF_MONTH}, "month": {"$in": list(months)}}
    known = {} if moment_ms is None else {"known_at": {"$lte": moment_ms}}
    found = database[Collection.CLOSINGS].find(
        {**asked, **known}, {"month": 1, "kind": 1, "known_at": 1}, session=session
    )
    closes: dict[str, int] = {}
    async for document in found.sort("log_offset", 1):
        if document["kind"] == DecisionKind.CLOSE:
            closes[document["month"]] = int(document["known_at"])
        else:
            closes.pop(document["month"], None)
    return closes
