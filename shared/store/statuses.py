"""Changes of validity alone, as they rest in `closings`."""

from __future__ import annotations

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
