"""Decisions: what became of the changes that somebody asked for, in the words of who asked."""

from __future__ import annotations

from http import HTTPStatus

import orjson

from services.query.asked.paging import Document, Listed, newest_first
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.domain.instants import known_instant
from shared.domain.topology import Issue
from shared.events.topics import OPERATIONS
from shared.runtime.http_state import check_role
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError, not_found
from shared.store.documents import Collection

_SOURCE = f"{OPERATIONS.name}/0"
"""`operations` as positions name it; it has one partition."""
_RETRY_SECONDS = 1


async def decisions(database: Database, caller: Caller, after: str, limit: int) -> Listed:
    """List what was decided, the newest first.

    Raises:
        ProblemError: 403 for who is no operator.
    """
    check_role(caller, Task.OPERATE)
    listed = await newest_first(database, Collection.DECISIONS, {}, after, limit)
    return Listed([_decision(document, _asked(document)) for document in listed.rows], listed.last_id)


async def decision(database: Database, caller: Caller, offset: int) -> Document:
    """Tell what was asked for at an offset of `operations`, and what became of it.

    Raises:
        ProblemError: 403 for who is no operator; 404, with code PENDING where what stands at that offset has not been
            worked off yet.
    """
    check_role(caller, Task.OPERATE)
    # The positions and the receipt first: a decision and the position behind it are written in one transaction.
    name = f"{OPERATIONS.name}/{offset}"
    is_awaited = offset > await _reached(database) or await _was_asked(database, name)
    document = await database[Collection.DECISIONS].find_one({"_id": name})
    if document is not None:
        asked = _asked(document)
        return {**_decision(document, asked), "asked": asked or None}
    if not is_awaited:
        raise not_found("decision", f"there is no decision {offset}")
    text = f"no outcome of {offset} is known yet: it is still pending, or was never asked; ask again in a moment"
    retry = {"Retry-After": str(_RETRY_SECONDS)}
    raise ProblemError(HTTPStatus.NOT_FOUND, [Issue("PENDING", "decision", text)], retry)


async def _reached(database: Database) -> int:
    """Return the last offset of `operations` that any partition has come to, -1 where there is none."""
    owners = {"_id": {"$gte": "aggregation/", "$lt": "aggregation0"}}
    positions = database[Collection.PROGRESS].find(owners, {"sources": 1})
    return max([int(one.get("sources", {}).get(_SOURCE, [-1])[0]) async for one in positions], default=-1)


async def _was_asked(database: Database, name: str) -> bool:
    """Say whether the door keeps a receipt: then it is known to have been asked, even if others were decided since."""
    return await database[Collection.RECEIPTS].find_one({"_id": name}, {"_id": 1}) is not None


def _decision(document: Document, asked: Document) -> Document:
    """Return what was decided; what nobody asked for (a month that closed by its deadline) has no number."""
    source, _, number = str(document["_id"]).partition("/")
    return {
        "decision": int(number) if source == OPERATIONS.name else None,
        "id": document["_id"],
        "kind": document["kind"],
        "line": document.get("line") or None,
        "author": document.get("author") or asked.get("author"),
        "reason": document.get("reason") or asked.get("reason"),
        "confirmed_by": asked.get("confirmed_by"),
        "known_at": known_instant(document["known_at"]),
        "outcome": document["outcome"],
        "conflict": document.get("conflict", False),
        "issues": [{"code": code, "position": at, "message": message} for code, at, message in document["issues"]],
        "state": document.get("state"),
    }


def _asked(document: Document) -> Document:
    """Return a change as it was asked for; nothing where that is no json object: refused, or not asked by anybody."""
    try:
        asked = orjson.loads(document["document"])
    except orjson.JSONDecodeError:
        return {}
    return asked if isinstance(asked, dict) else {}
