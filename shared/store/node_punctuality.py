"""Reading how punctual the lines of a node are: their counts added up, each line on the gas days on which it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.access.caller import Caller
from shared.domain.node_punctuality import NodePunctuality, of_node
from shared.domain.node_weights import Span
from shared.domain.period import Question
from shared.domain.punctuality import HoursTold, Punctuality, joined, punctuality
from shared.domain.topology import Node
from shared.domain.view import hour_rows
from shared.runtime.mongo import Database, Session
from shared.store.as_known import known_by
from shared.store.measurements import one_moment
from shared.store.node_views import Composed, compose, tag_of
from shared.store.punctuality import Due, hours_told
from shared.store.registered_nodes import registered_node
from shared.store.views import latest_shown_ms


@dataclass(frozen=True, slots=True)
class NodeTold:
    """How punctual a node's lines are over a period, and the tag that names the content; `known_at_ms` as of a view."""

    node: Node
    question: Question
    punctuality: NodePunctuality
    tag: str
    known_at_ms: int


async def read_node_punctuality(  # noqa: PLR0913 - a question has this many sides
    database: Database, caller: Caller, node: str, question: Question, now: datetime, *, known_at_ms: int | None = None
) -> NodeTold:
    """Read how punctual the lines of a node are, whoever may read them, as known now or at a moment.

    Raises:
        ProblemError: 404 for a node that this caller does not see; 422 for gas days that he may not read.
    """
    async with one_moment(database) as session:
        asked = await _asked(database, session, caller, node, question, now, known_at_ms)
        return await _told(database, session, asked)


async def read_node_punctuality_unless_held(  # noqa: PLR0913 - a question has this many sides
    database: Database,
    caller: Caller,
    node: str,
    question: Question,
    now: datetime,
    *,
    is_held: Callable[[str], bool],
    known_at_ms: int | None = None,
) -> NodeTold | str:
    """Read it as `read_node_punctuality` does; of content that is held return the tag alone.

    Raises:
        ProblemError: 404 for a node that this caller does not see; 422 for gas days that he may not read.
    """
    async with one_moment(database) as session:
        asked = await _asked(database, session, caller, node, question, now, known_at_ms)
        return asked.tag if is_held(asked.tag) else await _told(database, session, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What will be told of a node, before any hour is read."""

    node: Node
    question: Question
    composed: Composed
    dues: dict[str, Due]
    tag: str


async def _asked(  # noqa: PLR0913, PLR0917 - a question has this many sides
    database: Database,
    session: Session,
    caller: Caller,
    node: str,
    question: Question,
    now: datetime,
    known_at_ms: int | None,
) -> _Asked:
    moment_ms = await known_by(database, known_at_ms, session)
    known = await registered_node(database, caller, node, moment_ms, session, question)
    composed = await compose(database, session, known, node, question, now, moment_ms)
    dues = {line: Due.of(content, now) for line, content in composed.lines.items()}
    parts = (tag_of(caller, node, question, composed), [due.tag for due in dues.values()])
    tag = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    return _Asked(known.nodes[node], question, composed, dues, tag)


async def _told(database: Database, session: Session, asked: _Asked) -> NodeTold:
    composed, question = asked.composed, asked.question
    found, latest_ms = await _of_lines(database, session, composed, asked.dues)
    shown_ms = max(composed.known.known_at_ms, latest_ms) if composed.moment_ms is None else composed.moment_ms
    return NodeTold(asked.node, question, of_node(question.view, found), asked.tag, shown_ms)


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
