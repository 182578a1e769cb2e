"""Decisions: what became of the changes that somebody asked for, in the words of who asked."""

from __future__ import annotations

from http import HTTPStatus

import orjson

from services.query.handlers import operators_only
from services.query.instants import instant
from services.query.paging import Document, Listed, newest_first
from shared.access.caller import Caller
from shared.domain.topology import Issue
from shared.events.topics import OPERATIONS
from shared.runtime.http import ProblemError, not_found
from shared.runtime.mongo import Database
from shared.store.documents import Collection

_OWNER = "aggregation/0"
"""The position of who decides on the register: aggregation in partition 0."""
_RETRY_SECONDS = 1


async def decisions(database: Database, caller: Caller, after: str, limit: int) -> Listed:
    """List what was decided, the newest first.

    Raises:
        ProblemError: 404 for who is no operator.
    """
    operators_only(caller, "decisions")
    listed = await newest_first(database, Collection.DECISIONS, {}, after, limit)
    return Listed([_decision(document) for document in listed.rows], listed.last_id)


async def decision(database: Database, caller: Caller, offset: int) -> Document:
    """Tell what became of the change at an offset of `operations`.

    Raises:
        ProblemError: 404, with code PENDING where what stands at that offset has not been worked off yet.
    """
    operators_only(caller, "decisions")
    # The position first: a decision and the position behind it are written in one transaction.
    reached = await _reached(database)
    document = await database[Collection.DECISIONS].find_one({"_id": f"{OPERATIONS.name}/{offset}"})
    if document is not None:
        return _decision(document)
    if offset <= reached:
        raise not_found("decision", f"there is no decision {offset}")
    text = f"no outcome of {offset} is known yet: it is still pending, or was never asked; ask again in a moment"
    retry = {"Retry-After": str(_RETRY_SECONDS)}
    raise ProblemError(HTTPStatus.NOT_FOUND, [Issue("PENDING", "decision", text)], retry)


async def _reached(database: Database) -> int:
    """Return the last offset of `operations` that was worked off, -1 where there is none."""
    position = await database[Collection.PROGRESS].find_one({"_id": _OWNER}, {"sources": 1}) or {}
    return int(position.get("sources", {}).get(f"{OPERATIONS.name}/0", [-1])[0])


def _decision(document: Document) -> Document:
    asked = _asked(document["document"])
    return {
        "decision": int(str(document["_id"]).rpartition("/")[2]),
        "kind": document["kind"],
        "author": asked.get("author"),
        "reason": asked.get("reason"),
        "known_at": instant(document["known_at"]),
        "outcome": document["outcome"],
        "issues": [{"code": code, "position": at, "message": message} for code, at, message in document["issues"]],
    }


def _asked(document: bytes) -> Document:
    """Return a change as it was asked for; nothing where that is no json object, which was refused for it."""
    try:
        asked = orjson.loads(document)
    except orjson.JSONDecodeError:
        return {}
    return asked if isinstance(asked, dict) else {}
