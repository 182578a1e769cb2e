"""The page of a line: what its template is given, from one read of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from services.query.measured.answers import Layout, form_of
from services.query.measured.nodes import Counting, counting
from services.query.pages import periods
from services.query.pages.drawing import drawn
from services.query.pages.languages import Language
from services.query.pages.line_findings import LineFindings, line_findings
from services.query.pages.line_gas import LineGas, line_gas
from services.query.pages.measured_page import MeasuredPage
from services.query.pages.moves import Address, moves_of
from services.query.pages.page_rows import (
    STATE_COLUMNS,
    blocked_of,
    cells,
    rows_of,
    states_of,
    table_rows,
    totals_of,
)
from services.query.pages.plot import asked, columns_of, plot_of
from shared.domain import gas_time
from shared.domain.period import Question
from shared.domain.published import period_columns
from shared.domain.topology import Line, Terms
from shared.domain.view import HourRows, ended_before
from shared.runtime.mongo import Database
from shared.store.asking import Asking
from shared.store.lines import chromatograph_names, station_names
from shared.store.measurements import latest_hours
from shared.store.views import LineView, read_view


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePage(MeasuredPage):
    """Everything that the template of a line shows."""

    line: Line
    terms: Terms
    station: str
    nodes: list[Counting]
    downloads: list[Address]
    operating_hours: int
    findings: LineFindings
    gas: LineGas | None


async def line_page(database: Database, line: str, asking: Asking, *, shown: str, language: Language) -> LinePage:
    """Read and lay out a line's page. `shown` is the measure on the chart.

    Raises:
        ProblemError: 404 for an unknown line, or another's.
    """
    caller, question, now = asking.caller, asking.question, asking.now
    view = await read_view(database, line, asking)
    ended = ended_before(now)
    today = gas_time.gas_day(ended - 1)
    columns = view.columns
    whole = cells([column for column in columns if column.flat_name == shown or column.flat_name in STATE_COLUMNS])
    states = states_of(view, whole, ended)
    in_table = table_rows(len(states))
    found = await line_findings(database, line, question, language)
    blocked = blocked_of(view, found.blocking)
    rows = rows_of(view, cells(columns, in_table), states[in_table], blocked, language)
    names = await station_names(database, [view.line.station])
    chromatographs = await chromatograph_names(database) if view.rows.gas is not None else {}
    days = caller.rights.line(line)
    last = (await latest_hours(database, {line: days}, gas_time.month_of(days.latest(today) or today)))[line][1]
    return LinePage(
        line=view.line,
        terms=view.line.terms_on(today) or view.line.terms[-1],
        name=view.line.name_on(question.end),
        station=names.get(view.line.station, view.line.station),
        question=question,
        title=periods.title(question, language),
        shown=shown,
        tag=view.tag + form_of(Layout.COLUMNS, frozenset(columns_of(question.view, shown))),
        plot=plot_of(f"/v1/lines/{quote(line)}/measurements", question, shown, ended, _flagged(view, blocked)),
        moves=moves_of(question, shown, today, has_gas=view.rows.gas is not None),
        nodes=await counting(database, caller, line, today),
        downloads=[Address(kind, _download(line, question, kind)) for kind in ("csv", "xml")],
        totals=totals_of(period_columns(view.whole, question.unit, question.reference), language),
        chart=drawn(question, view.rows, rows, (states, blocked), whole[shown], shown, language),
        rows=rows,
        hidden_rows=len(states) - len(rows),
        operating_hours=int(view.rows.has_operating_volume.sum()) if isinstance(view.rows, HourRows) else 0,
        states=sorted(set(states) - {""}),
        findings=found,
        gas=line_gas(view, chromatographs, len(rows), language),
        last=last,
        now=now,
    )


def _flagged(view: LineView, blocked: Sequence[Sequence[str]]) -> list[int]:
    """Return the hours that findings keep back; none for gas days and months, whose findings stand below."""
    if not isinstance(view.rows, HourRows):
        return []
    return [hour for hour, rules in zip(view.rows.hours, blocked, strict=True) if rules]


def _download(line: str, question: Question, kind: str) -> str:
    return f"/v1/download?line={quote(line)}&{asked(question)}&format={kind}"
