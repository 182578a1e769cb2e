"""Estimates by example: each method, the order in which they are tried, and what they may not rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.estimation import (
    AUTOMATIC,
    Check,
    Estimate,
    EstimationError,
    Method,
    Tape,
    estimate,
    node_balance,
    with_energy,
)
from shared.domain.estimation_shapes import spread
from shared.domain.gas_time import day_number, days_and_indexes, hours_of_day
from shared.domain.quantities import ABSENT
from shared.domain.working_days import DayKind, day_kinds

NOON = 498_660
"""An hour in November 2026."""
WEDNESDAY = date(2026, 11, 25)
SWITCH_SATURDAY = date(2026, 10, 24)


def _column(values: Sequence[int | None] | None, count: int) -> NDArray[np.int64]:
    return np.array([ABSENT if value is None else value for value in values or [None] * count], np.int64)


def _tape(
    volume: Sequence[int | None],
    volume_operating: Sequence[int | None] | None = None,
    index: Sequence[int | None] | None = None,
    gcv: Sequence[int | None] | None = None,
    first: int = NOON,
) -> Tape:
    """Return a tape all of whose hours are actual."""
    said, passed, counter, quality = (_column(each, len(volume)) for each in (volume, volume_operating, index, gcv))
    return Tape(first, said, passed, counter, quality, np.ones(len(volume), np.bool_))


def _counted(volume_operating: Sequence[int], factor: int = 2, index: int = 7_000_000) -> Tape:
    """Return a tape whose counter agrees with its operating volumes, and whose volumes are `factor` times these."""
    counter = (np.cumsum(volume_operating) + index).tolist()
    return _tape([factor * passed for passed in volume_operating], volume_operating, counter)


def _weeks(day: date) -> Tape:
    """Return the 28 gas days before a day, that day and the next: volumes 1000 · kind + place in the gas day."""
    hours = range(hours_of_day(date.fromordinal(day.toordinal() - 28)).start, hours_of_day(day).stop + 24)
    days, places = days_and_indexes(np.array(hours))
    return _tape((day_kinds(days).astype(np.int64) * 1_000 + places).tolist(), first=hours.start)


def _changed(tape: Tape, hour: int, volume: int) -> None:
    tape.volume[hour - tape.first] = volume


def _said(found: Estimate | None, method: Method) -> tuple[list[int], list[int]]:
    assert found is not None
    assert found.method is method
    return found.volume.tolist(), found.volume_operating.tolist()


def test_methods_have_a_name_an_order_and_a_sentence() -> None:
    """M0 to M8 as the trade numbers them; all but the node's balance and none are automatic."""
    assert [method.value for method in Method] == ["M0", "M1", "M2", "M3", "M4", "M5", "M8"]
    assert [method.value for method in AUTOMATIC] == ["M0", "M1", "M2", "M3", "M4"]
    assert len({method.words for method in Method if method.words.endswith(".")}) == len(Method)


def test_the_check_meter_comes_first() -> None:
    """Factor and offset are taken as written: 1.1 · 1000.015 + 0.5 = 1100.5165, half to even."""
    tape, check = _tape([1, 0, 0, 3]), _tape([1_000_015, 2_000_000], first=NOON + 1)
    found = estimate(tape, range(NOON + 1, NOON + 3), Check(check, factor=1.1, offset_m3n=0.5))
    assert _said(found, Method.CHECK_METER) == ([1_100_516, 2_200_500], [ABSENT, ABSENT])


@pytest.mark.parametrize("broken", ["missing", "not actual", "too short"])
def test_a_check_meter_must_have_measured_every_hour(broken: str) -> None:
    """Else the next method has its turn."""
    check = _tape([10, None if broken == "missing" else 20], first=NOON + (0 if broken == "too short" else 1))
    check.is_actual[1] = broken != "not actual"
    found = estimate(_tape([10, 0, 0, 40]), range(NOON + 1, NOON + 3), Check(check))
    assert _said(found, Method.LINEAR) == ([20, 30], [ABSENT, ABSENT])


def test_a_straight_line_rounds_half_to_even() -> None:
    """Between 10 and 11 lies 10.5."""
    assert _said(estimate(_tape([10, 0, 11]), range(NOON + 1, NOON + 2)), Method.LINEAR)[0] == [10]


def test_a_straight_line_may_fall_below_zero() -> None:
    """Nothing is clamped: the rules look at it."""
    assert _said(estimate(_tape([-30, 0, 0, 0]), range(NOON + 1, NOON + 3)), Method.LINEAR)[0] == [-20, -10]


def test_a_straight_line_is_scaled_to_the_counter() -> None:
    """100 and 400 around, 200 and 300 on the line, 1000 counted; at a factor of 2, 2000 m³(n)/1000."""
    tape = _counted([100, 450, 550, 400])
    found = estimate(tape, range(NOON + 1, NOON + 3))
    assert _said(found, Method.LINEAR) == ([800, 1_200], [400, 600])


def test_a_line_that_stands_still_is_estimated_at_zero() -> None:
    """The counter did not move, so no factor is needed, and none exists."""
    tape = _counted([0, 0, 0, 0])
    assert _said(estimate(tape, range(NOON + 1, NOON + 3)), Method.LINEAR) == ([0, 0], [0, 0])


def test_a_straight_line_of_zeros_cannot_hold_what_was_counted() -> None:
    """The flat spread can: the factor comes from further away."""
    tape = _counted([50, 0, 101, 200, 0])
    found = estimate(tape, range(NOON + 2, NOON + 4))
    assert _said(found, Method.INDEX_FLAT) == ([301, 301], [151, 150])


def test_three_hours_are_too_long_for_a_straight_line() -> None:
    """Without a counter and without history nothing is left."""
    assert estimate(_tape([1, 1, 1, 1, 1]), range(NOON + 1, NOON + 4)) is None


def test_the_counter_is_spread_flat_without_like_days() -> None:
    """1000 in three hours: the thousandth that remains goes to the earliest."""
    found = estimate(_counted([100, 200, 300, 500, 100], factor=1), range(NOON + 1, NOON + 4))
    assert _said(found, Method.INDEX_FLAT) == ([334, 333, 333], [334, 333, 333])


def test_the_factor_is_that_of_a_day_on_both_sides() -> None:
    """Hours 24 before and behind the gap count, hours 25 away do not; an hour without one of the volumes is no pair."""
    tape = _counted([1] * 25 + [10, 10, 10] + [1] * 25)
    tape.volume[[0, -1]] = 1_000_000
    tape.volume[3], tape.volume_operating[4] = ABSENT, ABSENT
    tape.volume[[1, -2]] += 23
    found = estimate(tape, range(NOON + 25, NOON + 28))
    assert _said(found, Method.INDEX_FLAT) == ([30, 30, 30], [10, 10, 10])


@pytest.mark.parametrize("volume", [-2, 0, ABSENT])
def test_no_factor_no_use_of_the_counter(volume: int) -> None:
    """Volumes against the direction of the counter, none at all, or no pair of them: impossible."""
    tape = _counted([1, 10, 10, 10, 1])
    tape.volume[:] = volume
    assert estimate(tape, range(NOON + 1, NOON + 4)) is None


@pytest.mark.parametrize(
    ("column", "place"), [("index", 0), ("index", 4), ("volume_operating", 4), ("is_actual", 0), ("is_actual", 4)]
)
def test_the_counter_must_be_known_on_both_sides(column: str, place: int) -> None:
    """At the end of the hour before, and at the start of the hour after: nothing is made up for it."""
    tape = _counted([1, 10, 10, 10, 1, 1])
    getattr(tape, column)[place] = False if column == "is_actual" else ABSENT
    assert estimate(tape, range(NOON + 1, NOON + 4)) is None


def test_a_counter_that_went_back_tells_nothing() -> None:
    """A meter exchange or a rollover: the straight line stands alone."""
    tape = _counted([100, 450, 550, 400])
    tape.index[3] = 5
    assert _said(estimate(tape, range(NOON + 1, NOON + 3)), Method.LINEAR) == ([400, 600], [ABSENT, ABSENT])


def test_a_counter_that_jumped_beyond_any_line_tells_nothing() -> None:
    """A new meter that begins far above the old one: what it would have passed is out of bounds."""
    tape = _counted([100, 450, 550, 500, 400])
    tape.index[4] += 10**14
    assert estimate(tape, range(NOON + 1, NOON + 4)) is None


@pytest.mark.parametrize("gap", [range(NOON, NOON + 1), range(NOON + 3, NOON + 4), range(NOON, NOON + 4)])
def test_a_gap_at_an_end_of_the_tape_has_one_side_only(gap: range) -> None:
    """Or none: neither line nor counter is possible then."""
    assert estimate(_counted([1, 2, 3, 4]), gap) is None


def test_like_days_are_the_latest_four_of_the_kind() -> None:
    """A Wednesday: 24, 19, 18 and 17 November, not the 12th, not the holiday on the 11th; nor a Monday."""
    tape, gap = _weeks(WEDNESDAY), hours_of_day(WEDNESDAY)[:3]
    for number, day in enumerate((24, 19, 18, 17)):
        _changed(tape, hours_of_day(date(2026, 11, day))[1], 100 + number)
    assert _said(estimate(tape, gap), Method.LIKE_DAYS) == ([2_001, 102, 2_003], [ABSENT] * 3)


def test_holidays_are_like_sundays() -> None:
    """The holiday 11 November 2026, a Wednesday: the four Sundays before, of which 1 November is one."""
    tape, holiday = _weeks(date(2026, 11, 11)), hours_of_day(date(2026, 11, 11))
    assert _said(estimate(tape, holiday), Method.LIKE_DAYS)[0] == [
        1_000 * DayKind.SUNDAY + place for place in range(1, 25)
    ]


def test_three_like_days_are_enough_and_two_are_not() -> None:
    """Of the four Saturdays before, hours without a volume and estimated ones do not count."""
    day = date(2026, 11, 28)
    tape, gap = _weeks(day), hours_of_day(day)[5:8]
    _changed(tape, hours_of_day(date(2026, 11, 21))[6], ABSENT)
    assert _said(estimate(tape, gap), Method.LIKE_DAYS)[0] == [4_006, 4_007, 4_008]
    tape.is_actual[hours_of_day(date(2026, 11, 7))[6] - tape.first] = False
    assert estimate(tape, gap) is None


def test_likeness_ends_after_28_gas_days() -> None:
    """A Saturday five weeks ago does not make up for a missing one."""
    day = date(2026, 11, 28)
    longer = hours_of_day(date(2026, 10, 24)).start
    days, _ = days_and_indexes(np.arange(longer, hours_of_day(day).stop))
    volumes: list[int | None] = [
        None if number in {day_number(day) - 7, day_number(day) - 14} else 5 for number in days
    ]
    tape, gap = _tape(volumes, first=longer), hours_of_day(day)[5:8]
    assert estimate(tape, gap) is None
    tape.volume[days == day_number(day) - 7] = 6
    assert _said(estimate(tape, gap), Method.LIKE_DAYS)[0] == [5, 5, 5]


def test_the_day_of_the_gap_is_no_like_day_of_the_next() -> None:
    """A gap from Tuesday night to Wednesday morning: Tuesday morning is not used for Wednesday's."""
    tape = _weeks(WEDNESDAY)
    tuesday = hours_of_day(date(2026, 11, 24))
    _changed(tape, tuesday[0], 10**9)
    found = estimate(tape, range(tuesday[22], tuesday[22] + 4))
    assert _said(found, Method.LIKE_DAYS)[0] == [2_023, 2_024, 2_001, 2_002]


def test_like_days_count_hours_of_the_gas_day_across_the_switch() -> None:
    """The 25th hour of the October Saturday has no like; in the days after, the same place of the day counts."""
    tape, gap = _weeks(SWITCH_SATURDAY), hours_of_day(SWITCH_SATURDAY)
    assert len(gap) == 25
    assert _said(estimate(tape, gap[20:24]), Method.LIKE_DAYS)[0] == [4_021, 4_022, 4_023, 4_024]
    assert estimate(tape, gap[22:]) is None
    later = date(2026, 10, 31)
    found = estimate(_weeks(later), hours_of_day(later)[21:])
    assert _said(found, Method.LIKE_DAYS)[0] == [4_022, 4_023, 4_024]


def test_the_short_saturday_has_no_24th_hour() -> None:
    """After the switch of March, one like Saturday less knows the last hour: three are enough."""
    day = date(2026, 4, 4)
    tape = _weeks(day)
    found = estimate(tape, hours_of_day(day)[21:])
    assert _said(found, Method.LIKE_DAYS)[0] == [4_022, 4_023, 4_024]


def _weeks_with_counter(total: int) -> tuple[Tape, range]:
    """Return four weeks and a gap of the first three hours of a Wednesday, in which the counter passed a total."""
    tape, gap = _weeks(WEDNESDAY), hours_of_day(WEDNESDAY)[:3]
    tape.volume_operating[:] = tape.volume
    tape.index[gap.start - 1 - tape.first] = 1_000
    after = gap.stop - tape.first
    tape.index[after] = 1_000 + total + tape.volume_operating[after]
    return tape, gap


def test_the_counter_is_spread_as_on_like_days() -> None:
    """2001 : 2002 : 2003 of 12 012 in all."""
    tape, gap = _weeks_with_counter(12_012)
    assert _said(estimate(tape, gap), Method.INDEX_PROFILE) == ([4_002, 4_004, 4_006],) * 2


@pytest.mark.parametrize(("low", "total"), [(0, 600), (-5, 600), (0, 0)])
def test_a_profile_without_flow_is_no_profile(low: int, total: int) -> None:
    """Like days that stood still, or flowed back: the counter is spread flat."""
    tape, gap = _weeks_with_counter(total)
    _, places = days_and_indexes(np.arange(len(tape.volume)) + tape.first)
    tape.volume[places <= 3] = low
    assert _said(estimate(tape, gap), Method.INDEX_FLAT)[1] == [total // 3] * 3


def test_a_counter_that_stood_still_is_zero_on_any_profile() -> None:
    """Nothing passed, so nothing is spread."""
    assert _said(estimate(*_weeks_with_counter(0)), Method.INDEX_PROFILE) == ([0, 0, 0], [0, 0, 0])


def test_a_profile_with_a_backward_hour_gives_no_proportion() -> None:
    """Shares of a total would grow beyond it: flat, though the profile's sum is positive."""
    tape, gap = _weeks_with_counter(600)
    for day in (24, 19, 18, 17):
        _changed(tape, hours_of_day(date(2026, 11, day))[1], -1)
    assert _said(estimate(tape, gap), Method.INDEX_FLAT)[1] == [200, 200, 200]


def test_each_method_gives_way_to_the_next() -> None:
    """The check meter, the line, the counter with like days and flat; the like days where the counter is unknown."""
    tape, gap = _weeks_with_counter(300)
    gap = gap[:2]
    after = gap.stop - tape.first
    tape.index[after] = 1_300 + tape.volume_operating[after]
    found = [estimate(tape, gap, Check(tape)), estimate(tape, gap)]
    _changed(tape, gap.start - 1, ABSENT)
    found += [estimate(tape, gap)]
    unread = replace(tape, index=np.full(len(tape.index), ABSENT))
    found += [estimate(unread, gap)]
    for each in (tape, unread):
        each.volume[: gap.start - 150 - tape.first] = ABSENT
    found += [estimate(tape, gap), estimate(unread, gap)]
    assert [each and each.method.value for each in found] == ["M0", "M1", "M2", "M4", "M3", None]


def test_who_asks_for_a_method_gets_that_one_or_none() -> None:
    """Also where an earlier one is possible; the balance of a node and none are never found on a tape."""
    tape = _counted([100, 450, 550, 400])
    gap = range(NOON + 1, NOON + 3)
    assert _said(estimate(tape, gap, method=Method.INDEX_FLAT), Method.INDEX_FLAT)[1] == [500, 500]
    for method in set(Method) - {Method.LINEAR, Method.INDEX_FLAT}:
        assert estimate(tape, gap, method=method) is None


@pytest.mark.parametrize("gap", [range(NOON, NOON), range(NOON - 1, NOON + 1), range(NOON + 3, NOON + 5)])
def test_a_gap_lies_inside_the_tape(gap: range) -> None:
    """An empty one, or one that reaches over an end, is a mistake of who asks."""
    with pytest.raises(EstimationError, match="does not name consecutive hours"):
        estimate(_tape([1, 2, 3, 4]), gap)
    with pytest.raises(EstimationError, match="does not name consecutive hours"):
        with_energy(_tape([1, 2, 3, 4]), gap, Method.NODE_BALANCE, np.zeros(len(gap), np.int64))


def test_a_gap_has_every_hour_between_its_ends() -> None:
    """Every second hour is no gap."""
    with pytest.raises(EstimationError):
        estimate(_tape([1, 2, 3, 4]), range(NOON, NOON + 4, 2))


def test_the_last_calorific_value_is_held_for_a_day() -> None:
    """24 hours; then the mean of 28 days, weighted by the gas that flowed, whatever its direction."""
    count = 27
    tape = _tape([300, -100, None, *[0] * count], gcv=[10_000_000, 11_000_000, 12_000_001, *[9] * count])
    found = with_energy(tape, range(NOON + 3, NOON + 3 + count), Method.NODE_BALANCE, np.full(count, 1_000))
    assert found.gcv.tolist() == [12_000_001] * 24 + [10_250_000] * 3
    assert found.energy.tolist() == [12_000] * 24 + [10_250] * 3
    assert found.volume_operating.tolist() == [ABSENT] * count


@pytest.mark.parametrize("far", [28 * 24, 28 * 24 + 1])
def test_older_calorific_values_are_forgotten(far: int) -> None:
    """Four weeks before the gap, hour by hour; then there is neither gas quality nor energy."""
    tape = _tape([1] * (far + 1), gcv=[5, *[None] * far])
    found = with_energy(tape, range(NOON + far, NOON + far + 1), Method.NODE_BALANCE, np.array([10**6]))
    assert (found.gcv[0], found.energy[0]) == ((5, 5) if far == 28 * 24 else (ABSENT, ABSENT))


def test_a_line_that_stood_still_has_no_mean_calorific_value() -> None:
    """Nothing flowed, so nothing weighs."""
    tape = _tape([0] * 30, gcv=[7] * 5 + [None] * 25)
    found = with_energy(tape, range(NOON + 28, NOON + 30), Method.NODE_BALANCE, np.array([1, 1]))
    assert found.gcv.tolist() == [7, ABSENT]


def test_no_calorific_value_no_energy_and_no_volume_no_energy() -> None:
    """Missing is missing, never 0."""
    without = estimate(_tape([2, 0, 2], gcv=[None, 5, 5]), range(NOON + 1, NOON + 2))
    assert without is not None
    assert (without.volume[0], without.gcv[0], without.energy[0]) == (2, ABSENT, ABSENT)
    empty = with_energy(_tape([2, 0], gcv=[5, 0]), range(NOON + 1, NOON + 2), Method.NODE_BALANCE, np.array([ABSENT]))
    assert (empty.gcv[0], empty.energy[0]) == (5, ABSENT)


def test_energy_is_exact_where_64_bits_are_not_enough() -> None:
    """The greatest volume times the greatest calorific value; and half a thousandth goes to the even one."""
    most, gap = 10**10, range(NOON + 40, NOON + 41)
    tape = _tape([most] * 41, gcv=[10**9] * 3 + [10**9 - 10] * 7 + [None] * 31)
    assert with_energy(tape, gap, Method.NODE_BALANCE, np.array([most])).energy[0] == 9_999_999_930_000
    halves = _tape([1, 1, 1], gcv=[500_000, 0, 0])
    found = with_energy(halves, range(NOON + 1, NOON + 3), Method.NODE_BALANCE, np.array([1, 3]))
    assert found.energy.tolist() == [0, 2]


def test_a_node_leaves_what_its_other_lines_do_not_take() -> None:
    """(1000 - 0.25 · 100 + 300) / -0.5, exact; absent where one of them is."""
    node = np.array([1_000, 1_000, ABSENT, 1_000])
    others = [
        (Decimal("0.25"), np.array([100, 99, 1, ABSENT])),
        (Decimal(-1), np.array([300, 300, 1, 1])),
    ]
    assert node_balance(node, others, Decimal("-0.5")).tolist() == [-2_550, -2_550, ABSENT, ABSENT]
    assert node_balance(node[:1], [], Decimal(3)).tolist() == [333]


def test_a_line_of_no_weight_cannot_be_balanced() -> None:
    """It leaves no trace in the node."""
    with pytest.raises(EstimationError, match="weight 0"):
        node_balance(np.array([1]), [], Decimal(0))


def test_shares_go_to_the_largest_remainders() -> None:
    """10 in proportion 1 : 2 : 3 is 1.67, 3.33 and 5; of equal remainders the earlier hour is served first."""
    assert spread(10, [Fraction(1), Fraction(2), Fraction(3)]) == [2, 3, 5]
    assert spread(2, [Fraction(1)] * 4) == [1, 1, 0, 0]
