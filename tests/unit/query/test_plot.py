"""What the chart in the browser is told."""

from __future__ import annotations

from datetime import date

from services.query.pages.plot import plot_of, year_before
from shared.domain import gas_time
from shared.domain.period import Question, View

DAY = Question(View.HOUR, date(2026, 10, 24), date(2026, 10, 25))


def test_the_year_before_is_the_same_weekday_or_month() -> None:
    """52 weeks earlier; months by their name; nothing before the known years."""
    assert year_before(DAY) == Question(View.HOUR, date(2025, 10, 25), date(2025, 10, 26))
    months = Question(View.MONTH, date(2026, 2, 1), date(2027, 2, 1))
    assert year_before(months) == Question(View.MONTH, date(2025, 2, 1), date(2026, 2, 1))
    assert year_before(Question(View.DAY, date(1990, 6, 1), date(1990, 7, 1))) is None


def test_a_chart_has_its_addresses_bounds_and_flags() -> None:
    """It asks for what it draws alone; hours that follow each other are one span; missing ones of late are awaited."""
    hours = gas_time.hours_of_day(DAY.first)
    first = hours.start
    plot = plot_of("/v1/nodes/N/measurements", DAY, "gcv", hours.stop, [first, first + 1, first + 5])
    assert plot.series == (
        "/v1/nodes/N/measurements?view=hour&from=2026-10-24&to=2026-10-25&unit=kWh"
        "&layout=columns&columns=gas_day,hour,quality,start,end,gcv"
    )
    assert "from=2025-10-25" in plot.earlier
    assert (plot.begin, plot.end) == (first * 3600, (first + 25) * 3600)
    assert plot.flags == [(first * 3600, (first + 2) * 3600), ((first + 5) * 3600, (first + 6) * 3600)]
    assert (plot.awaited_from, plot.from_zero) == ((hours.stop - 2) * 3600, False)


def test_a_chart_without_a_year_before() -> None:
    """Its address is empty, and the page has no button for it."""
    old = Question(View.DAY, date(1990, 6, 1), date(1990, 7, 1))
    plot = plot_of("/m", old, "energy", 200_000, [])
    assert (plot.earlier, plot.from_zero, plot.flags) == ("", True, [])
