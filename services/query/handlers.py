"""The use cases of the query service: read, one pure call, answer."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from services.query.answers import Layout, measurements_json
from services.query.instants import instant
from services.query.paging import Listed
from services.query.views import LineView, read_unless_held, registered
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.attribution import Attribution, Chromatograph, in_force
from shared.domain.period import Question
from shared.domain.quantities import ABSENT, GCV
from shared.domain.topology import Issue, Line, Node, Terms
from shared.runtime.http import not_found, unprocessable
from shared.runtime.mongo import Database
from shared.store.lines import Selection, find_node, list_chromatographs, list_lines, list_nodes, station_names

_Listed = TypeVar("_Listed", Line, Node, Chromatograph)


@dataclass(frozen=True, slots=True)
class Answer:
    """A measurements answer: the tag of its content and its body, None where the reader holds it already."""

    tag: str
    body: bytes | None


async def measurements(  # noqa: PLR0913 - a question has this many sides
    database: Database,
    caller: Caller,
    line: str,
    question: Question,
    *,
    now: datetime,
    layout: Layout = Layout.ROWS,
    known_at_ms: int | None = None,
    held: str = "",
    names: frozenset[str] = frozenset(),
) -> Answer:
    """Answer a measurements question, as known now or at a moment.

    `held` names what the reader holds already; `names` are the columns or groups of them that are told, none: all.

    Raises:
        ProblemError: 404 for a line that this caller does not see, 422 for columns that there are not.
    """
    form = form_of(layout, names)
    bare = held.removesuffix(form) if held.endswith(form) else ""
    view = await read_unless_held(database, caller, line, question, now, held=bare, known_at_ms=known_at_ms)
    if view is None:
        return Answer(held, None)
    # Off the event loop: three years of hours take it some 40 ms.
    return Answer(view.tag + form, await asyncio.to_thread(_written, view, layout, names))


def form_of(layout: Layout, names: frozenset[str] = frozenset()) -> str:
    """Return what the tag of an answer says of its form: its layout, and which columns it tells where not all."""
    chosen = hashlib.sha256(",".join(sorted(names)).encode()).hexdigest()[:8] if names else ""
    return f"-{layout.value}{chosen}"


def _written(view: LineView, layout: Layout, names: frozenset[str]) -> bytes:
    question = view.question
    head: dict[str, object] = {
        "id": view.line.id,
        "name": name_at(view.line, question.end),
        "view": question.view,
        "unit": question.unit,
        "reference": question.reference,
        "from": question.shown_from,
        "to": question.shown_to,
        "known_at": instant(view.known_at_ms),
    }
    columns = view.columns
    known = {column.group or column.name for column in columns}
    if names - known:
        text = f"{', '.join(sorted(names - known))[:80]!r}: choose of {', '.join(sorted(known))}"
        raise unprocessable([Issue("COLUMNS", "columns", text)])
    told = [column for column in columns if not names or (column.group or column.name) in names]
    return measurements_json(head, told, layout)


async def lines(database: Database, caller: Caller, selection: Selection, today: date) -> Listed:
    """List the lines that the caller may see."""
    found = await list_lines(database, _one_more(selection))
    page, last_id = _cut(found, selection.limit)
    seen = [line for line in page if caller.may_read(line.id)]
    names = await station_names(database, [line.station for line in seen])
    return Listed([line_document(line, names.get(line.station, line.station), today) for line in seen], last_id)


async def nodes(database: Database, caller: Caller, selection: Selection) -> Listed:
    """List the nodes of which the caller may see every line."""
    found = await list_nodes(database, _one_more(selection))
    page, last_id = _cut(found, selection.limit)
    return Listed([{"id": node.id, "name": node.name} for node in page if _may_read(caller, node)], last_id)


async def chromatographs(database: Database, _: Caller, selection: Selection) -> Listed:
    """List the chromatographs whose gas lines carry."""
    page, last_id = _cut(await list_chromatographs(database, _one_more(selection)), selection.limit)
    return Listed([{"id": one.id, "name": one.name} for one in page], last_id)


async def line(database: Database, caller: Caller, line_id: str, today: date) -> dict[str, Any]:
    """Describe a line with all its terms."""
    known = (await registered(database, caller, line_id)).line
    names = await station_names(database, [known.station])
    terms = [_terms_document(terms) for terms in known.terms]
    gas = [_attribution_document(attribution) for attribution in in_force(known.gas)]
    return {**line_document(known, names.get(known.station, known.station), today), "terms": terms, "gas": gas}


async def node(database: Database, caller: Caller, node_id: str) -> dict[str, Any]:
    """Describe a node with all its compositions."""
    found = await find_node(database, node_id)
    if found is None or not _may_read(caller, found):
        raise not_found("node", f"node {node_id[:64]!r} is not known here")
    compositions = [
        {
            "from": composition.start.isoformat(),
            "lines": [{"line": line_id, "weight": float(weight)} for line_id, weight in composition.weights],
        }
        for composition in found.compositions
    ]
    return {"id": found.id, "name": found.name, "compositions": compositions}


def line_document(line: Line, station_name: str, today: date) -> dict[str, Any]:
    """Return a line as lists show it, with the terms of a gas day."""
    terms = line.terms_on(today) or line.terms[-1]
    return {
        "id": line.id,
        "name": terms.name,
        "station": line.station,
        "station_name": station_name,
        "network": terms.network,
        "teletransmitted": terms.teletransmitted,
        "one_way": terms.one_way,
        "capacity_m3n_per_h": terms.capacity_m3n_per_h,
        "from": line.terms[0].start.isoformat(),
        "to": line.end.isoformat() if line.end else None,
        "codes": list(line.aliases),
    }


def name_at(line: Line, day: date) -> str:
    """Return a line's official name on a gas day; outside its life the nearest."""
    return (line.terms_on(day) or (line.terms[0] if day < line.terms[0].start else line.terms[-1])).name


def operators_only(caller: Caller, what: str) -> None:
    """Refuse what concerns the whole grid to who does not run it.

    Raises:
        ProblemError: 404, as for anything that a caller may not see.
    """
    if "demo" not in caller.roles:
        raise not_found(what, f"{what} are not known here")


def _terms_document(terms: Terms) -> dict[str, Any]:
    return {
        "from": terms.start.isoformat(),
        "name": terms.name,
        "network": terms.network,
        "teletransmitted": terms.teletransmitted,
        "one_way": terms.one_way,
        "capacity_m3n_per_h": terms.capacity_m3n_per_h,
        "sends": list(terms.sends),
    }


def _attribution_document(attribution: Attribution) -> dict[str, Any]:
    return {
        "from": gas_time.hour_text(attribution.start),
        "chromatograph": attribution.chromatograph or None,
        "delay_h": attribution.delay_h,
        "others": list(attribution.others),
        "contract_gcv_kwh_per_m3n": None
        if attribution.contract_gcv == ABSENT
        else attribution.contract_gcv / GCV.scale,
        "known_at": instant(attribution.known_at_ms),
    }


def _may_read(caller: Caller, node: Node) -> bool:
    lines = {line for composition in node.compositions for line, _ in composition.weights}
    return all(caller.may_read(line) for line in lines)


def _one_more(selection: Selection) -> Selection:
    """Ask for one row more than is shown, to know whether there is a next page."""
    return Selection(selection.limit + 1, selection.after, selection.code, selection.words)


def _cut(found: list[_Listed], limit: int) -> tuple[list[_Listed], str | None]:
    """Return one page and the id after which the next begins; before rights are looked at, so that none is skipped."""
    return found[:limit], found[limit - 1].id if len(found) > limit else None
