"""The rules in context about meters, by example: C11, C13, C15."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.domain import gas_time
from shared.domain.rules.rule import Severity
from shared.domain.topology import Check
from tests.unit.domain.rules.one_context import CHECK_LINE, DAY, LINE, TERMS, Told, found, found_hours, line_with

_BEGIN, _HOUR = 5_000_000, 10_000  # thousandths of operating m³: what the counter shows, and what an hour takes


def _counted(
    hours: int = 24, *, lost: int = 0, begin: int = _BEGIN, an_hour: int = _HOUR, meter: tuple[int, int] = (1, 1)
) -> Told:
    """Return an hour, and then those of a gas day; the counter has lost some of what they took."""
    index: list[int | None] = [begin + an_hour * place for place in range(hours + 1)]
    index[-1] = begin + an_hour * hours - lost
    return {
        "volume_operating": [an_hour] * (hours + 1),
        "index": index,
        "meter": [meter[0]] + [meter[1]] * hours,
    }


def _on(day: date) -> int:
    """Return the hour before a gas day."""
    return gas_time.hours_of_day(day).start - 1


@pytest.mark.parametrize("lost", [24_001, -24_001])
def test_c11_the_hours_are_not_what_the_counter_counted(lost: int) -> None:
    """A thousandth of a m³ beyond 24 pulses, either way: all hours of the gas day are concerned."""
    hits = found("C11", _counted(lost=lost), first=_on(DAY))
    assert hits == [(hour, "C11", Severity.F, 24.001, 24.0) for hour in range(1, 25)]


@pytest.mark.parametrize("lost", [24_000, -24_000, 0])
def test_c11_rounding_of_pulses(lost: int) -> None:
    """24 pulses pass."""
    assert not found("C11", _counted(lost=lost), first=_on(DAY))


def test_c11_a_great_meter_may_differ_by_a_thousandth() -> None:
    """0.1 % of 240,000 m³ are 240."""
    assert not found("C11", _counted(lost=240_000, an_hour=10_000_000), first=_on(DAY))
    (hit, *_) = found("C11", _counted(lost=240_001, an_hour=10_000_000), first=_on(DAY))
    assert (hit.observed, hit.threshold) == (240.001, 240.0)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_c11_a_day_on_which_the_clock_is_switched(day: date, hours: int) -> None:
    """All of its 23 or 25 hours are added."""
    assert not found("C11", _counted(hours), first=_on(day))
    assert found_hours("C11", _counted(hours, lost=25_000), first=_on(day)) == list(range(1, hours + 1))


def test_c11_missing_context() -> None:
    """An hour that is not known, a counter that is not, or a day that has not ended."""
    whole = _counted(lost=90_000)
    for column, place in (("volume_operating", 7), ("volume_operating", -1), ("index", 0), ("index", -1)):
        lacking = list(whole[column])
        lacking[place] = None
        told = {**whole, column: lacking, "temperature": [8_000] * 25}
        assert not found("C11", told, first=_on(DAY)), (column, place)
    assert not found("C11", {name: values[:-1] for name, values in whole.items()}, first=_on(DAY))
    assert not found("C11", {name: values[1:] for name, values in whole.items()}, first=_on(DAY) + 1)


def test_c11_another_meter_or_a_counter_that_rolled_over() -> None:
    """The difference of two counters says nothing then."""
    assert not found("C11", _counted(lost=90_000, meter=(1, 2)), first=_on(DAY))
    assert not found("C11", _counted(lost=4_000_000 + 24 * _HOUR), first=_on(DAY))


def test_c11_what_a_step_and_a_pulse_stand_for() -> None:
    """A counter whose step is 10 m³, and a meter of ten pulses a m³; the severity is the line's too."""
    told = _counted()
    tens = {**told, "index": [_BEGIN + 1_000 * place for place in range(25)]}
    assert found("C11", tens, first=_on(DAY))
    assert not found("C11", tens, first=_on(DAY), thresholds={"C11.factor": 10.0})
    fine = line_with(thresholds=(("C11.pulse_m3", 0.1), ("C11.severity", float(Severity.W))))
    assert not found("C11", _counted(lost=2_400), line=fine, first=_on(DAY))
    (hit, *_) = found("C11", _counted(lost=2_401), line=fine, first=_on(DAY))
    assert (hit.severity, hit.observed) == (Severity.W, 2.401)
    assert hit.threshold == pytest.approx(2.4)


def test_c11_threshold_from_a_gas_day() -> None:
    """A day before the new terms is judged by the old ones."""
    strict = replace(TERMS, start=DAY + timedelta(days=1), thresholds=(("C11.pulses", 1.0),))
    line = replace(LINE, terms=(TERMS, strict))
    assert not found("C11", _counted(lost=5_000), line=line, first=_on(DAY))
    assert len(found("C11", _counted(lost=5_000), line=line, first=_on(DAY + timedelta(days=1)))) == 24


def _counter(*index: int | None, meter: tuple[int, ...] = ()) -> Told:
    return {"index": index, "volume": [1_000] * len(index), "meter": meter or [1] * len(index)}


def test_c13_the_counter_goes_back() -> None:
    """By a thousandth; only the hour that shows less is concerned, and once."""
    assert found("C13", _counter(500_000, 499_999, 500_500)) == [(1, "C13", Severity.F, 499.999, 500.0)]


def test_c13_the_counter_stands_still_or_grows() -> None:
    """Equal is not less."""
    assert not found("C13", _counter(500_000, 500_000, 500_001))


@pytest.mark.parametrize(("before", "now"), [(900_000, 100_000), (999_999, 0), (9_500_000, 12)])
def test_c13_the_counter_rolls_over(before: int, now: int) -> None:
    """From the last tenth of its range into the first."""
    assert not found("C13", _counter(before, now))


@pytest.mark.parametrize(("before", "now"), [(899_999, 100_000), (900_000, 100_001), (5_000, 0)])
def test_c13_no_rollover(before: int, now: int) -> None:
    """The end of the range was not near, or the counter is not near its begin."""
    assert found_hours("C13", _counter(before, now)) == [1]


@pytest.mark.parametrize("before", [1_000, 1_000_000])
def test_c13_a_counter_that_shows_a_power_of_ten_has_a_greater_range(before: int) -> None:
    """1.000 m³ is no end of a range: a range ends with nines."""
    assert found_hours("C13", _counter(before, 0)) == [1]


def test_c13_another_meter_begins_anew() -> None:
    """The reading names it; the old meter's counter says nothing then."""
    assert not found("C13", _counter(500_000, 10, meter=(1, 2)))
    assert found_hours("C13", _counter(500_000, 10, 9, meter=(1, 2, 2))) == [2]


@pytest.mark.parametrize(("gap", "hits"), [(23, [24]), (24, [])])
def test_c13_looks_back_over_a_gap_of_a_day(gap: int, hits: list[int]) -> None:
    """The youngest counter of the 24 hours before."""
    assert found_hours("C13", _counter(500_000, *[None] * gap, 400_000)) == hits
    assert not found("C13", _counter(*[None] * 3, 400_000))


def test_c13_of_the_counters_before_the_youngest_counts() -> None:
    """A fault before does not make the next hours faults."""
    assert found_hours("C13", _counter(500_000, None, 300_000, None, 300_001)) == [2]


def test_c13_severity_of_a_line_from_a_gas_day() -> None:
    """It has no threshold; what it means can be set."""
    shown = replace(TERMS, start=DAY + timedelta(days=1), thresholds=(("C13.severity", float(Severity.W)),))
    told = _counter(500_000, 400_000, *[400_000] * 23, 300_000)
    hits = found("C13", told, line=replace(LINE, terms=(TERMS, shown)))
    assert [(hit.hour, hit.severity) for hit in hits] == [(1, Severity.F), (25, Severity.W)]


_CHECKED = line_with(check=Check(CHECK_LINE.id), one_way=False)


@pytest.mark.parametrize("other", [994_999, 1_005_001])
def test_c15_the_check_meter_saw_another_volume(other: int) -> None:
    """A thousandth of a m³ beyond 0.5 % of what this line says."""
    (hit,) = found("C15", {"volume": [1_000_000]}, line=_CHECKED, check={"volume": [other]})
    assert hit[:3] == (0, "C15", Severity.F)
    assert hit.observed == pytest.approx(0.005001)
    assert hit.threshold == 0.005


@pytest.mark.parametrize("other", [995_001, 1_004_999, 1_000_000])
def test_c15_the_check_meter_agrees(other: int) -> None:
    """Just inside 0.5 %; backwards as well as forwards."""
    assert not found("C15", {"volume": [1_000_000]}, line=_CHECKED, check={"volume": [other]})
    assert not found("C15", {"volume": [-1_000_000]}, line=_CHECKED, check={"volume": [-other]})


def test_c15_the_check_meter_sees_a_part_of_the_flow() -> None:
    """Twice what it says, and 10 m³(n) that pass it by."""
    line = line_with(check=Check(CHECK_LINE.id, 2.0, 10.0))
    assert not found("C15", {"volume": [1_010_000]}, line=line, check={"volume": [500_000]})
    assert found("C15", {"volume": [1_000_000]}, line=line, check={"volume": [500_000]})


def test_c15_missing_context() -> None:
    """No check line in the register, none that is known, an hour that one of both lacks, or no flow."""
    volume: Told = {"volume": [1_000_000]}
    assert not found("C15", volume, check={"volume": [1]})
    assert not found("C15", volume, line=_CHECKED)
    assert not found("C15", volume, line=_CHECKED, check={"volume": [None]})
    lacking: Told = {"volume": [None], "temperature": [8_000]}
    assert not found("C15", lacking, line=_CHECKED, check=volume)
    assert not found("C15", {"volume": [0]}, line=_CHECKED, check={"volume": [0]})


def test_c15_threshold_and_severity_of_a_line_from_a_gas_day() -> None:
    """Before the check meter was there nothing is compared; after it by the line's own threshold."""
    settings = (("C15.relative", 0.02), ("C15.severity", float(Severity.W)))
    compared = replace(TERMS, start=DAY + timedelta(days=1), check=Check(CHECK_LINE.id), thresholds=settings)
    told = {"volume": [1_000_000] * 26}
    check = {"volume": [*[1] * 24, 980_001, 979_999]}
    hits = found("C15", told, line=replace(LINE, terms=(TERMS, compared)), check=check)
    assert [(hit.hour, hit.severity, hit.threshold) for hit in hits] == [(25, Severity.W, 0.02)]
