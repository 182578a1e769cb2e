"""Gas hours, gas days and gas months: the one place that knows 06:00, the time zone and the switch days.

A gas hour is an int: whole hours since 1970-01-01T00:00Z ("hour number"). A gas day is a `datetime.date` D and
runs from 06:00 local time on D to 06:00 local time on D+1; so the Saturday before the March switch has 23 hours
and the Saturday before the October switch 25. A gas month is the set of gas days whose date lies in it and is
written "2026-11". Source: Fluxys and ENTSOG gas day 06:00-06:00 local time; notices for 30 Mar and 26 Oct 2019.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

ZONE_NAME = "Europe/Brussels"
GAS_DAY_START_LOCAL_HOUR = 6
FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2099, 12, 31)
MAX_HOURS_PER_DAY = 25

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MONTH = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])")


class NotAGasTimeError(ValueError):
    """A moment that names no gas hour, gas day or gas month; the message says why."""


@lru_cache(maxsize=1)
def _zone() -> ZoneInfo:
    return ZoneInfo(ZONE_NAME)


@lru_cache(maxsize=1)
def _day_starts() -> NDArray[np.int64]:
    """First hour number of each gas day from FIRST_DAY to the day after LAST_DAY."""
    zone, count = _zone(), (LAST_DAY - FIRST_DAY).days + 2
    starts = (
        datetime(d.year, d.month, d.day, GAS_DAY_START_LOCAL_HOUR, tzinfo=zone)
        for d in (FIRST_DAY + timedelta(days=i) for i in range(count))
    )
    return np.fromiter((int(s.timestamp()) // 3600 for s in starts), dtype=np.int64, count=count)


def is_supported(hour: int) -> bool:
    """Say whether `hour` lies in the gas days this module knows (1990 to 2099)."""
    starts = _day_starts()
    return bool(starts[0] <= hour < starts[-1])


def hour_number(moment: datetime) -> int:
    """Return the gas hour that starts at `moment`.

    Raises:
        NotAGasTimeError: `moment` has no offset, does not start an hour, or lies outside 1990 to 2099.
    """
    if moment.tzinfo is None:
        raise NotAGasTimeError(f"{moment.isoformat()} has no offset: write it with Z or ±hh:mm")
    _check_year(moment)
    utc = moment.astimezone(UTC)
    if utc.minute or utc.second or utc.microsecond:
        raise NotAGasTimeError(f"{moment.isoformat()} does not start an hour")
    hour = int(utc.timestamp()) // 3600
    if not is_supported(hour):
        raise _outside(moment)
    return hour


def _check_year(moment: datetime) -> None:
    """Refuse a year so early or late that its conversion to another offset would leave Python's calendar."""
    if not FIRST_DAY.year - 1 <= moment.year <= LAST_DAY.year + 1:
        raise _outside(moment)


def _outside(moment: datetime) -> NotAGasTimeError:
    return NotAGasTimeError(f"{moment.isoformat()} lies outside {FIRST_DAY.year} to {LAST_DAY.year}")


def hour_start(hour: int) -> datetime:
    """Return the UTC start of a gas hour."""
    return datetime.fromtimestamp(hour * 3600, UTC)


def hour_text(hour: int) -> str:
    """Return the UTC start of a gas hour as 2026-11-23T10:00:00Z."""
    return f"{hour_start(hour):%Y-%m-%dT%H:%M:%SZ}"


def local_start(hour: int) -> datetime:
    """Return the local start of a gas hour, with its offset (unambiguous in the October night)."""
    return hour_start(hour).astimezone(_zone())


def moment_on(day: date, at: time) -> datetime:
    """Return the UTC moment at which a wall clock shows a time on a calendar day.

    Of the hour that October repeats it is the first; a time that March leaves out counts on from the hour before.
    """
    return datetime.combine(day, at, _zone()).astimezone(UTC)


def gas_day(hour: int) -> date:
    """Return the gas day that a gas hour belongs to."""
    return FIRST_DAY + timedelta(days=int(np.searchsorted(_day_starts(), hour, side="right")) - 1)


def hour_index(hour: int) -> int:
    """Return the place of a gas hour in its gas day: 1 to 23, 24 or 25."""
    starts = _day_starts()
    return hour - int(starts[np.searchsorted(starts, hour, side="right") - 1]) + 1


def days_and_indexes(hours: NDArray[np.integer]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return gas day numbers (days since 1970-01-01) and hour indexes (1 to 25) of many gas hours."""
    starts = _day_starts()
    place = np.searchsorted(starts, hours, side="right") - 1
    days = place + (FIRST_DAY.toordinal() - _EPOCH_ORDINAL)
    return days.astype(np.int32), (hours - starts[place] + 1).astype(np.int32)


def first_hours(days: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the first gas hour of many gas day numbers; of a day outside 1990 to 2099 that of the nearest one."""
    starts = _day_starts()
    place = np.clip(days - (FIRST_DAY.toordinal() - _EPOCH_ORDINAL), 0, len(starts) - 1)
    hours: NDArray[np.int64] = starts[place]
    return hours


def day_number(day: date) -> int:
    """Return days since 1970-01-01: the form in which many gas days are kept."""
    return day.toordinal() - _EPOCH_ORDINAL


def day_of_number(number: int) -> date:
    """Return the gas day of a day number."""
    return date.fromordinal(number + _EPOCH_ORDINAL)


def hours_of_day(day: date) -> range:
    """Return the 23, 24 or 25 gas hours of a gas day.

    Raises:
        NotAGasTimeError: the day lies outside 1990 to 2099.
    """
    place = (day - FIRST_DAY).days
    if not 0 <= place <= (LAST_DAY - FIRST_DAY).days:
        raise NotAGasTimeError(f"gas day {day} lies outside {FIRST_DAY.year} to {LAST_DAY.year}")
    starts = _day_starts()
    return range(int(starts[place]), int(starts[place + 1]))


@lru_cache(maxsize=65_536)
def days_between(first: date, last: date) -> list[date]:
    """Return the gas days from one to another, both included, that we know."""
    first, last = max(first, FIRST_DAY), min(last, LAST_DAY)
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def days_of(hours: range) -> list[date]:
    """Return the gas days of a range of hours, as far as the calendar reaches."""
    known = supported(hours)
    return days_between(gas_day(known.start), gas_day(known.stop - 1)) if known else []


def supported(hours: range) -> range:
    """Return those hours of a range that are gas hours."""
    first, end = (hours_of_day(day) for day in (FIRST_DAY, LAST_DAY))
    return range(max(hours.start, first.start), max(hours.start, first.start, min(hours.stop, end.stop)))


def month_of(day: date) -> str:
    """Return the gas month of a gas day, as "2026-11"."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day_of_month(month: str) -> date:
    """Return the first gas day of a gas month.

    Raises:
        NotAGasTimeError: `month` is not of the form 2026-11.
    """
    if not _MONTH.fullmatch(month):
        raise NotAGasTimeError(f"{month!r} is not a gas month: write it as 2026-11")
    return date(int(month[:4]), int(month[5:]), 1)


def next_month(month: str) -> str:
    """Return the gas month after `month`."""
    return month_of(first_day_of_month(month) + timedelta(days=31))


def month_before(month: str) -> str:
    """Return the gas month before another one."""
    return month_of(first_day_of_month(month) - timedelta(days=1))


def days_of_month(month: str) -> list[date]:
    """Return the gas days of a gas month, in order."""
    first = first_day_of_month(month)
    return [first + timedelta(days=i) for i in range(calendar.monthrange(first.year, first.month)[1])]


@lru_cache(maxsize=2_048)
def hours_of_month(month: str) -> range:
    """Return the gas hours of a gas month (743 in March, 745 in October)."""
    days = days_of_month(month)
    return range(hours_of_day(days[0]).start, hours_of_day(days[-1]).stop)


def months_between(first: date, last: date) -> list[str]:
    """Return the gas months that the gas days `first` to `last` (both inclusive) touch; none if `last` is earlier."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [month_of(date(number // 12, number % 12 + 1, 1)) for number in numbers]


def months_of(hours: range) -> list[str]:
    """Return the gas months that a range of gas hours touches; none where there are no hours."""
    return months_between(gas_day(hours.start), gas_day(hours.stop - 1)) if hours else []


def local_candidates(local: datetime) -> tuple[int, ...]:
    """Return the gas hours that a wall-clock time without offset can mean.

    None in the hour that March leaves out, two in the hour that October repeats (earlier first), else one.

    Raises:
        NotAGasTimeError: the time carries an offset, does not start an hour, or lies outside 1990 to 2099.
    """
    if local.tzinfo is not None:
        raise NotAGasTimeError(f"{local.isoformat()} carries an offset already")
    _check_year(local)
    zoned = [local.replace(tzinfo=_zone(), fold=fold) for fold in (0, 1)]
    there_and_back = {
        z.astimezone(UTC) for z in zoned if z.astimezone(UTC).astimezone(_zone()).replace(tzinfo=None) == local
    }
    return tuple(hour_number(moment) for moment in sorted(there_and_back))
