"""Dead letters as operators list them: the reason, the place, and never the original bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.query.asked.paging import Document, Listed, by_id
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.domain import gas_time
from shared.domain.instants import known_instant
from shared.runtime.http_state import check_role
from shared.runtime.mongo import Database
from shared.store.documents import Collection

_OURS = ("_id", "p", "hour")
"""What a document says in our own way: its name, its partition, the number of its hour."""


async def dead_letters(database: Database, caller: Caller, after: str, limit: int) -> Listed:
    """List dead letters with their reasons, in the order of their ids.

    Raises:
        ProblemError: 403 for who is no operator.
    """
    check_role(caller, Task.OPERATE)
    listed = await by_id(database, Collection.DEAD_LETTERS, after, limit)
    return Listed([_letter(document) for document in listed.rows], listed.last_id)


def _letter(document: Document) -> Document:
    """Return what json can say of a dead letter; bytes stay in the store."""
    told = {name: value for name, value in document.items() if not isinstance(value, bytes) and name not in _OURS}
    plain = {name: _said(value) for name, value in told.items()}
    if isinstance(document.get("known_at"), int):
        plain["known_at"] = known_instant(document["known_at"])
    if isinstance(document.get("hour"), int):
        plain["start"] = gas_time.hour_text(document["hour"])
    return {"id": str(document["_id"]), **plain}


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
