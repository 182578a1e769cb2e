"""Laws of the first gas day online: a line by itself and the register as columns say the same of every hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import gas_time
from shared.domain.line_terms import TermsTable
from shared.domain.register import Register
from shared.domain.retention import first_online_hour
from shared.domain.topology import Line, Station, Terms

DAYS = st.dates(date(2022, 6, 1), date(2025, 6, 1))
FLOORS = st.none() | DAYS.map(lambda day: day.replace(day=1))


@st.composite
def lines(draw: st.DrawFn, name: str) -> Line:
    """Return a line with some terms, perhaps an end, and the same floor as any other."""
    starts = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    terms = tuple(Terms(start, f"{name}{place}", capacity_m3n_per_h=place + 1) for place, start in enumerate(starts))
    lasts = draw(st.none() | st.integers(1, 900))
    return Line(name, "S", terms, end=None if lasts is None else starts[0] + timedelta(days=lasts))


@given(lines("A"), lines("B"), FLOORS, st.lists(st.tuples(st.sampled_from("AB"), DAYS), min_size=1, max_size=30))
def test_columns_say_what_lines_say(a: Line, b: Line, floor: date | None, asked: list[tuple[str, date]]) -> None:
    """Which terms hold, whether any, and whether an hour lies before the line's first gas day (rule A6)."""
    known = {line.id: replace(line, online_from=floor) for line in (a, b)}
    table = TermsTable.of(Register({"S": Station("S", "S")}, known, online_from=floor))
    asked += [(name, day) for name in known for day in (known[name].first_day, known[name].first_day - timedelta(1))]
    hours = np.array([gas_time.hours_of_day(day).start for _, day in asked], np.int32)
    found = table.lookup(["A", "B"], np.array([name == "B" for name, _ in asked], np.uint32), hours)
    for row, (name, day) in zip(found, asked, strict=True):
        terms = known[name].terms_on(day)
        assert bool(row["active"]) == (terms is not None)
        assert bool(row["before_first"]) == (day < known[name].first_day)
        if terms is not None:
            assert row["capacity"] == (terms.capacity_m3n_per_h or 0) * 1_000


@given(lines("A"), FLOORS, DAYS)
def test_active_hours_are_those_whose_day_has_terms(line: Line, floor: date | None, day: date) -> None:
    """And none of them lies before the floor."""
    told = replace(line, online_from=floor)
    hours = gas_time.hours_of_day(day)
    assert (told.active_hours(hours) == hours) == (told.terms_on(day) is not None)
    assert not told.active_hours(range(first_online_hour(floor)))
