"""The pages of what lines and nodes are made of, and how that changed: who, when known, why, and what in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from services.query.asked.paging import Listed
from services.query.explained import topology_history
from services.query.measured import nodes
from services.query.measured.nodes import At
from services.query.pages.differences_told import Told, told
from services.query.pages.hour_page import local_moment
from services.query.pages.languages import Language
from services.query.pages.node_parts import signed
from shared.access.caller import Caller
from shared.domain.topology import Line, Terms
from shared.runtime.mongo import Database
from shared.store.as_known import known_by
from shared.store.lines import line_names
from shared.store.topology_versions import line_known_at
from shared.store.views import registered

CHANGES_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Change:
    """A change on the line of time: `as_known` leads to the page as it was known from then on.

    `unnamed` is how many differences it made to lines and nodes that the reader may not know of.
    """

    moment: datetime | None
    decision: int
    author: str
    reason: str
    correction: str
    differences: list[Told]
    unnamed: int
    as_known: str


@dataclass(frozen=True, slots=True)
class Member:
    """A line or node with its weight, as the language writes it."""

    id: str
    name: str
    href: str
    weight: str


@dataclass(frozen=True, slots=True)
class TopologyPage:
    """Everything that the template shows: of a node its members, of a line its terms; None: not there on that day.

    `known_at` is the asked moment, "" for now; `direct` are a node's members where some of them are nodes. `unnamed` is
    how many lines there are beside those of `lines`, `direct_unnamed` how many members: the reader may not know them.
    `check` is the line that a line is checked against, "" where there is none, or none that may be named.
    """

    kind: str
    id: str
    name: str
    day: date
    known_at: str
    lines: list[Member]
    direct: list[Member]
    unnamed: int
    direct_unnamed: int
    since: tuple[date, date | None] | None
    terms: Terms | None
    check: str
    changes: list[Change]
    last_id: str | None
    program: str


async def node_topology_page(  # noqa: PLR0913 - what is asked
    database: Database, caller: Caller, node: str, at: At, language: Language, *, known_at: str, after: str = ""
) -> TopologyPage:
    """Read and lay out what a node is made of on a gas day, and how that came about.

    Raises:
        ProblemError: 404 for an unknown node, or another's.
    """
    document = await nodes.topology(database, caller, node, at)
    listed = await topology_history.node_history(database, caller, node, after, CHANGES_PER_PAGE)
    composition = document["composition"]
    inner = composition is not None and bool(composition["nodes"] or composition["nodes_unnamed"])
    address = f"/nodes/{quote(node)}"
    return TopologyPage(
        kind="node",
        id=node,
        name=document["name"],
        day=at.day,
        known_at=known_at,
        lines=[_member("lines", one["line"], one["name"], one["weight"], at, language) for one in document["lines"]],
        direct=_direct(composition, document["lines"], at, language) if inner else [],
        unnamed=document["lines_unnamed"],
        direct_unnamed=composition["lines_unnamed"] + composition["nodes_unnamed"] if inner else 0,
        since=None if composition is None else (_day(composition["from"]), _until(composition["to"])),
        terms=None,
        check="",
        changes=await _changes(database, listed, address, at, language),
        last_id=listed.last_id,
        program=f"/v1{address}/topology",
    )


async def line_topology_page(  # noqa: PLR0913 - what is asked
    database: Database, caller: Caller, line: str, at: At, language: Language, *, known_at: str, after: str = ""
) -> TopologyPage:
    """Read and lay out what holds for a line on a gas day, in which nodes it counts, and how that came about.

    Raises:
        ProblemError: 404 for an unknown line, or another's.
    """
    known: Line | None = (await registered(database, caller, line)).line
    moment_ms = await known_by(database, at.known_at_ms)
    if moment_ms is not None:
        known = await line_known_at(database, line, moment_ms)
    listed = await topology_history.line_history(database, caller, line, after, CHANGES_PER_PAGE)
    terms = None if known is None else known.terms_on(at.day)
    counting = await nodes.counting(database, caller, line, at.day) if at.known_at_ms is None else []
    address = f"/lines/{quote(line)}"
    return TopologyPage(
        kind="line",
        id=line,
        name=line if known is None else known.name_on(at.day),
        day=at.day,
        known_at=known_at,
        lines=[],
        direct=[_member("nodes", one.id, one.name, one.weight, at, language) for one in counting],
        unnamed=0,
        direct_unnamed=0,
        since=_since(known, terms),
        terms=terms,
        check=_check(caller, terms, at),
        changes=await _changes(database, listed, address, at, language),
        last_id=listed.last_id,
        program=f"/v1{address}/topology/history",
    )


def _check(caller: Caller, terms: Terms | None, at: At) -> str:
    """Return the line against which a line is checked, where it may be named."""
    against = terms.check.line if terms is not None and terms.check is not None else ""
    return against if caller.may_read_on(against, at.day) else ""


def _since(line: Line | None, terms: Terms | None) -> tuple[date, date | None] | None:
    if line is None or terms is None:
        return None
    later = [one.start for one in line.terms if one.start > terms.start]
    return terms.start, min(later, default=line.end)


def _direct(
    composition: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], at: At, language: Language
) -> list[Member]:
    """Return what a node holds itself: lines, and nodes through which it comes to others."""
    names = {one["line"]: one["name"] for one in lines}
    held = [
        _member("lines", one["line"], names.get(one["line"], one["line"]), one["weight"], at, language)
        for one in composition["lines"]
    ]
    return [*held, *(_member("nodes", one["node"], "", one["weight"], at, language) for one in composition["nodes"])]


def _member(what: str, name: str, called: str, weight: float | Decimal, at: At, language: Language) -> Member:  # noqa: PLR0913, PLR0917 - what a member is told by
    href = f"/{what}/{quote(name)}/topology?at={at.day}"
    return Member(name, called or name, href, signed(Decimal(str(weight)), language))


async def _changes(database: Database, listed: Listed, address: str, at: At, language: Language) -> list[Change]:
    weighed = {
        one["of"] for row in listed.rows for one in row["changes"] if one["what"] == "weight of line" and one["of"]
    }
    names = await line_names(database, sorted(weighed), at.day)
    return [_change(row, names, address, at, language) for row in listed.rows]


def _change(row: Mapping[str, Any], names: Mapping[str, str], address: str, at: At, language: Language) -> Change:
    known_at = row["known_at"] or ""
    query = urlencode({"at": at.day.isoformat(), "known_at": known_at}, safe=":")
    return Change(
        local_moment(row["known_at"]),
        row["decision"],
        row["author"],
        row["reason"],
        row["correction"] or "",
        [told(one, names, language) for one in row["changes"]],
        row["changes_unnamed"],
        f"{address}/topology?{query}" if known_at else "",
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _until(text: str | None) -> date | None:
    return None if text is None else _day(text)
