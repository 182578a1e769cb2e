"""Who read what, for those who may see it: auditors all, a company's administrator the readers of its own lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.query.asked.paging import Document, Listed, cut
from services.query.asked.parameters import refused_cursor
from shared.access.caller import Caller
from shared.access.days import Days
from shared.access.roles import Task
from shared.domain import gas_time
from shared.domain.instants import known_instant
from shared.runtime.mongo import Database
from shared.runtime.problem import forbidden, not_found
from shared.store.access.owned import rights_owned
from shared.store.documents import Collection


@dataclass(frozen=True, slots=True)
class ReadingsAsked:
    """Which readings: of a line, of a node, told on gas days `first` to `end` (exclusive); empty: any."""

    line: str = ""
    node: str = ""
    first: date | None = None
    end: date | None = None


async def readings(  # noqa: PLR0913, PLR0917 - a question has this many sides
    database: Database, caller: Caller, asked: ReadingsAsked, today: date, after: str, limit: int
) -> Listed:
    """List who read what, the latest first.

    Raises:
        ProblemError: 403 for who neither audits nor administrates; 404 for a line or node that is not his company's
            own; 422 for a cursor that no answer gave.
    """
    sees_all = caller.may(Task.AUDIT)
    if not (sees_all or caller.may(Task.MANAGE)):
        raise forbidden("ROLE", f"this needs a role that may {Task.AUDIT.value}, or {Task.MANAGE.value}")
    if not sees_all:  # what others passed on to his company is theirs: who reads it is not his to know
        caller = replace(caller, rights=await rights_owned(database, caller.company, today))
        _check_own(caller, asked)
    condition = {**condition_of(asked), **({} if sees_all else _of_own(caller, asked))}
    found = await database[Collection.ACCESS_LOG].find(_following(condition, after)).sort(_NEWEST).to_list(limit + 1)
    page, last_id = cut(found, limit, lambda last: f"{last['entry']['at']}|{last['_id']}")
    seen = page if sees_all else [one for document in page if (one := within_own(caller, asked, document)) is not None]
    names = await _names(database, {one["entry"]["client"] for one in seen if _is_of_his(caller, one["entry"])})
    return Listed([_row(one, names, is_whole=sees_all or _is_of_his(caller, one["entry"])) for one in seen], last_id)


_NEWEST = [("entry.at", -1), ("_id", -1)]


def condition_of(asked: ReadingsAsked) -> Document:
    """Return what the store is asked."""
    named = {"entry.lines": asked.line, "entry.nodes": asked.node}
    condition: Document = {name: value for name, value in named.items() if value}
    bounds = (("$gte", asked.first), ("$lt", asked.end))
    within = {sign: gas_time.hours_of_day(day).start * 3_600_000 for sign, day in bounds if day is not None}
    return {**condition, "entry.at": within} if within else condition


def _check_own(caller: Caller, asked: ReadingsAsked) -> None:
    if asked.line and not caller.may_read(asked.line):
        raise not_found("line", f"line {asked.line[:64]!r} is not known here")
    if asked.node and not caller.may_read_node(asked.node):
        raise not_found("node", f"node {asked.node[:64]!r} is not known here")


def _of_own(caller: Caller, asked: ReadingsAsked) -> Document:
    """Return the condition of entries on anything of the caller's own, where nothing of it is asked for by name."""
    if asked.line or asked.node or caller.rights.has_all:
        return {}
    own = {"entry.lines": {"$in": list(caller.rights.lines)}, "entry.nodes": {"$in": list(caller.rights.nodes)}}
    return {"$or": [{name: names} for name, names in own.items()]}


def within_own(caller: Caller, asked: ReadingsAsked, document: Mapping[str, Any]) -> Document | None:
    """Return an entry with those lines and nodes alone that are the caller's own on the gas days that were read.

    None where there is none of them, or not the one that is asked for: that it was read is not his to know then.
    """
    entry = document["entry"]
    lines = [line for line in entry["lines"] if _is_own(caller.rights.line(line), entry)]
    nodes = [node for node in entry["nodes"] if _is_own(caller.rights.node(node), entry)]
    is_as_asked = asked.line in ("", *lines) and asked.node in ("", *nodes)
    if not is_as_asked or not (lines or nodes):
        return None
    return {**document, "entry": {**entry, "lines": lines, "nodes": nodes, "gas": []}}


def _is_own(days: Days, entry: Mapping[str, Any]) -> bool:
    """Say whether days and what was read have one in common; what was read of no day in particular has with any."""
    if not entry["first"] or not entry["end"]:
        return bool(days)
    read = Days.of([(date.fromisoformat(entry["first"]), date.fromisoformat(entry["end"]))])
    return bool(days.within(read))


def _is_of_his(caller: Caller, entry: Mapping[str, Any]) -> bool:
    """Say whether a reader is of the caller's own company: of others nothing is told but their ids."""
    return bool(caller.company) and entry["company"] == caller.company


async def _names(database: Database, clients: Iterable[str]) -> dict[str, str]:
    """Return the names of persons; whose were erased have none any more."""
    found = database[Collection.PERSONS].find({"_id": {"$in": sorted(clients)}}, {"name": 1})
    return {str(one["_id"]): str(one["name"]) async for one in found if one.get("name")}


def _row(document: Document, names: Mapping[str, str], *, is_whole: bool) -> Document:
    entry = document["entry"]
    return {
        "id": document["_id"],
        "at": known_instant(entry["at"]),
        "until": known_instant(entry["until"]),
        "times": entry["times"],
        "client": entry["client"],
        "company": entry["company"] or None,
        "name": names.get(entry["client"]),
        "address": (document.get("address") or None) if is_whole else None,
        "what": entry["what"],
        "lines": entry["lines"],
        "nodes": entry["nodes"],
        "chromatographs": entry["gas"],
        "from": entry["first"] or None,
        "to": entry["end"] or None,
    }


def _following(condition: Document, after: str) -> Document:
    """Return the condition of what comes after a place."""
    if not after:
        return condition
    at, _, name = after.partition("|")
    if not (at.isascii() and at.isdecimal() and len(at) < 19):
        raise refused_cursor()
    places = [{"entry.at": int(at), "_id": {"$lt": name}}, {"entry.at": {"$lt": int(at)}}]
    return {"$and": [condition, {"$or": places}]}
