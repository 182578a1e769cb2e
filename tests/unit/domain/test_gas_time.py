"""Gas hours, days and months by example: the switch nights, the bounds, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import numpy as np
import pytest

from shared.domain import gas_time
from shared.domain.gas_time import NotAGasTimeError

SHORT_SATURDAYS = [date(2019, 3, 30), date(2026, 3, 28)]
LONG_SATURDAYS = [date(2019, 10, 26), date(2023, 10, 28), date(2026, 10, 24)]


def _labels(day: date) -> list[str]:
    return [gas_time.local_start(hour).strftime("%H:%M%z") for hour in gas_time.hours_of_day(day)]


@pytest.mark.parametrize("day", SHORT_SATURDAYS)
def test_the_march_saturday_has_23_hours(day: date) -> None:
    """The switch lies in the gas day that began on Saturday, so that one is short and its neighbours are not."""
    lengths = [len(gas_time.hours_of_day(day + timedelta(days=i))) for i in (-1, 0, 1)]
    assert lengths == [24, 23, 24]


@pytest.mark.parametrize("day", LONG_SATURDAYS)
def test_the_october_saturday_has_25_hours(day: date) -> None:
    """The repeated hour belongs to Saturday's gas day."""
    lengths = [len(gas_time.hours_of_day(day + timedelta(days=i))) for i in (-1, 0, 1)]
    assert lengths == [24, 25, 24]


def test_the_operators_notice_of_october_2019() -> None:
    """Gas day 26 Oct 2019 ran from 04:00 UTC to 05:00 UTC of the next day."""
    hours = gas_time.hours_of_day(date(2019, 10, 26))
    assert gas_time.hour_start(hours.start) == datetime(2019, 10, 26, 4, tzinfo=UTC)
    assert gas_time.hour_start(hours.stop) == datetime(2019, 10, 27, 5, tzinfo=UTC)


def test_local_labels_of_the_october_night() -> None:
    """02:00 comes twice, told apart by its offset."""
    assert _labels(date(2026, 10, 24))[19:23] == ["01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"]


def test_local_labels_of_the_march_night() -> None:
    """02:00 does not come at all."""
    assert _labels(date(2026, 3, 28))[18:21] == ["00:00+0100", "01:00+0100", "03:00+0200"]


@pytest.mark.parametrize(("month", "hours"), [("2026-03", 743), ("2026-10", 745), ("2024-02", 696), ("2026-11", 720)])
def test_hours_of_a_month(month: str, hours: int) -> None:
    """March lacks an hour, October has one more."""
    assert len(gas_time.hours_of_month(month)) == hours


def test_an_hour_is_named_by_its_utc_start() -> None:
    """Any offset names the same hour."""
    hour = gas_time.hour_number(datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert gas_time.hour_number(datetime(2026, 11, 23, 11, tzinfo=timezone(timedelta(hours=1)))) == hour
    assert gas_time.hour_start(hour) == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        (datetime(2026, 11, 23, 10), "no offset"),  # noqa: DTZ001 - a time without offset is what is refused
        (datetime(2026, 11, 23, 10, 30, tzinfo=UTC), "does not start an hour"),
        (datetime(2026, 11, 23, 10, 0, 1, tzinfo=UTC), "does not start an hour"),
        (datetime(2026, 11, 23, 10, 0, 0, 1, tzinfo=UTC), "does not start an hour"),
        (datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=5, minutes=30))), "does not start an hour"),
        (datetime(1990, 1, 1, 4, tzinfo=UTC), "outside 1990 to 2099"),
        (datetime(2100, 1, 1, 5, tzinfo=UTC), "outside 1990 to 2099"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), "outside 1990 to 2099"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), "outside 1990 to 2099"),
    ],
)
def test_moments_that_name_no_gas_hour(moment: datetime, message: str) -> None:
    """Each is refused with the reason, also where Python's calendar ends."""
    with pytest.raises(NotAGasTimeError, match=message):
        gas_time.hour_number(moment)


def test_the_first_and_the_last_hour() -> None:
    """1990 to 2099 in gas days: from 05:00 UTC on 1 January 1990 to the hour before 05:00 UTC on 1 January 2100."""
    first = gas_time.hour_number(datetime(1990, 1, 1, 5, tzinfo=UTC))
    last = gas_time.hour_number(datetime(2100, 1, 1, 4, tzinfo=UTC))
    assert [gas_time.is_supported(hour) for hour in (first - 1, first, last, last + 1)] == [False, True, True, False]
    assert (gas_time.gas_day(first), gas_time.gas_day(last)) == (gas_time.FIRST_DAY, gas_time.LAST_DAY)


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2100, 1, 1)])
def test_a_day_outside_is_refused(day: date) -> None:
    """Rather than answered with the hours of another day."""
    with pytest.raises(NotAGasTimeError, match="outside 1990 to 2099"):
        gas_time.hours_of_day(day)


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "2026-1", "26-01", "2026-11\n", "\uff12\uff10\uff12\uff16-11", "0000-01", ""]
)
def test_what_is_no_gas_month(month: str) -> None:
    """Only 2026-11 and its like name a gas month."""
    with pytest.raises(NotAGasTimeError, match="write it as 2026-11"):
        gas_time.first_day_of_month(month)


def test_months_follow_each_other() -> None:
    """Also over the turn of the year."""
    assert [gas_time.next_month(m) for m in ("2026-01", "2026-02", "2026-12")] == ["2026-02", "2026-03", "2027-01"]


def test_months_between_two_days() -> None:
    """Both ends count; a last day before the first gives none; the end of the calendar is no fault."""
    assert gas_time.months_between(date(2026, 11, 30), date(2027, 1, 1)) == ["2026-11", "2026-12", "2027-01"]
    assert gas_time.months_between(date(2026, 11, 2), date(2026, 11, 1)) == ["2026-11"]
    assert gas_time.months_between(date(2026, 11, 1), date(2026, 10, 31)) == []
    assert gas_time.months_between(date(9999, 12, 1), date(9999, 12, 31)) == ["9999-12"]


def test_months_of_hours() -> None:
    """The first hour of November is the one that follows the last of October; no hours touch no month."""
    october = gas_time.hours_of_month("2026-10")
    assert gas_time.months_of(october) == ["2026-10"]
    assert gas_time.months_of(range(october.start - 1, october.stop + 1)) == ["2026-09", "2026-10", "2026-11"]
    assert gas_time.months_of(range(october.start, october.start)) == []


def test_first_hours_of_many_days() -> None:
    """Those of the days themselves, in any shape; a day outside has that of the nearest one."""
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)]
    numbers = np.array([[gas_time.day_number(day) for day in days]])
    assert gas_time.first_hours(numbers).tolist() == [[gas_time.hours_of_day(day).start for day in days]]
    first, last = gas_time.hours_of_day(gas_time.FIRST_DAY), gas_time.hours_of_day(gas_time.LAST_DAY)
    outside = np.array([-(2**31), gas_time.day_number(gas_time.LAST_DAY) + 1, 2**31 - 1])
    assert gas_time.first_hours(outside).tolist() == [first.start, last.stop, last.stop]


def test_day_numbers_go_both_ways() -> None:
    """Days since 1970."""
    assert gas_time.day_number(date(1970, 1, 2)) == 1
    assert gas_time.day_of_number(gas_time.day_number(date(2026, 11, 23))) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("local", "starts"),
    [
        ("2026-11-23T06:00", ["2026-11-23T05:00"]),
        ("2026-10-25T02:00", ["2026-10-25T00:00", "2026-10-25T01:00"]),
        ("2026-03-29T02:00", []),
        ("2026-03-29T03:00", ["2026-03-29T01:00"]),
    ],
)
def test_what_a_wall_clock_can_mean(local: str, starts: list[str]) -> None:
    """One hour, both of October's repeated one, none of March's missing one."""
    found = gas_time.local_candidates(datetime.fromisoformat(local))
    assert [gas_time.hour_start(hour).strftime("%Y-%m-%dT%H:%M") for hour in found] == starts


@pytest.mark.parametrize(
    ("local", "message"),
    [
        ("2026-11-23T06:00+01:00", "offset already"),
        ("2026-11-23T06:15", "does not start an hour"),
        ("1980-11-23T06:00", "outside 1990 to 2099"),
        ("0001-01-01T00:00", "outside 1990 to 2099"),
    ],
)
def test_wall_clock_times_that_are_refused(local: str, message: str) -> None:
    """An offset, a fraction of an hour, another century."""
    with pytest.raises(NotAGasTimeError, match=message):
        gas_time.local_candidates(datetime.fromisoformat(local))


def test_many_hours_at_once_without_any() -> None:
    """No hours, no days."""
    days, indexes = gas_time.days_and_indexes(np.array([], np.int32))
    assert (len(days), len(indexes)) == (0, 0)


def test_a_wall_clock_shows_a_time_once_a_day() -> None:
    """In winter, in summer, twice in October and never in March: one moment each."""
    shown = [
        (date(2026, 11, 26), time(11), "2026-11-26T10:00"),
        (date(2026, 7, 1), time(11, 30), "2026-07-01T09:30"),
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:30"),
    ]
    for day, at, moment in shown:
        assert gas_time.moment_on(day, at) == datetime.fromisoformat(f"{moment}Z")
