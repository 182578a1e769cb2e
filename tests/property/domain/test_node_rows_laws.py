"""Rows of nodes as laws: whatever the lines and weights, Σ weight · line holds to the last printed place."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.node_rows import LineOfNode, NodeRows, NodeSum, Units, Weighing
from shared.domain.node_weights import Span
from shared.domain.period import Question, View
from shared.domain.published import columns_of
from shared.domain.published_nodes import node_columns
from shared.domain.quantities import EnergyUnit
from shared.domain.revision import has_values
from shared.domain.rollup import fold_hours
from shared.domain.view import day_rows, hour_rows, month_rows
from tests.property.domain.hour_strategies import hour_rows as drawn_hours
from tests.unit.domain.test_view import strings

FIRST, END = date(2026, 10, 24), date(2026, 10, 27)
QUESTION = Question(View.HOUR, FIRST, END)
HOURS = QUESTION.hours
DAYS = [gas_time.hours_of_day(FIRST + timedelta(days=place)) for place in range(3)]
FEW = 25
"""Examples: each has some seventy hours of up to three lines."""
weights = st.sampled_from([-2_000, -1_000, -125, 0, 500, 1_000, 1_250, 3_000])


@st.composite
def _lines(draw: st.DrawFn) -> dict[str, NDArray[np.void]]:
    """Draw the hours of some lines: a few drawn ones, repeated over three gas days of which one has 25 hours."""
    return {
        name: np.array([rows[place % len(rows)] for place in range(len(HOURS))], rows[0].dtype)
        for name in "ABC"[: draw(st.integers(1, 3))]
        for rows in [draw(st.lists(drawn_hours(), min_size=1, max_size=4))]
    }


@st.composite
def _spans(draw: st.DrawFn) -> list[Span]:
    cut = FIRST + timedelta(days=draw(st.integers(1, 2)))
    told = [tuple((line, weight) for line in "ABC" if (weight := draw(weights))) for _ in range(2)]
    return [Span(FIRST, cut, told[0]), Span(cut, END, told[1])]


def _rows(view: View, lines: dict[str, NDArray[np.void]], spans: list[Span]) -> NodeRows:
    question = (
        Question(view, FIRST, END) if view is not View.MONTH else Question(view, date(2026, 10, 1), date(2026, 11, 1))
    )
    units = Units.of(question, HOURS.stop)
    total = NodeSum(question, units, Weighing.of(spans, units))
    for name in total.weighing.lines:
        if name in lines:
            total.add(LineOfNode(name, _rollups(view, units, lines[name]), total.expected_of(name, HOURS)))
    return total.rows()


def _rollups(view: View, units: Units, hours: NDArray[np.void]) -> NDArray[np.void]:
    if view is View.HOUR:
        return fold_hours(hours[:, None])
    days = [fold_hours(hours[day.start - HOURS.start : day.stop - HOURS.start][None, :])[0] for day in DAYS]
    found = np.zeros(len(units.starts), days[0].dtype)
    place = int(np.searchsorted(units.days, gas_time.day_number(FIRST)))
    found[place : place + 3] = days
    return found


def _published(hours: NDArray[np.void], unit: EnergyUnit) -> dict[str, list[Decimal]]:
    told = strings(columns_of(hour_rows(HOURS, hours), unit))
    return {name: [Decimal(one or 0) for one in told[name]] for name in ("volume_m3n", "energy")}


def _weight(spans: list[Span], line: str, hour: int) -> Decimal:
    day = gas_time.gas_day(hour)
    return next(Decimal(dict(span.weights).get(line, 0)) / 1000 for span in spans if span.first <= day < span.end)


@settings(max_examples=FEW)
@given(_lines(), _spans(), st.sampled_from(EnergyUnit))
def test_hours_of_a_node_are_the_sum_of_what_its_lines_publish(
    lines: dict[str, NDArray[np.void]], spans: list[Span], unit: EnergyUnit
) -> None:
    """In every unit; an hour that no line has is null, and it names exactly the lines without values."""
    rows = _rows(View.HOUR, lines, spans)
    told = strings(node_columns(rows, unit))
    present = {name: has_values(hours).tolist() for name, hours in lines.items()}
    published = {name: _published(hours, unit) for name, hours in lines.items()}
    for row, start in enumerate(rows.rows.starts.tolist()):
        place = start - HOURS.start
        counted = {line: weight for line in lines if (weight := _weight(spans, line, start))}
        for name in ("volume_m3n", "energy"):
            printed = told[name][row]
            expected = sum((weight * published[line][name][place] for line, weight in counted.items()), Decimal(0))
            assert Decimal(printed or 0) == expected
        missing = [line for line in counted if not present[line][place]]
        assert (told["lines_missing"][row] or "").split() == missing
        assert told["lines_expected"][row] == str(len(counted))
        assert told["lines_complete"][row] == str(len(counted) - len(missing))
        assert (told["quality"][row] == "MISSING") == (len(missing) == len(counted))


@settings(max_examples=FEW)
@given(_lines(), _spans())
def test_gas_days_and_months_of_a_node_are_the_sums_of_its_hours(
    lines: dict[str, NDArray[np.void]], spans: list[Span]
) -> None:
    """Volumes and energies, counts, and the latest change; a month takes each day's weights."""
    hours, days, months = (_rows(view, lines, spans) for view in View)
    told_hours, told_days, told_months = (strings(node_columns(rows, EnergyUnit.MJ)) for rows in (hours, days, months))
    for name in ("volume_m3n", "energy"):
        total = sum((Decimal(one or 0) for one in told_hours[name]), Decimal(0))
        assert sum((Decimal(one or 0) for one in told_days[name]), Decimal(0)) == total
        assert sum((Decimal(one or 0) for one in told_months[name]), Decimal(0)) == total
        assert hours.whole.rollups[name.removesuffix("_m3n")][0] == months.whole.rollups[name.removesuffix("_m3n")][0]
    present = sum(hours.rows.rollups["hours_present"].tolist())
    for rows, told in ((days, told_days), (months, told_months)):
        assert sum(int(one or 0) for one in told["hours_present"]) == present
        assert sum(int(one or 0) for one in told["hours_expected"]) == int(hours.rows.expected.sum())
        assert rows.rows.rollups["known_at"].max(initial=0) == hours.rows.rollups["known_at"].max(initial=0)


@settings(max_examples=FEW)
@given(_lines())
def test_a_node_of_one_line_says_what_the_line_says(lines: dict[str, NDArray[np.void]]) -> None:
    """With a weight of 1 to the last letter, in all columns that both have, hours without a value included."""
    spans = [Span(FIRST, END, (("A", 1_000),))]
    for view, made in ((View.DAY, day_rows), (View.MONTH, month_rows)):
        rows = _rows(view, lines, spans)
        question = (
            Question(view, FIRST, END) if view is View.DAY else Question(view, date(2026, 10, 1), date(2026, 11, 1))
        )
        rollups = _rollups(view, Units.of(question, HOURS.stop), lines["A"])
        own = strings(columns_of(made(question, HOURS, rollups), EnergyUnit.GJ))
        told = strings(node_columns(rows, EnergyUnit.GJ))
        assert {name: told[name] for name in own} == own
    own = strings(columns_of(hour_rows(HOURS, lines["A"]), EnergyUnit.GJ))
    told = strings(node_columns(_rows(View.HOUR, lines, spans), EnergyUnit.GJ))
    same = ("start", "end", "local_start", "gas_day", "hour", "volume_m3n", "energy")
    assert {name: told[name] for name in same} == {name: own[name] for name in same}
