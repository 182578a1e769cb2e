"""The chart of a page as the server draws it: each row at its place, labels across, words that the table says too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.query.pages.chart import Chart, Point, draw
from services.query.pages.languages import Language
from services.query.pages.page_rows import Row
from services.query.pages.plot import FROM_ZERO
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.view import HourRows, PeriodRows

_MOST_TICKS = 7


def drawn(  # noqa: PLR0913, PLR0917 - all that a drawing shows
    question: Question,
    told: HourRows | PeriodRows,
    rows: Sequence[Row],
    marks: tuple[Sequence[str], Sequence[Sequence[str]]],
    figures: Sequence[str | None],
    shown: str,
    language: Language,
) -> Chart:
    """Draw every row that is told; the words on its parts are those of the table, where that is whole.

    `marks` are the rows' states, and the rules that keep each recorded; `figures` the values of the measure `shown`.
    """
    states, blocked = marks
    places, first = _axis(question, told)
    values = (None if figure is None else float(figure) for figure in figures)
    words = [_words_of(row, shown, language) for row in rows]
    if len(words) < len(states):
        words = [""] * len(states)
    points = [Point(*point) for point in zip(first, values, states, words, map(bool, blocked), strict=True)]
    return draw(points, places, _ticks(question, language), language, from_zero=shown in FROM_ZERO)


def _words_of(row: Row, shown: str, language: Language) -> str:
    said = row.figures[shown] or (language(f"state.{row.state}") if row.state else "")
    return f"{row.group} {row.label}{language.colon} {said}".lstrip()


def _axis(question: Question, told: HourRows | PeriodRows) -> tuple[int, list[int]]:
    """Return how many places the period has, and the place of each row: what is still to come stays empty."""
    if question.view is View.HOUR:
        hours, asked = told.hours if isinstance(told, HourRows) else told.starts.tolist(), question.hours
        return len(asked), [hour - asked.start for hour in hours]
    days = () if isinstance(told, HourRows) else told.first_days
    if question.view is View.DAY:
        return (question.end - question.first).days, [(day - question.first).days for day in days]
    months = {month: place for place, month in enumerate(question.months)}
    return len(months), [months[gas_time.month_of(day)] for day in days]


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
