"""Reading a view of a node: what it comes to, versions first, and then its lines one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shared.access.caller import Caller
from shared.domain.attribution import in_force
from shared.domain.gas_rows import Flow, GasMoments, gas_moments
from shared.domain.node_rows import LineOfNode, NodeRows, NodeSum, Units, Weighing
from shared.domain.node_shares import Share
from shared.domain.node_weights import Span, spans
from shared.domain.period import Question, View
from shared.domain.published import Column
from shared.domain.published_nodes import node_columns
from shared.domain.quantities import ABSENT
from shared.domain.revision import has_values
from shared.domain.rollup import ROLLUP, fold_hours
from shared.domain.topology import Node
from shared.domain.view import ended_before
from shared.runtime.mongo import Database, Session
from shared.store.as_known import known_by
from shared.store.asking import Asking
from shared.store.gas_quality import gas_told
from shared.store.lines import find_line
from shared.store.measurements import one_moment
from shared.store.registered_nodes import registered_node
from shared.store.topology_versions import NodesKnown
from shared.store.views import (
    ANSWER_VERSION,
    Content,
    content_of,
    hours_of,
    rollups_of,
)

NODE_ANSWER_VERSION = "1"
"""Raised with every change of how answers on nodes are written, beside that of lines."""


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node's rows over a period, what it came to in it, its lines' shares, and the tag that names their content.

    `known_at_ms` is the moment as which the rows were asked for; else when the latest change that is shown became
    known, 0 where nothing is.
    """

    node: Node
    question: Question
    spans: Sequence[Span]
    rows: NodeRows
    tag: str
    known_at_ms: int
    caller: Caller
    shares: dict[str, Share]

    @property
    def columns(self) -> list[Column]:
        """The published columns."""
        question = self.question
        return node_columns(self.rows, question.unit, question.reference, may_read=self.names)

    @property
    def whole(self) -> list[Column]:
        """The columns of the period as one row; a line is complete where nothing of it is missing in any row."""
        rows, question = self.rows, self.question
        missing = np.array([rows.missing.any(axis=0)], bool)
        one = replace(rows, rows=rows.whole, lines_expected=np.array([len(rows.lines)]), missing=missing)
        return node_columns(one, question.unit, question.reference, may_read=self.names)

    def names(self, line: str) -> bool:
        """Say whether a line may be named: who may read it on every gas day that is shown."""
        return self.caller.may_read_in(line, self.question.first, self.question.end)


@dataclass(frozen=True)
class Composed:
    """What a node comes to over a period, and of each of its lines what will be shown, before any hour is read.

    `moment_ms` is the moment as known at which it is shown, None: as known now; `ended` the first hour that had not
    ended then.
    """

    node: Node
    asking: Asking
    known: NodesKnown
    spans: Sequence[Span]
    ended: int
    moment_ms: int | None
    lines: dict[str, Content]

    @cached_property
    def tag(self) -> str:
        """Name of the content: equal tags mean equal rows, and the same lines that the caller may be named."""
        caller, question = self.asking.caller, self.asking.question
        names = [self.known.nodes[name] for name in sorted(self.known.nodes)]
        period = question.first, question.end
        contents = [(content.tag, caller.may_read_in(line, *period)) for line, content in self.lines.items()]
        parts: tuple[object, ...] = (NODE_ANSWER_VERSION, ANSWER_VERSION, self.node.id, names, question)
        parts += (self.spans, contents, self.known.known_at_ms, self.moment_ms)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


async def read_node_view(database: Database, node: str, asking: Asking, within: Session | None = None) -> NodeView:
    """Read a view of a node; `within` is the session of a larger moment that it is to be of.

    Raises:
        ProblemError: 404 for a node that this caller does not see; 422 for gas days that he may not read.
    """
    async with one_moment(database, within) as session:
        return await view_of(database, session, await composed_for(database, session, node, asking))


async def read_node_view_unless_held(
    database: Database, node: str, asking: Asking, is_held: Callable[[str], bool]
) -> NodeView | str:
    """Read a view as `read_node_view` does; of content that is held return the tag alone."""
    async with one_moment(database) as session:
        composed = await composed_for(database, session, node, asking)
        return composed.tag if is_held(composed.tag) else await view_of(database, session, composed)


async def composed_for(database: Database, session: Session, node: str, asking: Asking) -> Composed:
    """Find out what a node comes to over a period, and what will be shown of each of its lines to who asks.

    Raises:
        ProblemError: 404 for a node that this caller does not see; 422 for gas days that he may not read.
    """
    question, now = asking.question, asking.now
    moment_ms = await known_by(database, asking.known_at_ms, session)
    known = await registered_node(database, asking.caller, node, moment_ms, session, question)
    found = spans(known.nodes, node, question.first, question.end)
    lines: dict[str, Content] = {}
    for line in sorted({line for span in found for line, _ in span.weights}):
        registered = await find_line(database, line, session)
        if registered is not None:
            lines[line] = await content_of(database, session, registered, replace(asking, known_at_ms=moment_ms))
    ended = ended_before(now) if moment_ms is None else moment_ms // 3_600_000
    return Composed(known.nodes[node], asking, known, found, ended, moment_ms, lines)


async def view_of(database: Database, session: Session, composed: Composed) -> NodeView:
    """Read what a node comes to."""
    asking, moment_ms = composed.asking, composed.moment_ms
    rows, shares = await _rows_and_shares(database, session, composed)
    known_at = moment_ms if moment_ms is not None else _latest_known_at_ms(rows, composed)
    return NodeView(composed.node, asking.question, composed.spans, rows, composed.tag, known_at, asking.caller, shares)


async def _rows_and_shares(
    database: Database, session: Session, composed: Composed
) -> tuple[NodeRows, dict[str, Share]]:
    question = composed.asking.question
    units, shares = Units.of(question, composed.ended), dict[str, Share]()
    total = NodeSum(question, units, Weighing.of(composed.spans, units))
    for line, content in composed.lines.items():
        part = await _line_of_node(database, session, total, line, content)
        shares[line] = Share.of(part.rollups, total.weight_of(part))
        total.add(part)
    return total.rows(question.reference), shares


async def _line_of_node(
    database: Database, session: Session, total: NodeSum, line: str, content: Content
) -> LineOfNode:
    expected = total.expected_of(line, content.expected)
    hours = None
    if content.question.view is View.HOUR or content.gas is not None:
        hours = await hours_of(database, session, content)
    if content.question.view is View.HOUR and hours is not None:
        rollups = np.zeros(len(total.units.starts), ROLLUP)
        begin = content.expected.start - content.question.hours.start
        rollups[begin : begin + len(hours)] = fold_hours(hours[:, None])
    else:
        rollups = await rollups_of(database, session, content)
    gas = None if hours is None else await _gas(database, session, total.units, content, hours)
    return LineOfNode(line, rollups, expected, gas)


async def _gas(
    database: Database, session: Session, units: Units, content: Content, hours: NDArray[np.void]
) -> GasMoments | None:
    told = await gas_told(database, content.line, content.expected, session, content.moment_ms)
    if told is None:
        return None
    flow = Flow(told.hours, np.where(has_values(hours), hours["volume"], ABSENT))
    return gas_moments(told.served, flow, units.starts, units.ends)


def _latest_known_at_ms(rows: NodeRows, composed: Composed) -> int:
    """Return when the latest change that is shown became known, ms since 1970."""
    told = rows.rows.rollups["known_at"].max(initial=0)
    versions = [version for content in composed.lines.values() for version in content.versions]
    gas = [content.gas.known_at_ms for content in composed.lines.values() if content.gas]
    gas += [told.known_at_ms for content in composed.lines.values() for told in in_force(content.line.gas)]
    return max([int(told), composed.known.known_at_ms, *(one.status_known_at_ms for one in versions), *gas])
