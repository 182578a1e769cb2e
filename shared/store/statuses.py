"""Changes of validity alone, as they rest in `closings`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.domain.closing import StatusChange
from shared.domain.decision import DecisionKind
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


async def latest_closes(
    database: Database, line: str, months: Sequence[str], session: Session, moment_ms: int | None = None
) -> dict[str, int]:
    """Return when the latest close of gas months of a line became known (ms), until now or a moment.

    Of a month that is closed it is the close that holds; one that was opened again has it too.
    """
    asked = {"line": line, "kind": DecisionKind.CLOSE, "month": {"$in": list(months)}}
    known = {} if moment_ms is None else {"known_at": {"$lte": moment_ms}}
    found = database[Collection.CLOSINGS].find({**asked, **known}, {"month": 1, "known_at": 1}, session=session)
    return {document["month"]: int(document["known_at"]) async for document in found.sort("log_offset", 1)}
