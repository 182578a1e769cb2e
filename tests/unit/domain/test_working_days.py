"""Working days and like days by example: Easter, the ten holidays, deadlines and kinds."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from shared.domain.gas_time import FIRST_DAY, LAST_DAY, NotAGasTimeError, day_number
from shared.domain.working_days import (
    DayKind,
    NoSuchWorkingDayError,
    day_kind,
    day_kinds,
    is_holiday,
    is_working_day,
    nth_working_day,
)


@pytest.mark.parametrize(
    "easter",
    [
        date(1990, 4, 15),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2019, 4, 21),
        date(2026, 4, 5),
        date(2038, 4, 25),
        date(2049, 4, 18),
        date(2076, 4, 19),
        date(2099, 4, 12),
    ],
)
def test_easter_monday_ascension_and_whit_monday_follow_easter(easter: date) -> None:
    """The earliest and latest dates are among them, and 2049 and 2076, where Gauss's first formula needs exceptions."""
    spring = [date(easter.year, 3, 22) + timedelta(days=days) for days in range(101)]
    expected = {easter + timedelta(days=days) for days in (1, 39, 50)} | {date(easter.year, 5, 1)}
    assert {day for day in spring if is_holiday(day)} == expected


def test_the_ten_holidays_of_a_year() -> None:
    """Those of 2026, and no other day."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [f"{day:%d.%m}" for day in days if is_holiday(day)] == [
        *("01.01", "06.04", "01.05", "14.05", "25.05", "21.07", "15.08", "01.11", "11.11", "25.12")
    ]


def test_ascension_may_fall_on_the_first_of_may() -> None:
    """2008 has one holiday less."""
    days = [date(2008, 1, 1) + timedelta(days=number) for number in range(366)]
    assert sum(is_holiday(day) for day in days) == 9


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 9), True),
        (date(2026, 11, 11), False),
        (date(2026, 11, 13), True),
        (date(2026, 11, 14), False),
        (date(2026, 11, 15), False),
        (date(2027, 8, 16), True),
    ],
)
def test_a_working_day_is_a_weekday_without_holiday(day: date, working: bool) -> None:  # noqa: FBT001 - a column of the table
    """Armistice Day is none; the Monday after a holiday on Sunday is one."""
    assert is_working_day(day) is working


@pytest.mark.parametrize(
    ("month", "number", "day"),
    [
        ("2026-11", 1, date(2026, 11, 2)),
        ("2026-11", 5, date(2026, 11, 6)),
        ("2026-11", 8, date(2026, 11, 12)),
        ("2027-01", 1, date(2027, 1, 4)),
        ("2026-04", 5, date(2026, 4, 8)),
        ("2026-11", 20, date(2026, 11, 30)),
    ],
)
def test_working_days_of_a_month_are_counted_from_one(month: str, number: int, day: date) -> None:
    """Weekends and holidays are left out; the last one counts too."""
    assert nth_working_day(month, number) == day


@pytest.mark.parametrize("number", [21, 0, -1])
def test_a_month_has_no_more_working_days_than_it_has(number: int) -> None:
    """November 2026 has 20; the message says so."""
    with pytest.raises(NoSuchWorkingDayError, match=rf"2026-11 has working days 1 to 20, not {number}"):
        nth_working_day("2026-11", number)


def test_a_month_is_written_as_everywhere() -> None:
    """What is no gas month has no working days."""
    with pytest.raises(NotAGasTimeError):
        nth_working_day("November", 1)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 9), DayKind.MONDAY),
        (date(2026, 11, 10), DayKind.MIDWEEK),
        (date(2026, 11, 11), DayKind.SUNDAY),
        (date(2026, 11, 12), DayKind.MIDWEEK),
        (date(2026, 11, 13), DayKind.FRIDAY),
        (date(2026, 11, 14), DayKind.SATURDAY),
        (date(2026, 8, 15), DayKind.SUNDAY),
        (date(2026, 4, 6), DayKind.SUNDAY),
    ],
)
def test_kinds_of_days(day: date, kind: DayKind) -> None:
    """A holiday is like a Sunday, whatever its weekday."""
    assert day_kind(day) is kind


def test_kinds_of_many_days_are_those_of_each() -> None:
    """Every day from 1990 to 2099, last one first."""
    days = [LAST_DAY - timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
    kinds = day_kinds(np.array([day_number(day) for day in days]))
    assert kinds.dtype == np.uint8
    assert kinds.tolist() == [day_kind(day) for day in days]


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_days_outside_the_calendar_are_refused(day: date) -> None:
    """A negative place in a table would be read from its end."""
    with pytest.raises(NotAGasTimeError, match="outside 1990 to 2099"):
        day_kinds(np.array([day_number(day)]))
