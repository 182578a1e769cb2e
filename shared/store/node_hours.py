"""Reading one hour of a node, with what each of its lines says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.revision import HOUR
from shared.domain.topology import Line
from shared.domain.view import HourRows, hour_rows
from shared.runtime.mongo import Database, Session
from shared.runtime.problem import not_found
from shared.store.asking import Asking
from shared.store.measurements import one_moment
from shared.store.node_views import NodeView, composed_for, view_of
from shared.store.views import Content, hours_of


@dataclass(frozen=True, slots=True)
class NodeHour:
    """An hour of a node: what it is made of then, what it says, and what each of its lines says of that hour.

    The view is that of the hour's gas day; a line of which the hour is not expected has no row.
    """

    view: NodeView
    weights: dict[str, int]
    lines: dict[str, tuple[Line, HourRows]]


async def read_node_hour(database: Database, caller: Caller, node: str, hour: int, now: datetime) -> NodeHour:
    """Read an hour of a node with all of its lines, at one moment of the store.

    Raises:
        ProblemError: 404 for a node that this caller does not see, or that there was not then; 422 for a gas day that
            he may not read.
    """
    day = gas_time.gas_day(hour)
    question = Question(View.HOUR, day, day + timedelta(days=1))
    async with one_moment(database) as session:
        composed = await composed_for(database, session, node, Asking(caller, question, now))
        if composed.node.composition_on(day) is None:
            raise not_found("start", f"node {node} has no hour {gas_time.hour_text(hour)}: there was no such node then")
        view = await view_of(database, session, composed)
        lines = {line: await _hour_of(database, session, one, hour) for line, one in composed.lines.items()}
    return NodeHour(view, dict(composed.spans[0].weights), lines)


async def _hour_of(database: Database, session: Session, content: Content, hour: int) -> tuple[Line, HourRows]:
    expected = content.expected
    if hour not in expected:
        return content.line, hour_rows(range(hour, hour), np.zeros(0, HOUR))
    known = await hours_of(database, session, content)
    place = hour - expected.start
    return content.line, hour_rows(range(hour, hour + 1), known[place : place + 1])
