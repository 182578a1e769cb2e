"""The register read side: lines, nodes, stations, chromatographs as people and programs list, find and search them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.domain.attribution import Chromatograph
from shared.domain.topology import Line, Node
from shared.runtime.mongo import Database, Session
from shared.store.documents import Collection
from shared.store.register import FLOOR_ID, chromatograph_of, floor_of, line_of, node_of


@dataclass(frozen=True, slots=True)
class RegisteredLine:
    """A line, and which state of the register said so: the offset in the line log of its latest change."""

    line: Line
    version: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a list is asked for: ids after `after`, at most `limit`, by code or by words in it."""

    limit: int
    after: str = ""
    code: str = ""
    words: str = ""

    def one_more(self) -> Selection:
        """Ask for one row more than is shown, to know whether there is a next page."""
        return replace(self, limit=self.limit + 1)


async def find_line(database: Database, line: str, session: Session | None = None) -> RegisteredLine | None:
    """Return a line of the register, or None."""
    name = f"line|{line}"
    asked = database[Collection.TOPOLOGY].find({"_id": {"$in": [name, FLOOR_ID]}}, session=session)
    found = {document["_id"]: document async for document in asked}
    if name not in found:
        return None
    told, online_from = found[name], floor_of(found.get(FLOOR_ID))
    return RegisteredLine(line_of(told["doc"], online_from), int(told["log_offset"]))


async def find_lines(database: Database, lines: Sequence[str]) -> dict[str, RegisteredLine]:
    """Return lines of the register by their ids, those that there are; by one query."""
    names = [f"line|{line}" for line in lines]
    asked = database[Collection.TOPOLOGY].find({"_id": {"$in": [*names, FLOOR_ID]}})
    found = {document["_id"]: document async for document in asked}
    online_from = floor_of(found.pop(FLOOR_ID, None))
    known = (RegisteredLine(line_of(one["doc"], online_from), int(one["log_offset"])) for one in found.values())
    return {one.line.id: one for one in known}


async def find_floor(database: Database) -> date | None:
    """Return the first gas day that is kept online; None where all are."""
    return floor_of(await database[Collection.TOPOLOGY].find_one({"_id": FLOOR_ID}))


async def find_chromatograph(database: Database, chromatograph: str) -> Chromatograph | None:
    """Return a chromatograph of the register, or None."""
    document = await database[Collection.TOPOLOGY].find_one({"_id": f"chromatograph|{chromatograph}"})
    return None if document is None else chromatograph_of(document["doc"])


async def list_lines(database: Database, selection: Selection, only: Iterable[str] | None = None) -> list[Line]:
    """Return lines in the order of their ids, of some of them; words are looked for in id, name, codes and station."""
    conditions = _page("line", selection, only)
    for word in selection.words.split():
        conditions.append(await _line_has(database, word))
    documents, online_from = await _documents(database, conditions, selection.limit), await find_floor(database)
    return [line_of(document["doc"], online_from) for document in documents]


async def list_nodes(database: Database, selection: Selection, only: Iterable[str] | None = None) -> list[Node]:
    """Return nodes in the order of their ids, of some of them; words are looked for in id, names and other codes."""
    conditions = _page("node", selection, only)
    for word in selection.words.split():
        pattern = _containing(word)
        fields = ("doc.id", "doc.name", "doc.compositions.name", "doc.aliases")
        conditions.append({"$or": [{field: pattern} for field in fields]})
    documents = await _documents(database, conditions, selection.limit)
    return [node_of(document["doc"]) for document in documents]


async def nodes_with_line(database: Database, line: str) -> list[Node]:
    """Return the nodes that ever hold a line, themselves or through others, in the order of their ids."""
    found: dict[str, Node] = {}
    holds: dict[str, Any] = {"doc.compositions.weights.line": line}
    while documents := await _documents(database, [*_page("node", Selection(0)), holds], 0):
        found |= {document["doc"]["id"]: node_of(document["doc"]) for document in documents}
        met = [document["doc"]["id"] for document in documents]
        holds = {"doc.compositions.nodes.node": {"$in": met}, "doc.id": {"$nin": list(found)}}
    return [found[name] for name in sorted(found)]


async def list_chromatographs(
    database: Database, selection: Selection, only: Iterable[str] | None = None
) -> list[Chromatograph]:
    """Return chromatographs in the order of their ids, of some of them."""
    documents = await _documents(database, _page("chromatograph", selection, only), selection.limit)
    return [chromatograph_of(document["doc"]) for document in documents]


async def chromatograph_names(database: Database) -> dict[str, str]:
    """Return the names of all chromatographs by their ids: there are some eighty in a country."""
    found = database[Collection.TOPOLOGY].find({"kind": "chromatograph"}, {"doc": 1})
    return {document["doc"]["id"]: document["doc"]["name"] async for document in found}


async def line_names(database: Database, lines: Iterable[str], day: date) -> dict[str, str]:
    """Return the official names of lines on a gas day, outside of their lives the nearest, by their ids."""
    ids = [f"line|{line}" for line in lines]
    found = database[Collection.TOPOLOGY].find({"_id": {"$in": ids}})
    known = [line_of(document["doc"]) async for document in found]
    return {line.id: line.name_on(day) for line in known}


async def station_names(database: Database, stations: Iterable[str]) -> dict[str, str]:
    """Return the names of stations by their ids."""
    ids = [f"station|{station}" for station in dict.fromkeys(stations)]
    documents = await database[Collection.TOPOLOGY].find({"_id": {"$in": ids}}).to_list(len(ids) or 1)
    return {document["doc"]["id"]: document["doc"]["name"] for document in documents}


async def _line_has(database: Database, word: str) -> dict[str, Any]:
    pattern = _containing(word)
    named = database[Collection.TOPOLOGY].find({"kind": "station", "doc.name": pattern}, {"doc.id": 1})
    stations = [document["doc"]["id"] async for document in named]
    fields: list[dict[str, Any]] = [
        {field: pattern} for field in ("doc.id", "doc.terms.name", "doc.aliases", "doc.station")
    ]
    return {"$or": [*fields, {"doc.station": {"$in": stations}}]}


def _containing(word: str) -> dict[str, str]:
    # A pattern with a NUL is refused by the server, and no name has one.
    return {"$regex": re.escape(word.replace("\0", "\N{REPLACEMENT CHARACTER}")), "$options": "i"}


def _page(kind: str, selection: Selection, only: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Return the conditions of a page: `_id` is "kind|id", and "}" is the character after "|"; and its code's.

    `only`: of these ids alone, so that a page is full of what may be seen and says nothing of what lies between.
    """
    place: dict[str, Any] = {"_id": {"$gt": f"{kind}|{selection.after}", "$lt": f"{kind}}}"}}
    if only is not None:
        place = {"_id": {"$in": [f"{kind}|{name}" for name in only if name > selection.after]}}
    if not selection.code:
        return [place]
    return [place, {"$or": [{"doc.id": selection.code}, {"doc.aliases": selection.code}]}]


async def _documents(database: Database, conditions: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    found = database[Collection.TOPOLOGY].find({"$and": conditions}).sort("_id", 1).limit(limit)
    documents: list[dict[str, Any]] = await found.to_list(limit or None)
    return documents
