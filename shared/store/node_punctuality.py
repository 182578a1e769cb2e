"""Reading how punctual the lines of a node are: their counts added up, each line on the gas days on which it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.domain.node_punctuality import NodePunctuality, of_node
from shared.domain.node_weights import Span
from shared.domain.period import Question
from shared.domain.punctuality import HoursTold, Punctuality, joined, punctuality
from shared.domain.topology import Node
from shared.domain.view import hour_rows
from shared.runtime.mongo import Database, Session
from shared.store.asking import Asking
from shared.store.measurements import one_moment
from shared.store.node_views import Composed, composed_for
from shared.store.punctuality import Due, hours_told
from shared.store.views import latest_shown_ms


@dataclass(frozen=True, slots=True)
class NodeTold:
    """How punctual a node's lines are over a period, and the tag that names the content; `known_at_ms` as of a view."""

    node: Node
    question: Question
    punctuality: NodePunctuality
    tag: str
    known_at_ms: int


async def read_node_punctuality(database: Database, node: str, asking: Asking) -> NodeTold:
    """Read how punctual the lines of a node are, whoever may read them, as known now or at a moment.

    Raises:
        ProblemError: 404 for a node that this caller does not see; 422 for gas days that he may not read.
    """
    async with one_moment(database) as session:
        return await _told(database, session, await _due(database, session, node, asking))


async def read_node_punctuality_unless_held(
    database: Database, node: str, asking: Asking, is_held: Callable[[str], bool]
) -> NodeTold | str:
    """Read it as `read_node_punctuality` does; of content that is held return the tag alone."""
    async with one_moment(database) as session:
        due = await _due(database, session, node, asking)
        return due.tag if is_held(due.tag) else await _told(database, session, due)


@dataclass(frozen=True)
class _NodeDue:
    """What will be told of a node, before any hour is read."""

    composed: Composed
    lines: dict[str, Due]

    @cached_property
    def tag(self) -> str:
        """Name of the content."""
        parts = (self.composed.tag, [due.tag for due in self.lines.values()])
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


async def _due(database: Database, session: Session, node: str, asking: Asking) -> _NodeDue:
    composed = await composed_for(database, session, node, asking)
    return _NodeDue(composed, {line: Due.of(content, asking.now) for line, content in composed.lines.items()})


async def _told(database: Database, session: Session, due: _NodeDue) -> NodeTold:
    composed, question = due.composed, due.composed.asking.question
    found, latest_ms = await _of_lines(database, session, composed, due.lines)
    shown_ms = max(composed.known.known_at_ms, latest_ms) if composed.moment_ms is None else composed.moment_ms
    return NodeTold(composed.node, question, of_node(question.view, found), due.tag, shown_ms)


async def _of_lines(
    database: Database, session: Session, composed: Composed, dues: dict[str, Due]
) -> tuple[list[Punctuality], int]:
    """Return the counts of each line, and when the latest change of them became known."""
    found, latest_ms = list[Punctuality](), 0
    for line, due in dues.items():
        told = await hours_told(database, session, due)
        latest_ms = max(latest_ms, latest_shown_ms(hour_rows(told.hours, told.rows), due.content))
        found.append(joined(due.content.question.view, list(_in_spans(line, composed.spans, due, told))))
    return found, latest_ms


def _in_spans(line: str, spans: Sequence[Span], due: Due, told: HoursTold) -> Iterator[Punctuality]:
    """Give the counts of a line on the gas days on which the node comes to it."""
    view = due.content.question.view
    for span in spans:
        if line in dict(span.weights):
            hours = Question(view, span.first, span.end).hours
            promised = due.promised.within(told.hours, hours)
            yield punctuality(view, told.within(hours), promised, due.until_ms)
