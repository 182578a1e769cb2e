"""Runs of gas days behave as the sets of days that they stand for."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.access.days import ALWAYS, NEVER, Days, Run
from shared.access.periods import check_covered, fitted, hours_of_runs, readable_instead, readable_parts
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.runtime.problem import ProblemError

BEGIN = date(2026, 1, 1)
CALENDAR = [BEGIN + timedelta(days=place) for place in range(150)]
places = st.integers(0, len(CALENDAR) - 1)
runs = st.lists(st.tuples(places, places).map(lambda pair: (CALENDAR[pair[0]], CALENDAR[pair[1]])), max_size=5)
some_days = runs.map(Days.of)


def held(days: Days) -> set[date]:
    """Return the days of the calendar that are among some."""
    return {day for day in CALENDAR if day in days}


@given(runs)
def test_a_day_is_among_them_where_a_run_holds_it(told: list[Run]) -> None:
    """The runs stand in order, none touches the next, and none is empty."""
    days = Days.of(told)
    assert held(days) == {day for day in CALENDAR if any(first <= day < end for first, end in told)}
    assert all(first < end for first, end in days.runs)
    assert all(one[1] < other[0] for one, other in zip(days.runs, days.runs[1:], strict=False))
    assert bool(days) == bool(held(days))


@given(some_days, some_days)
def test_both_and_either(one: Days, other: Days) -> None:
    """As of sets; equal days have equal runs, whichever way they came about."""
    assert held(one.within(other)) == held(one) & held(other)
    assert held(one.with_days(other)) == held(one) | held(other)
    assert one.within(other) == other.within(one)
    assert one.within(ALWAYS) == one.with_days(NEVER) == one
    assert one.with_days(ALWAYS) == ALWAYS
    assert one.within(NEVER) == NEVER


@given(some_days, places, places)
def test_periods_among_days(days: Days, first: int, end: int) -> None:
    """Covered where every day is among them, met where any is; a period without days is covered, and met by none."""
    asked = set(CALENDAR[first:end])
    assert days.covers(CALENDAR[first], CALENDAR[end]) == (asked <= held(days))
    assert days.meets(CALENDAR[first], CALENDAR[end]) == bool(asked & held(days))
    earlier = [day for day in CALENDAR[: first + 1] if day in days]
    assert days.latest(CALENDAR[first]) == (earlier[-1] if earlier else None)


@given(some_days, places, places)
def test_hours_of_days(days: Days, first: int, end: int) -> None:
    """An hour may be read where its gas day may; on the day of the switch too."""
    asked = range(
        *sorted((gas_time.hours_of_day(CALENDAR[first]).start + 5, gas_time.hours_of_day(CALENDAR[end]).stop))
    )
    told = [hour for part in readable_parts(days, asked) for hour in part]
    assert told == [hour for hour in asked if gas_time.gas_day(hour) in days]
    assert sum(map(len, hours_of_runs(days))) == sum(len(gas_time.hours_of_day(day)) for day in held(days))


questions = st.builds(
    lambda view, first, length: (
        Question(view, CALENDAR[first], CALENDAR[first] + timedelta(days=length))
        if view is not View.MONTH
        else Question(view, date(2026, 1 + first % 4, 1), date(2026, 2 + first % 4 + length % 3, 1))
    ),
    st.sampled_from(View),
    places,
    st.integers(1, 40),
)


@given(questions, some_days, st.sampled_from([{}, {"from": "x"}, {"to": "x"}, {"from": "x", "to": "x"}]))
def test_what_was_asked_for_stays_and_what_was_not_may_be_read(
    question: Question, days: Days, given: dict[str, str]
) -> None:
    """A period without bounds is one that may be read, if there is any; gas months are whole; a given bound stays."""
    shown = fitted(question, given, days)
    if "from" in given:
        assert shown.first == question.first
    if "to" in given:
        assert shown.end == question.end
    if days.covers(question.first, question.end):
        assert shown == question
    if not given and shown != question:
        assert days.covers(shown.first, shown.end)
    if not given and question.view is not View.MONTH and days:
        assert days.covers(shown.first, shown.end)
    assert shown.first < shown.end
    assert question.view is not View.MONTH or (shown.first.day, shown.end.day) == (1, 1)


@given(questions, some_days)
def test_a_refusal_names_a_period_that_may_be_read(question: Question, days: Days) -> None:
    """Whoever asks for it instead is not refused; of nothing that may be read nothing is named."""
    instead = readable_instead(question, days)
    assert (instead is None) == (not days)
    if instead is not None:
        check_covered(days, instead)
        assert 0 < (instead.end - instead.first).days <= max(366, (question.end - question.first).days)
    try:
        check_covered(days, question)
        refused = None
    except ProblemError as problem:
        refused = problem
    assert (refused is None) == days.covers(question.first, question.end)
