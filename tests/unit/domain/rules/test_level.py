"""The rules in context that compare with the line's own level, by example: A8, C7, C9."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.domain import gas_time
from shared.domain.reading import Provenance
from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_context import (
    DAY,
    FIRST,
    LINE,
    TERMS,
    WEEKS,
    daily,
    found,
    found_hours,
    line_with,
)

_USUAL = 100_000
_TWO_WAY = line_with(one_way=False)
_UNLIMITED = line_with(capacity_m3n_per_h=None)


def _then(now: int | None, usual: int | None = _USUAL, days: int = 28) -> list[int | None]:
    """Return the same hour of some days, all alike, and the one that is judged."""
    return daily([usual] * days + [now])


@pytest.mark.parametrize(
    ("now", "power"),
    [
        (1_000_000, 10),
        (10_000, 0.1),
        (100_000_000, 1_000),
        (100, 0.001),
        (1_099_999, 10),
        (900_001, 10),
        (-10_000, 0.1),
    ],
)
def test_a8_the_unit_was_changed(now: int, power: float) -> None:
    """A tenth, ten, a thousand or a thousandth times the usual, up to nearly 10 % beside it, whatever the sign."""
    (hit,) = found("A8", {"volume": _then(now)}, line=_TWO_WAY)
    assert hit[:3] == (WEEKS, "A8", Severity.F)
    assert hit.observed == pytest.approx(abs(now) / _USUAL)
    assert hit.threshold == power


@pytest.mark.parametrize("now", [1_100_101, 899_899, 10_000_000, 1_000, 200_000, 0, None])
def test_a8_the_unit_stayed(now: int | None) -> None:
    """Beyond 10 % beside a tenth, ten, a thousand or a thousandth; a hundred is no unit; nothing is no unit either."""
    assert not found("A8", {"volume": _then(now), "temperature": _then(8_000)})


def test_a8_operating_volumes_tell_it_from_a_line_that_flows_less() -> None:
    """A tenth of the usual in both volumes is little flow; in one of them it is another unit."""
    usual = {"volume": _then(10_000), "volume_operating": _then(200, 2_000)}
    assert not found("A8", usual)
    (hit,) = found("A8", usual | {"volume_operating": _then(2_000, 2_000)})
    assert hit.observed == pytest.approx(0.1)
    assert hit.threshold == 0.1


def test_a8_no_operating_volume_today() -> None:
    """Where it is not sent, or is 0, the volume itself is compared."""
    for operating in (None, 0):
        told = {"volume": _then(10_000), "volume_operating": _then(operating, 2_000)}
        assert found_hours("A8", told) == [WEEKS]


@pytest.mark.parametrize(("days", "hits"), [(7, [7 * 24]), (6, [])])
def test_a8_needs_a_week(days: int, hits: list[int]) -> None:
    """Six days are too little history."""
    assert found_hours("A8", {"volume": _then(1_000_000, days=days)}) == hits
    with_meter = {"volume": _then(1_000_000, days=days), "volume_operating": _then(2_000, 2_000, days=days)}
    assert found_hours("A8", with_meter) == hits


def test_a8_a_line_that_stood_still_has_no_level() -> None:
    """Nothing is ten times nothing."""
    assert not found("A8", {"volume": _then(1_000_000, 0)})


def test_a8_the_same_hour_after_a_switch_of_the_clock() -> None:
    """The same hour of the gas day, not the same UTC hour: across the October switch it stands an hour later."""
    days = [date(2026, 10, 24) + timedelta(days=place) for place in range(-9, 5)]
    hours = [gas_time.hours_of_day(day) for day in days]
    first = hours[0].start
    volume: list[int | None] = [1_000_000] * (hours[-1].stop - first)
    for day in hours:
        volume[day.start - first + 4] = _USUAL
    volume[hours[-1].start - first + 4] = 1_000_000
    assert found_hours("A8", {"volume": volume}, first=first)[-1] == hours[-1].start - first + 4


@pytest.mark.parametrize("code", ["A8", "C7"])
def test_the_25th_hour_of_a_day_has_no_like_in_days_of_24(code: str) -> None:
    """The first hour of the day after, which follows the 24th, is another hour."""
    day = gas_time.hours_of_day(date(2026, 10, 24))
    first = gas_time.hours_of_day(date(2026, 9, 20)).start
    volume: list[int | None] = [_USUAL] * (day.stop - first)
    volume[-1] = volume[-2] = 1_000_000
    assert found_hours(code, {"volume": volume}, first=first) == [day.stop - 2 - first]


def test_a8_thresholds_of_a_line_from_a_gas_day() -> None:
    """A narrower tolerance holds from 06:00 of its gas day."""
    narrow = replace(TERMS, start=DAY + timedelta(days=28), thresholds=(("A8.tolerance", 0.01),))
    volume = daily([_USUAL] * 27 + [1_050_000, 1_050_000])
    assert found_hours("A8", {"volume": volume}) == [27 * 24, WEEKS]
    assert found_hours("A8", {"volume": volume}, line=replace(LINE, terms=(TERMS, narrow))) == [27 * 24]


def _scattered(now: int | None, days: int = 28) -> list[int | None]:
    """Return days around 100 m³(n), half of them 4 below and half 4 above: the MAD is 4."""
    return daily([(96_000, 104_000)[place % 2] for place in range(days)] + [now])


def test_c7_an_hour_that_the_line_never_has() -> None:
    """5 · 1.4826 · 4 m³(n) = 29.652 from the median, where no capacity says that this is little."""
    for now in (129_653, 70_347):
        (hit,) = found("C7", {"volume": _scattered(now)}, line=_UNLIMITED, at=[WEEKS])
        assert hit[:3] == (WEEKS, "C7", Severity.F)
        assert hit.observed == pytest.approx(29.653)
        assert hit.threshold == pytest.approx(29.652)


@pytest.mark.parametrize("now", [129_651, 70_349, 100_000, None])
def test_c7_an_hour_that_is_only_high_or_low(now: int | None) -> None:
    """A thousandth of a m³ less."""
    assert not found("C7", {"volume": _scattered(now), "temperature": _then(8_000)}, line=_UNLIMITED, at=[WEEKS])


def test_c7_a_steady_line_may_move_by_a_share_of_its_capacity() -> None:
    """With 1 % of 1,000 m³(n)/h as the least spread, 74.13 m³(n) are allowed; without a capacity nothing is."""
    one_percent = {"C7.share_of_capacity": 0.01}
    assert not found("C7", {"volume": _then(174_130)}, thresholds=one_percent)
    (hit,) = found("C7", {"volume": _then(174_131)}, thresholds=one_percent)
    assert hit.threshold == pytest.approx(74.13)
    assert found("C7", {"volume": _then(100_001)}, line=_UNLIMITED)


def test_c7_of_spread_and_share_the_greater_counts() -> None:
    """They do not add up: 29.652 m³(n), though 3 m³(n) of the capacity are the least."""
    assert found("C7", {"volume": _scattered(129_653)}, thresholds={"C7.share_of_capacity": 0.003}, at=[WEEKS])


def test_c7_outliers_before_do_not_hide_the_next() -> None:
    """The median of the deviations does not see two high days."""
    volume = _scattered(200_000)
    volume[0] = volume[24] = 900_000
    assert found_hours("C7", {"volume": volume}, line=_UNLIMITED)[-1] == WEEKS


@pytest.mark.parametrize(("days", "hits"), [(14, [14 * 24]), (13, [])])
def test_c7_needs_two_weeks(days: int, hits: list[int]) -> None:
    """Thirteen days are too little history."""
    assert found_hours("C7", {"volume": _scattered(500_000, days)}, line=_UNLIMITED) == hits


def test_c7_severity_and_thresholds_of_the_line() -> None:
    """Shown only, and twice as wide."""
    line = line_with(capacity_m3n_per_h=None, thresholds=(("C7.severity", float(Severity.W)), ("C7.k", 10.0)))
    assert not found("C7", {"volume": _scattered(159_303)}, line=line, at=[WEEKS])
    (hit,) = found("C7", {"volume": _scattered(159_305)}, line=line, at=[WEEKS])
    assert hit.severity is Severity.W


def _days(last: int, days: int = 28, usual: int = 24_000) -> list[int | None]:
    """Return whole days of a usual volume, and one of another."""
    hours: list[int | None] = [usual // 24] * (24 * days)
    return hours + [last // 24] * 24


@pytest.mark.parametrize(("last", "bound"), [(72_024, 3.0), (7_176, 0.3), (0, 0.3)])
def test_c9_a_day_far_from_the_days_before(last: int, bound: float) -> None:
    """A thousandth of a m³ an hour beyond three times the mean, or below 0.3 of it: all hours of the day are shown."""
    hits = found("C9", {"volume": _days(last)})
    assert [hit.hour for hit in hits] == list(range(WEEKS, WEEKS + 24))
    assert {hit[1:] for hit in hits} == {("C9", Severity.W, last / 24_000, bound)}


@pytest.mark.parametrize("last", [72_000, 7_200, 24_000])
def test_c9_a_day_like_others(last: int) -> None:
    """Three times the mean, and 0.3 of it, pass."""
    assert not found("C9", {"volume": _days(last)})


def test_c9_only_whole_days_count() -> None:
    """A day with a hole is not judged, and is no day before; fourteen whole ones must be left."""
    with_hole, few = _days(240_000), _days(240_000, days=14)
    with_hole[-5] = None
    assert not found("C9", {"volume": with_hole})
    assert len(found("C9", {"volume": few})) == 24
    few[7] = None
    assert not found("C9", {"volume": few})


def test_c9_days_that_a_finding_keeps_back_do_not_count() -> None:
    """One blocked hour takes its day out of the mean; on the day itself it does not matter."""
    volume = _days(240_000, days=14)
    blocked = [0] * len(volume)
    blocked[-3] = Provenance.BLOCKED
    assert len(found("C9", {"volume": volume, "provenance": blocked})) == 24
    blocked[30] = Provenance.BLOCKED
    assert not found("C9", {"volume": volume, "provenance": blocked})


def test_c9_not_on_a_line_of_two_ways_nor_after_days_without_flow() -> None:
    """A mean of what flows to and fro says nothing; neither does a mean of 0."""
    assert not found("C9", {"volume": _days(240_000)}, line=_TWO_WAY)
    assert not found("C9", {"volume": _days(240_000, usual=0)})


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_c9_a_day_on_which_the_clock_is_switched(day: date, hours: int) -> None:
    """It is whole with 23 or 25 hours, and all of them are concerned."""
    first = gas_time.hours_of_day(day - timedelta(days=20)).start
    whole = gas_time.hours_of_day(day)
    volume = [1_000] * (whole.start - first) + [9_000] * hours
    assert found_hours("C9", {"volume": volume}, first=first) == [hour - first for hour in whole]


def test_c9_thresholds_of_the_installation() -> None:
    """Twice as much is enough where somebody says so."""
    assert len(found("C9", {"volume": _days(50_400)}, thresholds={"C9.highest": 2.0})) == 24


def test_numbers_are_told_in_the_unit_of_the_rule() -> None:
    """No finding without the number that was seen."""
    told = {"volume": _then(1_000_000)}
    assert not any(math.isnan(hit.observed) for code in ("A8", "C7") for hit in found(code, told))
    assert gas_time.hours_of_day(DAY).start == FIRST
