"""Gas time as laws, over all days of 2005 to 2045 and over any hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import gas_time

YEARS = range(2005, 2046)
DAYS = [date(2005, 1, 1) + timedelta(days=i) for i in range((date(2046, 1, 1) - date(2005, 1, 1)).days)]
SUNDAY = 6
any_hour = st.integers(
    gas_time.hours_of_day(gas_time.FIRST_DAY).start, gas_time.hours_of_day(gas_time.LAST_DAY).stop - 1
)
any_day = st.dates(gas_time.FIRST_DAY, gas_time.LAST_DAY)


def _last_sunday(year: int, month: int) -> date:
    return max(day for day in gas_time.days_of_month(f"{year}-{month:02d}") if day.weekday() == SUNDAY)


def _utc_of_six_local(day: date) -> datetime:
    """Compute 06:00 local by the directive's rule (last Sundays of March and October), not by the time zone file."""
    summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return datetime(day.year, day.month, day.day, 4 if summer else 5, tzinfo=UTC)


@pytest.mark.parametrize("year", YEARS)
def test_the_hours_of_the_days_are_the_hours_between_the_months_bounds(year: int) -> None:
    """Counted in three ways: by days, by the month, and by the clock."""
    for month in (f"{year}-{m:02d}" for m in range(1, 13)):
        first, after = (gas_time.first_day_of_month(m) for m in (month, gas_time.next_month(month)))
        between = (_utc_of_six_local(after) - _utc_of_six_local(first)) // timedelta(hours=1)
        days = sum(len(gas_time.hours_of_day(day)) for day in gas_time.days_of_month(month))
        assert days == len(gas_time.hours_of_month(month)) == between


@pytest.mark.parametrize("year", YEARS)
def test_only_the_switch_saturdays_are_short_or_long(year: int) -> None:
    """23 hours before the last Sunday of March, 25 before that of October, 24 on all other days."""
    odd = {day: n for day in DAYS if day.year == year and (n := len(gas_time.hours_of_day(day))) != 24}
    saturdays = [_last_sunday(year, month) - timedelta(days=1) for month in (3, 10)]
    assert odd == dict(zip(saturdays, (23, 25), strict=True))


def test_days_follow_each_other_without_gap_or_overlap() -> None:
    """So that every hour belongs to exactly one day."""
    ranges = [gas_time.hours_of_day(day) for day in DAYS]
    assert all(before.stop == after.start for before, after in pairwise(ranges))


def test_local_labels_are_distinct_within_a_day() -> None:
    """With their offset: 25 labels for 25 hours."""
    for day in (day for day in DAYS if len(gas_time.hours_of_day(day)) != 24):
        labels = {gas_time.local_start(hour).isoformat() for hour in gas_time.hours_of_day(day)}
        assert len(labels) == len(gas_time.hours_of_day(day))


def test_all_hours_at_once_are_each_hour_alone() -> None:
    """The form for many hours agrees with the days, index by index, from 2005 to 2045."""
    hours = np.arange(gas_time.hours_of_day(DAYS[0]).start, gas_time.hours_of_day(DAYS[-1]).stop, dtype=np.int32)
    days, indexes = gas_time.days_and_indexes(hours)
    lengths = [len(gas_time.hours_of_day(day)) for day in DAYS]
    assert (days == np.repeat([gas_time.day_number(day) for day in DAYS], lengths)).all()
    assert (indexes == np.concatenate([np.arange(1, n + 1) for n in lengths])).all()


@given(any_hour)
def test_an_hour_stands_at_its_index_in_its_day(hour: int) -> None:
    """And the form for many hours says the same."""
    day, index = gas_time.gas_day(hour), gas_time.hour_index(hour)
    assert gas_time.hours_of_day(day)[index - 1] == hour
    days, indexes = gas_time.days_and_indexes(np.array([hour]))
    assert (gas_time.day_of_number(int(days[0])), int(indexes[0])) == (day, index)


@given(any_hour, st.integers(-14, 14))
def test_an_hours_name_leads_back_to_it(hour: int, offset: int) -> None:
    """By its UTC start, by its local start, and by its start at any whole offset."""
    start = gas_time.hour_start(hour)
    assert gas_time.hour_number(start) == hour
    assert gas_time.hour_number(gas_time.local_start(hour)) == hour
    assert gas_time.hour_number(start.astimezone(timezone(timedelta(hours=offset)))) == hour


@given(any_hour)
def test_an_hour_is_among_what_its_wall_clock_can_mean(hour: int) -> None:
    """Losing the offset loses at most which of two hours it was."""
    candidates = gas_time.local_candidates(gas_time.local_start(hour).replace(tzinfo=None))
    assert hour in candidates
    assert len(candidates) == 1 or candidates[1] - candidates[0] == 1


@given(any_day)
def test_a_day_begins_at_six_local(day: date) -> None:
    """And ends at six on the next."""
    hours = gas_time.hours_of_day(day)
    start, end = gas_time.local_start(hours.start), gas_time.local_start(hours.stop)
    assert (start.date(), start.hour) == (day, 6)
    assert (end.date(), end.hour) == (day + timedelta(days=1), 6)


@given(any_day, any_day)
def test_months_between_are_those_of_the_days(first: date, last: date) -> None:
    """In order and each once, found here by walking."""
    walked, month = [], gas_time.month_of(first)
    while month <= gas_time.month_of(last):
        walked.append(month)
        month = gas_time.next_month(month)
    assert gas_time.months_between(first, last) == walked


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_any_moment_is_an_hour_or_refused_by_name(moment: datetime) -> None:
    """Nothing that Python can express makes the domain fail otherwise."""
    try:
        hour = gas_time.hour_number(moment)
    except gas_time.NotAGasTimeError:
        return
    assert gas_time.hour_start(hour) == moment.astimezone(UTC)
