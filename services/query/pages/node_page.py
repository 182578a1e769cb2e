"""The page of a node: what its template is given, from one read of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from services.query.measured.answers import Layout, form_of
from services.query.pages import periods
from services.query.pages.drawing import drawn
from services.query.pages.languages import Language
from services.query.pages.measured_page import MeasuredPage
from services.query.pages.moves import moves_of
from services.query.pages.node_parts import LinesOfRow, MadeOf, lines_of_rows, made_of
from services.query.pages.page_rows import (
    STATE_COLUMNS,
    Published,
    Row,
    cells,
    hour_rows_of,
    node_hour_states,
    period_rows_of,
    period_states,
    table_rows,
    totals_of,
)
from services.query.pages.plot import columns_of, plot_of
from shared.domain import gas_time
from shared.domain.period import View
from shared.domain.topology import Node
from shared.domain.view import ended_before
from shared.runtime.mongo import Database
from shared.store.asking import Asking
from shared.store.lines import line_names
from shared.store.measurements import latest_hours
from shared.store.node_views import NodeView, read_node_view

_MORE_OF_HOURS = ("lines_expected", "lines_complete")
"""What the chart must know of an hour beside the quality of the lines that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePage(MeasuredPage):
    """Everything that the template of a node shows."""

    node: Node
    codes: list[str]
    lines: list[LinesOfRow]
    made_of: MadeOf


async def node_page(database: Database, node: str, asking: Asking, *, shown: str, language: Language) -> NodePage:
    """Read and lay out a node's page. `shown` is the measure on the chart.

    Raises:
        ProblemError: 404 for an unknown node, or another's; 422 for gas days that the caller may not read.
    """
    caller, question, now = asking.caller, asking.question, asking.now
    view = await read_node_view(database, node, asking)
    ended = ended_before(now)
    today = gas_time.gas_day(ended - 1)
    columns = view.columns
    states = _states(view, cells([one for one in columns if one.flat_name in (*STATE_COLUMNS, *_MORE_OF_HOURS)]), ended)
    figures = cells([one for one in columns if one.flat_name == shown])[shown]
    in_table = table_rows(len(states))
    rows = _rows_of(view, cells(columns, in_table), states[in_table], language)
    names = await line_names(database, [line for line in view.rows.lines if view.names(line)], question.end)
    more = _MORE_OF_HOURS if question.view is View.HOUR else ()
    days = caller.rights.node(node)
    month = gas_time.month_of(days.latest(today) or today)
    latest = await latest_hours(database, dict.fromkeys(view.rows.lines, days), month)
    last = max((hour for _, hour in latest.values()), default=-1)
    return NodePage(
        node=view.node,
        name=view.node.name_on(question.end),
        codes=[code.text for code in view.node.codes],
        question=question,
        title=periods.title(question, language),
        shown=shown,
        tag=view.tag + form_of(Layout.COLUMNS, frozenset((*columns_of(question.view, shown), *more))),
        plot=plot_of(f"/v1/nodes/{quote(node)}/measurements", question, shown, ended, [], more=more),
        moves=moves_of(question, shown, today, has_gas=view.rows.rows.gas is not None),
        totals=totals_of(view.whole, language),
        chart=drawn(question, view.rows.rows, rows, (states, [()] * len(states)), figures, shown, language),
        rows=rows,
        lines=lines_of_rows(view, names, len(rows)),
        hidden_rows=len(states) - len(rows),
        states=sorted(set(states) - {""}),
        made_of=made_of(view, names, shown, language),
        last=last,
        now=now,
    )


def _states(view: NodeView, published: Published, ended: int) -> list[str]:
    if view.question.view is View.HOUR:
        return node_hour_states(published, view.rows.rows.starts.tolist(), ended)
    return period_states(published)


def _rows_of(
    view: NodeView, published: Mapping[str, list[str | None]], states: list[str], language: Language
) -> list[Row]:
    if view.question.view is View.HOUR:
        nothing: list[tuple[str, ...]] = [()] * len(states)
        return hour_rows_of(f"/nodes/{quote(view.node.id)}", dict(published), states, nothing, language)
    return period_rows_of(view.rows.rows, dict(published), states, language)
