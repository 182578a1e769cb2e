"""What leaves the stations: shape, ids, order, completeness."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from deploy.local.simulator import FIRST_HOUR, Fault, TooEarlyError, expected_present, grid, history, labels, live
from tests.unit.simulator.reading import FIRST, LAST, SentHour, Telegram, decode

if TYPE_CHECKING:
    from collections.abc import Mapping

BRUSSELS = ZoneInfo("Europe/Brussels")
LATEST_FILE_HOURS = 19 * 24


def test_a_telegram_belongs_to_its_key_and_names_its_station(telegrams: list[tuple[str, Telegram]]) -> None:
    """The key is the station, and every line in the telegram is of that station."""
    station_of = {line.id: line.station.id for line in grid().lines}
    for station, telegram in telegrams:
        assert telegram.station == station
        assert {station_of[line.line] for line in telegram.lines} == {station}
        assert all(line.hours for line in telegram.lines)


def test_ids_of_telegrams_are_unique_and_carry_the_minute(telegrams: list[tuple[str, Telegram]]) -> None:
    """Station, minute of sending, number: no two telegrams share them."""
    ids = [telegram.telegram for _, telegram in telegrams]
    assert len(set(ids)) == len(ids)
    for station, telegram in telegrams:
        assert re.fullmatch(rf"{station}/{telegram.sent:%Y%m%dT%H%M}/\d+", telegram.telegram)


def test_telegrams_come_in_the_order_of_time_after_their_last_hour(telegrams: list[tuple[str, Telegram]]) -> None:
    """`sent` never goes back, and no hour is sent before it has ended."""
    moments = [telegram.sent for _, telegram in telegrams]
    assert moments == sorted(moments)
    for _, telegram in telegrams:
        last = max(hour.number for line in telegram.lines for hour in line.hours)
        assert telegram.sent.timestamp() > (last + 1) * 3600


def test_every_hour_is_sent_unless_it_is_a_gap_or_still_to_come(
    sent: Mapping[tuple[str, int], list[SentHour]], faults: Mapping[tuple[str, int], set[Fault]]
) -> None:
    """Hours old enough for every file are there exactly when they are not labelled a gap."""
    for line in grid().lines:
        for hour in range(FIRST, LAST - LATEST_FILE_HOURS):
            assert ((line.id, hour) in sent) == (Fault.GAP not in faults.get((line.id, hour), set()))


def test_an_hour_comes_twice_exactly_when_it_is_labelled_repeated(
    sent: Mapping[tuple[str, int], list[SentHour]], faults: Mapping[tuple[str, int], set[Fault]]
) -> None:
    """A repetition has the same values; nothing else comes twice."""
    for key, hours in sent.items():
        assert len(hours) == (2 if Fault.REPEATED in faults.get(key, set()) else 1)
        assert all(hour == hours[0] for hour in hours)


def test_expected_present_counts_what_is_in_the_telegrams(sent: Mapping[tuple[str, int], list[SentHour]]) -> None:
    """The count per line is that of different hours in the telegrams."""
    for line, count in expected_present(grid(), FIRST, LAST).items():
        assert count == sum(1 for name, _ in sent if name == line)


def test_live_sends_one_regular_telegram_of_each_station() -> None:
    """In an hour without faults each station sends once."""
    stations = [station for station, body in live(grid(), LAST + 1) if decode(body).telegram.endswith("/1")]
    assert sorted(stations) == sorted(station.id for station in grid().stations)


def test_late_hours_are_sent_as_late_as_their_label_says(
    telegrams: list[tuple[str, Telegram]], faults: Mapping[tuple[str, int], set[Fault]]
) -> None:
    """LATE is more than 1.5 h after the hour (rule B5), LATE_FILE five days or more."""
    least = {Fault.LATE: 1.5 * 3600, Fault.LATE_FILE: 5 * 86400}
    seen = set()
    for _, telegram in telegrams:
        for line in telegram.lines:
            for hour in line.hours:
                for kind in faults.get((line.line, hour.number), set()) & set(least):
                    seen.add(kind)
                    assert telegram.sent.timestamp() - (hour.number + 1) * 3600 > least[kind]
    assert Fault.LATE in seen


@pytest.mark.parametrize(
    ("gas_day", "hours"), [(date(2026, 3, 28), 23), (date(2025, 10, 25), 25), (date(2026, 3, 27), 24)]
)
def test_switch_days_have_their_hours(gas_day: date, hours: int) -> None:
    """From 06:00 local to 06:00 local each line is measured 23, 25 or 24 times."""
    begin = datetime(gas_day.year, gas_day.month, gas_day.day, 6, tzinfo=BRUSSELS).astimezone(UTC)
    end = datetime(gas_day.year, gas_day.month, gas_day.day + 1, 6, tzinfo=BRUSSELS).astimezone(UTC)
    first, last = int(begin.timestamp()) // 3600, int(end.timestamp()) // 3600 - 1
    calm = grid(seed=5)
    present: dict[str, set[int]] = {line.id: set() for line in calm.lines}
    for _, body in history(calm, first, last + LATEST_FILE_HOURS):
        for line in decode(body).lines:
            present[line.line] |= {hour.number for hour in line.hours if first <= hour.number <= last}
    gaps = _gaps(first, last)
    assert {line: len(numbers) + gaps[line] for line, numbers in present.items()} == dict.fromkeys(present, hours)
    assert list(gaps.values()).count(0) > len(gaps) // 2


def _gaps(first: int, last: int) -> dict[str, int]:
    """How many hours of each line were never sent."""
    calm = grid(seed=5)
    found = labels(calm, first, last)
    return {
        line.id: sum(1 for label in found if label.line == line.id and label.kind is Fault.GAP) for line in calm.lines
    }


def test_hours_before_the_beginning_are_refused() -> None:
    """Before its first hour the simulator has no index to count from, and says so."""
    with pytest.raises(TooEarlyError, match="where the simulated gas begins"):
        list(history(grid(), FIRST_HOUR - 1, FIRST_HOUR + 5))
