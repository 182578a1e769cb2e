"""Lists that explain: findings of a line, and dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.query.handlers import Listed, instant
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.runtime.http import not_found
from shared.runtime.mongo import Database
from shared.store.documents import Collection


@dataclass(frozen=True, slots=True)
class FindingsAsked:
    """Which findings: of a line, of the gas days `first` to `end` (exclusive)."""

    line: str
    first: date | None
    end: date | None


async def findings(database: Database, caller: Caller, asked: FindingsAsked, after: str, limit: int) -> Listed:
    """List the findings of one line, or of all for who may see all, in the order of their ids."""
    if asked.line and not caller.may_read(asked.line):
        raise not_found("line", f"line {asked.line[:64]!r} is not known here")
    condition: dict[str, Any] = {"line": asked.line} if asked.line else {}
    within = {}
    if asked.first is not None:
        within["$gte"] = gas_time.hours_of_day(asked.first).start
    if asked.end is not None:
        within["$lt"] = gas_time.hours_of_day(asked.end).start
    if within:
        condition["hours"] = {"$elemMatch": within}
    listed = await _page(database, Collection.FINDINGS, condition, after, limit)
    seen = [document for document in listed.rows if caller.may_read(str(document.get("line", "")))]
    return Listed([_finding(document) for document in seen], listed.last_id)


async def dead_letters(database: Database, caller: Caller, after: str, limit: int) -> Listed:
    """List dead letters with their reasons; the operators' list, without the original bytes."""
    if "demo" not in caller.roles:
        raise not_found("dead-letters", "dead letters are not known here")
    listed = await _page(database, Collection.DEAD_LETTERS, {}, after, limit)
    return Listed([_plain(document) for document in listed.rows], listed.last_id)


async def _page(
    database: Database, collection: Collection, condition: dict[str, Any], after: str, limit: int
) -> Listed:
    where = {**condition, "_id": {"$gt": after}}
    found = await database[collection].find(where).sort("_id", 1).limit(limit + 1).to_list(limit + 1)
    return Listed(found[:limit], str(found[limit - 1]["_id"]) if len(found) > limit else None)


def _finding(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a rule found in one record: the hours, and what was observed in each beside the threshold."""
    plain = _plain({name: value for name, value in document.items() if name not in ("p", "hours")})
    return {**plain, "starts": [f"{gas_time.hour_start(hour):%Y-%m-%dT%H:%M:%SZ}" for hour in document["hours"]]}


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """Return what json can say of a document; bytes stay in the store."""
    plain = {name: _said(value) for name, value in document.items() if not isinstance(value, bytes) and name != "_id"}
    if isinstance(document.get("known_at"), int):
        plain["known_at"] = instant(document["known_at"])
    return {"id": str(document["_id"]), **plain}


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
