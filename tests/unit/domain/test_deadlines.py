"""Deadlines by example: which hours are overdue with which tick, and when months close by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain import gas_time
from shared.domain.deadlines import (
    CLOSE_WORKING_DAY,
    MOST_DAYS,
    closing_months,
    closing_ms,
    due_days,
    month_end_ms,
    setting,
)
from shared.domain.rules.catalogue import default_settings
from shared.domain.topology import Line, Terms

DEFAULTS = default_settings()
BEGIN, LIVE = date(2019, 1, 1), date(2026, 3, 1)
TERMS = Terms(BEGIN, "A")
BY_FILE = replace(TERMS, teletransmitted=False)
LINE = Line("A", "S", (TERMS,), live_from=LIVE)
HOUR = timedelta(hours=1)


def _ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).astimezone(UTC).timestamp() * 1000)


def _end(day: date) -> int:
    return gas_time.hours_of_day(day).stop * 3_600_000


def _due(line: Line, after: str, until: str) -> list[str]:
    return [day.isoformat() for day in due_days(line, _ms(after), _ms(until), DEFAULTS)]


def _closing(line: Line, after: str, until: str) -> list[str]:
    return closing_months(line, _ms(after), _ms(until), DEFAULTS)


def test_a_teletransmitted_gas_day_is_overdue_four_hours_after_its_end() -> None:
    """10 November ends at 05:00 UTC on the 11th: with the tick that says 09:00, not a millisecond earlier."""
    assert _due(LINE, "2026-11-11T08:00Z", "2026-11-11T08:59:59.999Z") == []
    assert _due(LINE, "2026-11-11T08:59:59.999Z", "2026-11-11T09:00Z") == ["2026-11-10"]
    assert _due(LINE, "2026-11-11T09:00Z", "2026-11-11T10:00Z") == []


def test_a_gas_day_by_file_is_overdue_twelve_days_after_its_end() -> None:
    """288 hours."""
    by_file = replace(LINE, terms=(BY_FILE,))
    assert _due(by_file, "2026-11-23T04:00Z", "2026-11-23T04:59:59.999Z") == []
    assert _due(by_file, "2026-11-23T04:00Z", "2026-11-23T05:00Z") == ["2026-11-10"]


def test_a_tick_may_jump_over_days() -> None:
    """After an outage all of them are overdue at once, in order."""
    assert _due(LINE, "2026-11-08T09:00Z", "2026-11-11T20:00Z") == ["2026-11-08", "2026-11-09", "2026-11-10"]


def test_a_tick_looks_back_two_months_at_most() -> None:
    """What is missing for longer is listed when its month is to be closed."""
    days = _due(LINE, "2026-04-01T00:00Z", "2026-11-11T09:00Z")
    assert (days[0], days[-1], len(days)) == ("2026-09-10", "2026-11-10", MOST_DAYS)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 23), ("2026-10-24", 25)])
def test_a_day_on_which_the_clock_is_switched_ends_when_it_ends(day: str, hours: int) -> None:
    """23 or 25 hours and four after its begin."""
    begin = datetime.fromisoformat(f"{day}T06:00").replace(tzinfo=gas_time.local_start(0).tzinfo).astimezone(UTC)
    deadline = begin + (hours + 4) * HOUR
    assert _due(LINE, (deadline - HOUR).isoformat(), (deadline - HOUR / 60).isoformat()) == []
    assert _due(LINE, (deadline - HOUR).isoformat(), deadline.isoformat()) == [day]


def test_only_from_the_day_of_going_live_on() -> None:
    """Before it, and where there is none, nothing is overdue."""
    assert _due(LINE, "2026-02-20T00:00Z", "2026-03-03T20:00Z") == ["2026-03-01", "2026-03-02"]
    assert _due(replace(LINE, live_from=None), "2026-02-20T00:00Z", "2026-03-03T20:00Z") == []


def test_not_before_the_line_begins_nor_after_it_ends() -> None:
    """Live before it begins is live from its begin; the end is the first gas day without deadlines."""
    late = replace(LINE, terms=(replace(TERMS, start=date(2026, 11, 9)),), end=date(2026, 11, 11))
    assert _due(late, "2026-11-01T00:00Z", "2026-11-20T00:00Z") == ["2026-11-09", "2026-11-10"]
    ended_before = replace(LINE, end=date(2026, 2, 1))
    assert _due(ended_before, "2026-01-01T00:00Z", "2026-12-01T00:00Z") == []


def test_each_gas_day_has_the_deadline_of_its_own_terms() -> None:
    """Once a line sends by itself, its days are overdue before those for which a file is awaited."""
    mixed = replace(LINE, terms=(BY_FILE, replace(TERMS, start=date(2026, 11, 10))))
    assert _due(mixed, "2026-11-11T04:00Z", "2026-11-11T20:00Z") == ["2026-10-29", "2026-11-10"]
    assert _due(mixed, "2026-11-22T00:00Z", "2026-11-22T10:00Z") == ["2026-11-09", "2026-11-21"]


def test_terms_that_begin_after_the_end_never_hold() -> None:
    """They have no gas day."""
    ended = replace(LINE, terms=(TERMS, replace(BY_FILE, start=date(2026, 12, 1))), end=date(2026, 11, 11))
    assert _due(ended, "2026-11-09T00:00Z", "2026-12-20T00:00Z") == ["2026-11-08", "2026-11-09", "2026-11-10"]


def test_a_line_may_have_a_deadline_of_its_own() -> None:
    """An hour and a half after the end of the gas day."""
    quick = replace(LINE, terms=(replace(TERMS, thresholds=(("B2.teletransmitted_h", 1.5),)),))
    assert _due(quick, "2026-11-11T06:29Z", "2026-11-11T06:29:59Z") == []
    assert _due(quick, "2026-11-11T06:29Z", "2026-11-11T06:30Z") == ["2026-11-10"]


def test_moments_outside_the_calendar() -> None:
    """Before it all days are to come; behind it none is; 31 December 2099 never ends for us."""
    first = replace(LINE, terms=(replace(TERMS, start=gas_time.FIRST_DAY),), live_from=gas_time.FIRST_DAY)
    assert _due(first, "1970-01-01T00:00Z", "1990-01-03T20:00Z") == ["1990-01-01", "1990-01-02"]
    late = replace(LINE, live_from=date(2099, 12, 29))
    assert _due(late, "2099-12-01T00:00Z", "2105-01-01T00:00Z") == ["2099-12-29", "2099-12-30"]
    assert _due(late, "2105-01-01T00:00Z", "2105-01-02T00:00Z") == []


@pytest.mark.parametrize(
    ("month", "working_day", "closes"),
    [
        ("2026-10", 5, "2026-11-06T05:00Z"),  # Sunday 1 November: 2 to 6 are Monday to Friday
        ("2026-04", 5, "2026-05-08T04:00Z"),  # 1 May is a holiday and a Friday
        ("2026-12", 1, "2027-01-04T05:00Z"),  # 1 January is a holiday, then comes a weekend
        ("2026-03", 3, "2026-04-03T04:00Z"),
        ("2026-03", 4, "2026-04-07T04:00Z"),  # Easter Monday is 6 April
    ],
)
def test_when_a_month_closes(month: str, working_day: int, closes: str) -> None:
    """At 06:00 local time of the working day of the month after it; holidays and weekends do not count."""
    assert closing_ms(month, working_day) == _ms(closes)


def test_working_day_0_never_comes() -> None:
    """Who sets it closes months by hand."""
    assert closing_ms("2026-10", 0) is None
    by_hand = replace(LINE, terms=(replace(TERMS, thresholds=((CLOSE_WORKING_DAY, 0.0),)),))
    assert _closing(by_hand, "2026-01-01T00:00Z", "2027-01-01T00:00Z") == []


def test_a_month_closes_with_the_tick_that_carries_it_past_the_moment() -> None:
    """Neither before nor twice."""
    assert _closing(LINE, "2026-11-05T00:00Z", "2026-11-06T04:59:59.999Z") == []
    assert _closing(LINE, "2026-11-06T04:59:59.999Z", "2026-11-06T05:00Z") == ["2026-10"]
    assert _closing(LINE, "2026-11-06T05:00Z", "2026-12-01T00:00Z") == []


def test_a_tick_may_jump_over_months() -> None:
    """All of them close, in order."""
    assert _closing(LINE, "2026-08-01T00:00Z", "2026-11-20T00:00Z") == ["2026-07", "2026-08", "2026-09", "2026-10"]


def test_a_month_that_began_before_the_line_went_live_is_closed_by_hand() -> None:
    """Its hours had no deadlines; the next month closes by itself."""
    middle = replace(LINE, live_from=date(2026, 3, 2))
    assert _closing(middle, "2026-01-01T00:00Z", "2026-05-20T00:00Z") == ["2026-04"]
    assert _closing(LINE, "2026-01-01T00:00Z", "2026-05-20T00:00Z") == ["2026-03", "2026-04"]
    assert _closing(replace(LINE, live_from=None), "2026-01-01T00:00Z", "2026-05-20T00:00Z") == []


def test_a_month_in_which_the_line_begins_or_ends() -> None:
    """It closes as far as the line has hours in it; months without any do not."""
    short = replace(LINE, terms=(replace(TERMS, start=date(2026, 4, 20)),), end=date(2026, 6, 10))
    assert _closing(short, "2026-03-01T00:00Z", "2026-09-01T00:00Z") == ["2026-04", "2026-05", "2026-06"]


def test_the_terms_at_the_begin_of_a_month_say_when_it_closes() -> None:
    """Another working day from the middle of October on holds for November."""
    third = replace(TERMS, start=date(2026, 10, 15), thresholds=((CLOSE_WORKING_DAY, 3.0),))
    line = replace(LINE, terms=(TERMS, third))
    closings = [
        day.isoformat()
        for day in _days(date(2026, 11, 1), date(2026, 12, 31))
        if _closing(line, f"{day}T00:00Z", f"{day + timedelta(days=1)}T00:00Z")
    ]
    assert closings == ["2026-11-06", "2026-12-03"]


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


@pytest.mark.parametrize("working_day", [-1.0, 24.0, 99.0])
def test_a_working_day_that_no_month_has_closes_nothing(working_day: float) -> None:
    """Should it stand in the log, ticks go on."""
    line = replace(LINE, terms=(replace(TERMS, thresholds=((CLOSE_WORKING_DAY, working_day),)),))
    assert _closing(line, "2026-10-01T00:00Z", "2026-11-20T00:00Z") == []


def test_when_a_month_has_ended() -> None:
    """With its last gas day, at 06:00 local time."""
    assert month_end_ms("2026-10") == _ms("2026-11-01T05:00Z") == _end(date(2026, 10, 31))
    assert month_end_ms("2026-03") == _ms("2026-04-01T04:00Z")


def test_a_setting_of_the_line_goes_before_the_default() -> None:
    """By its name."""
    own = replace(TERMS, thresholds=(("B2.file_h", 7.0), ("B2.teletransmitted_h", 8.0)))
    assert setting(own, "B2.teletransmitted_h", DEFAULTS) == 8.0
    assert setting(TERMS, "B2.teletransmitted_h", DEFAULTS) == DEFAULTS["B2.teletransmitted_h"] == 4.0
