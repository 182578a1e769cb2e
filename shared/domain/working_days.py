"""Working days and like days: what the Belgian calendar makes of a gas day.

Deadlines count working days (Monday to Friday, no legal public holiday). Estimates look at like days: days on which gas
is used alike. Source of the holidays: Belgian royal decree of 18 April 1974, article 1; days that an employer gives
instead of a holiday in a weekend are not the same for all and count as working days here.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shared.domain.gas_time import FIRST_DAY, LAST_DAY, NotAGasTimeError, day_number, days_of_month

_FIXED = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
"""Month and day of the holidays that never move."""
_AFTER_EASTER = (1, 39, 50)
"""Days from Easter Sunday to Easter Monday, Ascension and Whit Monday."""
_FRIDAY = 4
"""As `date.weekday` counts."""


class NoSuchWorkingDayError(ValueError):
    """A month has fewer working days than were asked for; the message says how many."""


class DayKind(IntEnum):
    """Kinds of days that are alike in how gas is used on them."""

    MONDAY = 1
    MIDWEEK = 2
    """Tuesday, Wednesday and Thursday."""
    FRIDAY = 3
    SATURDAY = 4
    SUNDAY = 5
    """Sundays, and public holidays whatever their weekday."""


_OF_WEEKDAY = (
    DayKind.MONDAY,
    DayKind.MIDWEEK,
    DayKind.MIDWEEK,
    DayKind.MIDWEEK,
    DayKind.FRIDAY,
    DayKind.SATURDAY,
    DayKind.SUNDAY,
)


def is_holiday(day: date) -> bool:
    """Say whether a day is one of the ten legal public holidays of Belgium."""
    return day in _holidays(day.year)


def is_working_day(day: date) -> bool:
    """Say whether a day is a Monday to Friday and no public holiday."""
    return day.weekday() <= _FRIDAY and not is_holiday(day)


def nth_working_day(month: str, number: int) -> date:
    """Return a working day of a month ("2026-11"); the first one has number 1.

    Raises:
        NoSuchWorkingDayError: the month has fewer working days, or the number is below 1.
        NotAGasTimeError: `month` is not of the form 2026-11.
    """
    working = [day for day in days_of_month(month) if is_working_day(day)]
    if not 1 <= number <= len(working):
        raise NoSuchWorkingDayError(f"{month} has working days 1 to {len(working)}, not {number}")
    return working[number - 1]


def day_kind(day: date) -> DayKind:
    """Return the kind of a day: days of one kind are like days of each other."""
    return DayKind.SUNDAY if is_holiday(day) else _OF_WEEKDAY[day.weekday()]


def day_kinds(day_numbers: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the kinds (DayKind) of many days, given as days since 1970-01-01.

    Raises:
        NotAGasTimeError: a day lies outside 1990 to 2099.
    """
    table, places = _kinds(), day_numbers - day_number(FIRST_DAY)
    if ((places < 0) | (places >= len(table))).any():
        raise NotAGasTimeError(f"a day lies outside {FIRST_DAY.year} to {LAST_DAY.year}")
    kinds: NDArray[np.uint8] = table[places]
    return kinds


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """Return the kind of each day from FIRST_DAY to LAST_DAY."""
    first = day_number(FIRST_DAY)
    weekdays = (np.arange(day_number(LAST_DAY) - first + 1) + FIRST_DAY.weekday()) % len(_OF_WEEKDAY)
    kinds = np.array(_OF_WEEKDAY, np.uint8)[weekdays]
    for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
        kinds[[day_number(day) - first for day in _holidays(year)]] = DayKind.SUNDAY
    return kinds


@lru_cache(maxsize=256)
def _holidays(year: int) -> frozenset[date]:
    """Return the holidays of a year: ten, or nine where Ascension falls on 1 May."""
    easter = _easter(year)
    moving = {easter + timedelta(days=days) for days in _AFTER_EASTER}
    return frozenset({date(year, month, day) for month, day in _FIXED} | moving)


def _easter(year: int) -> date:
    """Return Easter Sunday: the Sunday after the church's full moon on or after 21 March.

    Gauss's formula in the form of Lichtenberg, which has no exceptions: H. Lichtenberg, "Zur Interpretation der
    Gaußschen Osterformel und ihrer Ausnahmeregeln", Historia Mathematica 24 (1997) 441-444. Days are days of March.
    """
    century, golden = year // 100, year % 19
    lost_leap_days = (3 * century + 3) // 4
    after_equinox = (19 * golden + 15 + lost_leap_days - (8 * century + 13) // 25) % 30
    full_moon = 21 + after_equinox - (after_equinox + golden // 11) // 29
    first_sunday = 7 - (year + year // 4 + 2 - lost_leap_days) % 7
    sunday = full_moon + 7 - (full_moon - first_sunday) % 7
    return date(year, 3, 1) + timedelta(days=sunday - 1)
