"""The rules in context about sudden steps, by example: C5 and D15."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_context import DAY, LINE, TERMS, Told, found, found_hours, line_with

_UNLIMITED = line_with(capacity_m3n_per_h=None, one_way=False)


def _day(peak: int | None, *, usual: int | None = 100_000, second: int | None = None) -> list[int | None]:
    """Return 24 hours in which the 13th stands out, and perhaps the one after it."""
    hours: list[int | None] = [usual] * 24
    hours[12], hours[13] = peak, usual if second is None else second
    return hours


def test_c5_one_hour_stands_out() -> None:
    """A thousandth beyond 2.8 times the third highest, found when the 11 hours after it are known."""
    assert found("C5", {"volume": _day(280_001)}) == [(12, "C5", Severity.F, 1.80001, 1.8)]
    assert found("C5", {"volume": [None, *_day(280_001)[:-1]], "temperature": [8_000] * 24}, at=[22]) == []


@pytest.mark.parametrize(("peak", "second"), [(280_000, None), (9_000_000, 8_000_000), (100_000, None), (None, None)])
def test_c5_no_spike(peak: int | None, second: int | None) -> None:
    """The bound passes; with two high hours the third highest is still the usual, but a rise of the line has three."""
    told: Told = {"volume": _day(peak, second=second), "temperature": [8_000] * 24}
    assert found_hours("C5", told) == ([12] if second else [])
    rising = _day(peak, second=second)
    rising[14] = second
    assert not found("C5", {"volume": rising, "temperature": [8_000] * 24})


def test_c5_of_two_high_hours_the_higher_one() -> None:
    """Only the highest of the window is a spike; two that are alike both are."""
    longer = [*_day(900_000, second=800_000), *[100_000] * 20]
    assert found_hours("C5", {"volume": longer}) == [12]
    assert found_hours("C5", {"volume": [*_day(900_000, second=900_000), *[100_000] * 20]}) == [12, 13]


def test_c5_backwards() -> None:
    """A line of two ways: the sign does not matter."""
    volume = [None if hour is None else -hour for hour in _day(280_001)]
    assert found_hours("C5", {"volume": volume}, line=_UNLIMITED) == [12]
    assert not found("C5", {"volume": [None if hour is None else -hour for hour in _day(280_000)]}, line=_UNLIMITED)


def test_c5_a_share_of_the_capacity_is_the_least_that_counts() -> None:
    """On a line of 1,000 m³(n)/h that stands still, up to 18 m³(n) are no spike."""
    assert not found("C5", {"volume": _day(18_000, usual=0)})
    assert found_hours("C5", {"volume": _day(18_001, usual=0)}) == [12]


def test_c5_a_line_without_capacity_that_stands_still() -> None:
    """Nothing to compare with."""
    assert not found("C5", {"volume": _day(900_000, usual=0)}, line=_UNLIMITED)
    assert found_hours("C5", {"volume": _day(900_000, usual=1)}, line=_UNLIMITED) == [12]


@pytest.mark.parametrize(("known", "hits"), [(18, [12]), (17, [])])
def test_c5_needs_18_hours_of_24(known: int, hits: list[int]) -> None:
    """Fewer say too little; the hour itself and the one 11 hours later must be there."""
    volume = _day(900_000)
    for place in range(24 - known):
        volume[place] = None
    assert found_hours("C5", {"volume": volume}) == hits


def test_c5_the_hour_that_looks_back_must_be_there() -> None:
    """Until the eleventh hour after it is known, nothing is said."""
    assert not found("C5", {"volume": _day(900_000)[:-1]})
    later = [*_day(900_000), *[100_000] * 12]
    later[23] = None
    assert not found("C5", {"volume": later})


def test_c5_thresholds_and_severity_of_a_line_from_a_gas_day() -> None:
    """The terms of the hour that looks back hold."""
    rough = replace(
        TERMS, start=DAY + timedelta(days=1), thresholds=(("C5.ratio", 5.0), ("C5.severity", float(Severity.W)))
    )
    line = replace(LINE, terms=(TERMS, rough))
    volume = [*_day(300_000), *_day(300_000), *_day(700_000)]
    assert found("C5", {"volume": volume}, line=line) == [
        (12, "C5", Severity.F, 2.0, 1.8),
        (60, "C5", Severity.W, 6.0, 5.0),
    ]


@pytest.mark.parametrize("now", [10_300_001, 9_699_999])
def test_d15_another_gas_within_an_hour(now: int) -> None:
    """A millionth beyond 3 %, up or down; only that hour is concerned."""
    (hit,) = found("D15", {"gcv": [10_000_000, now, now]})
    assert hit[:3] == (1, "D15", Severity.W)
    assert hit.observed == pytest.approx(0.0300001)
    assert hit.threshold == 0.03


@pytest.mark.parametrize("now", [10_299_999, 9_700_001, 10_000_000, None])
def test_d15_gas_drifts(now: int | None) -> None:
    """Just inside 3 %."""
    assert not found("D15", {"gcv": [10_000_000, now], "volume": [1, 1]})


def test_d15_missing_context() -> None:
    """The first hour, a gap before, or 0 before: nothing to compare with."""
    assert not found("D15", {"gcv": [None, 12_000_000], "volume": [1, 1]})
    assert not found("D15", {"gcv": [10_000_000, None, 12_000_000], "volume": [1, None, 1]})
    assert not found("D15", {"gcv": [0, 12_000_000]})
    assert not found("D15", {"gcv": [12_000_000]})


def test_d15_a_calorific_value_that_was_not_sent_follows_from_the_energy() -> None:
    """1,100 kWh in 100 m³(n), then 1,150: 4.5 % more."""
    told = {"volume": [100_000, 100_000], "energy": [1_100_000, 1_150_000]}
    assert found_hours("D15", told) == [1]


def test_d15_threshold_and_severity_of_a_line() -> None:
    """Where biomethane comes in, gas may change by a tenth."""
    line = line_with(thresholds=(("D15.share", 0.1), ("D15.severity", float(Severity.F))))
    hits = found("D15", {"gcv": [10_000_000, 10_900_000, 12_100_000]}, line=line)
    assert [(hit.hour, hit.severity) for hit in hits] == [(2, Severity.F)]
