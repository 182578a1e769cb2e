"""The page of a line: what its template is given, from one read of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import quote

from services.query import periods
from services.query.answers import Layout, form_of
from services.query.chart import Chart, Point, draw
from services.query.languages import Language
from services.query.line_findings import LineFindings, line_findings
from services.query.line_gas import LineGas, line_gas
from services.query.page_rows import (
    MEASURES,
    STATE_COLUMNS,
    Row,
    Totals,
    blocked_of,
    cells,
    rows_of,
    states_of,
    totals_of,
)
from services.query.plot import FROM_ZERO, Plot, asked, columns_of, plot_of
from services.query.views import LineView, read_view
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.period import REFERENCE, Question, View
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.quantities import EnergyUnit
from shared.domain.topology import Line, Terms
from shared.domain.view import HourRows, ended_before
from shared.runtime.mongo import Database
from shared.store.lines import chromatograph_names, station_names
from shared.store.measurements import latest_hours

MOST_TABLE_ROWS = 800
"""A month of hours (745) and some; longer periods are for the chart and the files, and the page says so."""
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link of the page leads, and what it is called."""

    key: str
    href: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class LinePage:
    """Everything that the template of a line shows."""

    line: Line
    terms: Terms
    name: str
    station: str
    question: Question
    title: str
    shown: str
    tag: str
    plot: Plot
    views: list[Address]
    units: list[Address]
    references: list[Address]
    measures: list[Address]
    shortcuts: list[Address]
    downloads: list[Address]
    previous: str | None
    following: str | None
    totals: Totals
    chart: Chart
    rows: list[Row]
    hidden_rows: int
    operating_hours: int
    states: list[str]
    findings: LineFindings
    gas: LineGas | None
    last_hour: datetime | None
    seconds_since_last: int | None


async def line_page(  # noqa: PLR0913 - a question has this many sides
    database: Database, caller: Caller, line: str, question: Question, *, shown: str, now: datetime, language: Language
) -> LinePage:
    """Read and lay out a line's page. `shown` is the measure on the chart.

    Raises:
        ProblemError: 404 for an unknown line, or another's.
    """
    view = await read_view(database, caller, line, question, now)
    ended = ended_before(now)
    today = gas_time.gas_day(ended - 1)
    columns = view.columns
    whole = cells([column for column in columns if column.flat_name == shown or column.flat_name in STATE_COLUMNS])
    published = cells(columns, slice(MOST_TABLE_ROWS))
    states = states_of(view, whole, ended)
    found = await line_findings(database, line, question, language)
    blocked = blocked_of(view, found.blocking)
    rows = rows_of(view, published, states[:MOST_TABLE_ROWS], blocked, language)
    names = await station_names(database, [view.line.station])
    chromatographs = await chromatograph_names(database) if view.rows.gas is not None else {}
    last = (await latest_hours(database, [line], gas_time.month_of(today)))[line][1]
    before, after = periods.moved(question, -1), periods.moved(question, 1)
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
        views=[_address(v, periods.in_view(question, v, today), shown, here=v is question.view) for v in View],
        units=[_unit(unit, question, shown) for unit in EnergyUnit],
        references=_references(question, shown) if view.rows.gas or question.reference != REFERENCE else [],
        measures=[_address(name, question, name, here=name == shown) for name in MEASURES],
        shortcuts=[_shortcut(shortcut, question, shown) for shortcut in periods.shortcuts(question, today)],
        downloads=[Address(kind, _download(line, question, kind)) for kind in ("csv", "xml")],
        previous=None if before is None else _address("", before, shown).href,
        following=None if after is None else _address("", after, shown).href,
        totals=totals_of(view, language),
        chart=_chart(view, rows, (states, blocked), whole[shown], shown, language),
        rows=rows,
        hidden_rows=len(states) - len(rows),
        operating_hours=int(view.rows.has_operating_volume.sum()) if isinstance(view.rows, HourRows) else 0,
        states=sorted(set(states) - {""}),
        findings=found,
        gas=line_gas(view, chromatographs, len(rows), language),
        last_hour=None if last < 0 else gas_time.local_start(last),
        seconds_since_last=None if last < 0 else int(now.timestamp()) - (last + 1) * 3600,
    )


def _flagged(view: LineView, blocked: Sequence[Sequence[str]]) -> list[int]:
    """Return the hours that findings keep back; none for gas days and months, whose findings stand below."""
    if not isinstance(view.rows, HourRows):
        return []
    return [hour for hour, rules in zip(view.rows.hours, blocked, strict=True) if rules]


def opening_question(opened: Question, now: datetime, *, has_period: bool) -> Question:
    """Return the asked period, or the one that a page opens with: the gas day of the hour that ended last."""
    return opened if has_period else periods.default_period(opened, gas_time.gas_day(ended_before(now) - 1))


def _chart(  # noqa: PLR0913, PLR0917 - all that a drawing shows
    view: LineView,
    rows: Sequence[Row],
    marks: tuple[Sequence[str], Sequence[Sequence[str]]],
    figures: Sequence[str | None],
    shown: str,
    language: Language,
) -> Chart:
    """Draw every row; the words on its parts are those of the table, where that is whole.

    `marks` are the rows' states, and the rules that keep each recorded.
    """
    states, blocked = marks
    places, first = _axis(view)
    values = (None if figure is None else float(figure) for figure in figures)
    words = [_words_of(row, shown, language) for row in rows]
    if len(words) < len(states):
        words = [""] * len(states)
    points = [Point(*point) for point in zip(first, values, states, words, map(bool, blocked), strict=True)]
    ticks = _ticks(view.question, language)
    return draw(points, places, ticks, language, from_zero=shown in FROM_ZERO)


def _words_of(row: Row, shown: str, language: Language) -> str:
    said = row.figures[shown] or (language(f"state.{row.state}") if row.state else "")
    return f"{row.group} {row.label}: {said}".lstrip()


def _axis(view: LineView) -> tuple[int, list[int]]:
    """Return how many places the period has, and the place of each row: what is still to come stays empty."""
    question = view.question
    if isinstance(view.rows, HourRows):
        hours = question.hours
        return len(hours), [hour - hours.start for hour in view.rows.hours]
    if question.view is View.DAY:
        return (question.end - question.first).days, [(day - question.first).days for day in view.rows.first_days]
    months = {month: place for place, month in enumerate(question.months)}
    return len(months), [months[gas_time.month_of(day)] for day in view.rows.first_days]


def _ticks(question: Question, language: Language) -> list[tuple[int, str]]:
    """Return the labels of the axis: hours of up to two days, else days, else months; at most seven."""
    if question.view is View.MONTH:
        firsts = [gas_time.first_day_of_month(month) for month in question.months]
        return _thinned([(place, language.date(first, "yMMM")) for place, first in enumerate(firsts)])
    days = (question.end - question.first).days
    hours = question.hours
    if question.view is View.HOUR and days <= 2:
        return _thinned([(place, f"{gas_time.local_start(hour):%H:%M}") for place, hour in enumerate(hours)])
    starts = [date.fromordinal(question.first.toordinal() + place) for place in range(days)]
    if days > 92:
        starts = [day for day in starts if day.day == 1]
    return _thinned([(_place_of(day, question), language.date(day, "yMMM" if days > 92 else "MMMd")) for day in starts])


def _place_of(day: date, question: Question) -> int:
    if question.view is View.HOUR:
        return gas_time.hours_of_day(day).start - question.hours.start
    return (day - question.first).days


def _thinned(ticks: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return ticks[:: max(1, -(-len(ticks) // _MOST_TICKS))]


def _address(key: str, question: Question, shown: str, *, here: bool = False) -> Address:
    return Address(key, f"?{asked(question)}&show={shown}", here)


def _unit(unit: EnergyUnit, question: Question, shown: str) -> Address:
    return _address(unit, replace(question, unit=unit), shown, here=unit == question.unit)


def _references(question: Question, shown: str) -> list[Address]:
    """Return the references of calorific values that the page can be shown at: the line's gas is known."""
    asked = ((one, replace(question, reference=one)) for one in REFERENCES)
    return [_address(name, one, shown, here=one == question) for name, one in asked]


def _shortcut(shortcut: periods.Shortcut, question: Question, shown: str) -> Address:
    return _address(shortcut.key, shortcut.question, shown, here=shortcut.question == question)


def _download(line: str, question: Question, kind: str) -> str:
    return f"/v1/download?line={quote(line)}&{asked(question)}&format={kind}"
