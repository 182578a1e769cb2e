"""The use cases of nodes: their measurements, what they are made of on a gas day, and how that changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.query.asked.paging import Listed, cut
from services.query.measured.answering import Answer, Reader
from services.query.measured.answers import Layout, head_of, measurements_json, named
from shared.access.caller import Caller
from shared.access.periods import runs_told
from shared.domain.instants import known_instant
from shared.domain.node_weights import ONE, weights_on
from shared.domain.topology import Composition, Node, texts_of
from shared.runtime.mongo import Database
from shared.store.as_known import known_by
from shared.store.asking import Asking
from shared.store.lines import Selection, line_names, list_nodes, nodes_with_line
from shared.store.measurements import one_moment
from shared.store.node_views import NodeView, read_node_view_unless_held
from shared.store.registered_nodes import registered_node
from shared.store.topology_versions import nodes_known


async def nodes(database: Database, caller: Caller, selection: Selection, today: date) -> Listed:
    """List the nodes that the caller may know of, by their names of a gas day."""
    found = await list_nodes(database, selection.one_more(), caller.rights.known_nodes)
    page, last_id = cut(found, selection.limit, lambda last: last.id)
    return Listed([_summary(node, caller, today) for node in page], last_id)


async def node(database: Database, caller: Caller, node_id: str, today: date) -> dict[str, Any]:
    """Describe a node with all its compositions; its name is that of a gas day."""
    found = (await registered_node(database, caller, node_id)).nodes[node_id]
    compositions = [_composition(found, caller, one, end) for one, end in found.periods]
    return {**_summary(found, caller, today), "compositions": compositions}


async def measurements(database: Database, node_id: str, asking: Asking, reader: Reader[NodeView]) -> Answer:
    """Answer a measurements question on a node, as known now or at a moment."""
    return await reader.answer(await read_node_view_unless_held(database, node_id, asking, reader.has))


def written(view: NodeView, layout: Layout, names: frozenset[str] = frozenset()) -> bytes:
    """Return the answer that tells a view, or only the columns that are named.

    Raises:
        ProblemError: 422 for columns that there are not.
    """
    head = head_of(view.node.id, view.node.name_on(view.question.end), view.question, view.known_at_ms)
    return measurements_json(head, named(view.columns, names), layout)


@dataclass(frozen=True, slots=True)
class At:
    """The gas day of which a topology is asked, and the moment (ms) as known at which; None: as known now."""

    day: date
    known_at_ms: int | None = None


async def topology(database: Database, caller: Caller, node_id: str, at: At) -> dict[str, Any]:
    """Tell what a node is made of on a gas day, and which lines it comes to with which weights."""
    async with one_moment(database) as session:
        moment_ms = await known_by(database, at.known_at_ms, session)
        known = await registered_node(database, caller, node_id, moment_ms, session)
    found = known.nodes[node_id]
    composition = found.composition_on(at.day)
    end = next((until for one, until in found.periods if one == composition), None)
    weights = weights_on(known.nodes, node_id, at.day)
    named = {line: weight for line, weight in weights.items() if caller.may_read_on(line, at.day)}
    names = await line_names(database, list(named), at.day)
    return {
        "id": found.id,
        "name": found.name_on(at.day),
        "at": at.day.isoformat(),
        "known_at": known_instant(known.known_at_ms if moment_ms is None else moment_ms),
        "composition": None if composition is None else _composition(found, caller, composition, end),
        "lines": [
            {"line": line, "name": names.get(line, line), "weight": weight / ONE}
            for line, weight in sorted(named.items())
        ],
        "lines_unnamed": len(weights) - len(named),
    }


@dataclass(frozen=True, slots=True)
class Counting:
    """A node in which a line counts: its name, and the line's weight in it."""

    id: str
    name: str
    weight: Decimal


async def counting(database: Database, caller: Caller, line: str, day: date) -> list[Counting]:
    """Return the nodes that come to a line on a gas day, of those that the caller may read then.

    A node that holds it through others too comes to it with the product of the weights, added up over all ways.
    """
    found = []
    for one in await nodes_with_line(database, line):
        if day not in caller.rights.node(one.id):
            continue
        weight = weights_on((await nodes_known(database, one.id)).nodes, one.id, day).get(line)
        if weight:
            found.append(Counting(one.id, one.name_on(day), Decimal(weight) / ONE))
    return found


def _summary(node: Node, caller: Caller, today: date) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name_on(today),
        "from": node.compositions[0].start.isoformat(),
        "to": node.end.isoformat() if node.end else None,
        "codes": texts_of(node.codes),
        "readable": runs_told(caller.rights.node(node.id)),
    }


def _composition(node: Node, caller: Caller, composition: Composition, end: date | None) -> dict[str, Any]:
    """Return what a node is made of on some gas days, naming what the caller may know of on one of them."""
    days = composition.start, end
    lines = [(line, weight) for line, weight in composition.weights if caller.may_know_in(line, *days)]
    nodes = [(inner, weight) for inner, weight in composition.nodes if caller.may_know_node_in(inner, *days)]
    return {
        "from": composition.start.isoformat(),
        "to": end.isoformat() if end else None,
        "name": composition.name or node.name,
        "lines": [{"line": line, "weight": float(weight)} for line, weight in lines],
        "lines_unnamed": len(composition.weights) - len(lines),
        "nodes": [{"node": inner, "weight": float(weight)} for inner, weight in nodes],
        "nodes_unnamed": len(composition.nodes) - len(nodes),
    }
