"""What the chart in the browser is told: where its series are answered, and how they are drawn. For lines and nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import urlencode

from services.query.measured.answers import Layout
from services.query.pages.page_rows import AWAITED_HOURS
from shared.domain import gas_time
from shared.domain.period import REFERENCE, Question, View

_WEEKS_52 = timedelta(days=364)
"""The year before, for hours and gas days: the same weekday, because people use gas by weekdays."""
FROM_ZERO = ("volume_m3n", "energy")
"""Measures that are sums: their axis begins at zero."""
_S_PER_HOUR = 3_600
_COUNTS = ("hours_present", "hours_expected", "hours_by_quality")
_COLUMNS = {
    View.HOUR: ("gas_day", "hour", "quality"),
    View.DAY: ("gas_day", *_COUNTS),
    View.MONTH: ("month", *_COUNTS),
}
"""Beside start, end and the measure."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart of a measure: addresses of its series and of the year before (empty: there is none), its bounds in s.

    `flags` are the spans, in s, that findings keep back; missing rows from `awaited_from` on are awaited.
    """

    series: str
    earlier: str
    shown: str
    view: str
    begin: int
    end: int
    awaited_from: int
    flags: list[tuple[int, int]]

    @property
    def from_zero(self) -> bool:
        """Whether the axis begins at zero."""
        return self.shown in FROM_ZERO


def plot_of(  # noqa: PLR0913 - all that a chart is told
    measurements: str, question: Question, shown: str, ended: int, flagged: Sequence[int], *, more: Sequence[str] = ()
) -> Plot:
    """Return the chart of a question.

    Args:
        measurements: Path at which the measurements of the line or node are answered.
        question: What the page shows.
        shown: The measure.
        ended: First hour that has not ended.
        flagged: Hours that findings keep back, in order.
        more: Columns beside those of every chart.
    """
    before = year_before(question)
    form = urlencode(
        {"layout": Layout.COLUMNS, "columns": ",".join((*columns_of(question.view, shown), *more))}, safe=","
    )
    return Plot(
        series=f"{measurements}?{asked(question)}&{form}",
        earlier="" if before is None else f"{measurements}?{asked(before)}&{form}",
        shown=shown,
        view=question.view.value,
        begin=question.hours.start * _S_PER_HOUR,
        end=question.hours.stop * _S_PER_HOUR,
        awaited_from=(ended - AWAITED_HOURS) * _S_PER_HOUR,
        flags=_spans(flagged),
    )


def columns_of(view: View, shown: str) -> tuple[str, ...]:
    """Return the columns that a chart is drawn from: a tenth of what a line with gas has."""
    return (*_COLUMNS[view], "start", "end", shown)


def year_before(question: Question) -> Question | None:
    """Return the same question 52 weeks earlier, in the month view 12 months; None before the known years."""
    if question.view is View.MONTH:
        first, end = (date(day.year - 1, day.month, 1) for day in (question.first, question.end))
    else:
        first, end = question.first - _WEEKS_52, question.end - _WEEKS_52
    return replace(question, first=first, end=end) if first >= gas_time.FIRST_DAY else None


def asked(question: Question) -> str:
    """Return the parameters by which a question is asked."""
    given = {"view": question.view, "from": question.shown_from, "to": question.shown_to, "unit": question.unit}
    if question.reference != REFERENCE:
        given["reference"] = question.reference
    return urlencode({name: str(value) for name, value in given.items()})


def _spans(hours: Sequence[int]) -> list[tuple[int, int]]:
    """Return runs of hours that follow each other, as their begins and ends in s."""
    runs = (list(run) for _, run in groupby(enumerate(hours), lambda placed: placed[1] - placed[0]))
    return [(run[0][1] * _S_PER_HOUR, (run[-1][1] + 1) * _S_PER_HOUR) for run in runs]
