"""Deadlines as laws: each gas day and each month is told once, however ticks are cut."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import gas_time
from shared.domain.deadlines import CLOSE_WORKING_DAY, MOST_DAYS, closing_months, due_days
from shared.domain.rules.catalogue import default_settings
from shared.domain.topology import Line, Terms
from shared.domain.working_days import is_working_day

DEFAULTS = default_settings()
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
_BEGIN_MS = gas_time.hours_of_day(FIRST).start * 3_600_000
_END_MS = gas_time.hours_of_day(LAST).stop * 3_600_000
_FEW = settings(max_examples=60)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Draw a line of several terms of either kind, which begins, goes live and perhaps ends within two years."""
    starts = sorted(draw(st.sets(st.dates(date(2025, 6, 1), date(2026, 9, 1)), min_size=1, max_size=3)))
    names = st.sampled_from(("B2.teletransmitted_h", "B2.file_h"))
    delays = st.dictionaries(names, st.sampled_from([0.0, 1.5, 4.0, 30.0, 500.0]))
    working_days = st.sampled_from(
        [(), ((CLOSE_WORKING_DAY, 0.0),), ((CLOSE_WORKING_DAY, 1.0),), ((CLOSE_WORKING_DAY, 9.0),)]
    )
    terms = tuple(
        Terms(
            start,
            "A",
            teletransmitted=draw(st.booleans()),
            thresholds=(*draw(delays).items(), *draw(working_days)),
        )
        for start in starts
    )
    end = draw(st.none() | st.dates(starts[0] + timedelta(days=1), LAST))
    return Line("A", "S", terms, end, draw(st.dates(date(2025, 6, 1), LAST)))


@st.composite
def ticks(draw: st.DrawFn) -> list[int]:
    """Draw the moments that ticks tell, from before the year to its end: hours, days or months apart."""
    hours = st.integers(_BEGIN_MS // 3_600_000, _END_MS // 3_600_000).map(lambda hour: hour * 3_600_000)
    between = draw(st.sets(hours | st.integers(_BEGIN_MS, _END_MS), max_size=12))
    return sorted({_BEGIN_MS - 400 * 86_400_000, _BEGIN_MS, _END_MS, *between})


def _is_due(line: Line, day: date, after_ms: int, until_ms: int) -> bool:
    """Say whether a gas day is overdue with a tick: straight from the words of rule B2, two months back at most."""
    terms = line.terms_on(day)
    if terms is None or line.live_from is None or day < line.live_from:
        return False
    name = "B2.teletransmitted_h" if terms.teletransmitted else "B2.file_h"
    delay_ms = round(dict(terms.thresholds).get(name, DEFAULTS[name]) * 3_600_000)
    oldest = gas_time.gas_day((until_ms - delay_ms) // 3_600_000) - timedelta(days=MOST_DAYS)
    return after_ms < gas_time.hours_of_day(day).stop * 3_600_000 + delay_ms <= until_ms and day >= oldest


@_FEW
@given(line=lines(), moments=ticks())
def test_each_gas_day_becomes_due_once_and_with_its_own_tick(line: Line, moments: list[int]) -> None:
    """From the day of going live on, of either kind of line, over switches of the clock, terms and the end."""
    days = [date(2025, 6, 1) + timedelta(days=place) for place in range(600)]
    expected = [(tick, day) for before, tick in pairwise(moments) for day in days if _is_due(line, day, before, tick)]
    told = [(tick, day) for before, tick in pairwise(moments) for day in due_days(line, before, tick, DEFAULTS)]
    assert sorted(told) == sorted(expected)


def _closing_ms(line: Line, month: str) -> int | None:
    """Return when a month closes by itself, counting working days on the fingers."""
    active = [day for day in gas_time.days_of_month(month) if line.terms_on(day) is not None]
    if not active or line.live_from is None or line.live_from > active[0]:
        return None
    terms = line.terms_on(active[0])
    left = int(dict(terms.thresholds if terms else ()).get(CLOSE_WORKING_DAY, DEFAULTS[CLOSE_WORKING_DAY]))
    day = gas_time.first_day_of_month(gas_time.next_month(month)) - timedelta(days=1)
    if left == 0:
        return None
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return gas_time.hours_of_day(day).start * 3_600_000


@_FEW
@given(line=lines(), moments=ticks())
def test_each_month_closes_once_and_with_its_own_tick(line: Line, moments: list[int]) -> None:
    """Of those all of whose hours have had deadlines."""
    expected = []
    for month in gas_time.months_between(date(2025, 6, 1), LAST):
        moment = _closing_ms(line, month)
        expected += [(tick, month) for before, tick in pairwise(moments) if moment and before < moment <= tick]
    told = [
        (tick, month) for before, tick in pairwise(moments) for month in closing_months(line, before, tick, DEFAULTS)
    ]
    assert sorted(told) == sorted(expected)
