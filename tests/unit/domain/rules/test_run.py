"""The rules in context about what goes on for too long, by example: C3, C8, C17."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.reading import Quality
from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_context import DAY, LINE, TERMS, Told, found, found_hours, line_with

_FLOW = [500_000, 510_000]


def _with_runs(*runs: int) -> list[int | None]:
    """Return hours with flow, two after each run without it; the last run is the end."""
    return [volume for hours in runs for volume in (*_FLOW, *[0] * hours)]


def test_c3_found_in_the_hour_in_which_it_becomes_too_long() -> None:
    """Without flow for 25 hours; once, however much longer it goes on."""
    for hours in (25, 60):
        assert found("C3", {"volume": _with_runs(hours)}) == [(26, "C3", Severity.W, 25.0, 24.0)]


def test_c3_a_day_without_flow_passes() -> None:
    """24 hours are no fault."""
    assert not found("C3", {"volume": _with_runs(24)})


def test_c3_a_line_that_often_stands_still() -> None:
    """Its own longest runs are the bound: P99 of runs of 1 and 40 hours is 39.61, so that the 41st hour is found."""
    assert not found("C3", {"volume": _with_runs(1, 40, 40)}, at=list(range(44, 87)))
    assert found("C3", {"volume": _with_runs(1, 40, 60)}, at=list(range(44, 107))) == [
        (87, "C3", Severity.W, 41.0, 40.0)
    ]


def test_c3_one_run_before_is_a_bound_already() -> None:
    """40 hours once, so 41 are too long."""
    assert [hit.observed for hit in found("C3", {"volume": _with_runs(40, 60)})] == [25.0, 41.0]


def test_c3_a_gap_ends_a_run() -> None:
    """What is not known is not known to stand still."""
    volume = _with_runs(40)
    volume[20] = None
    assert not found("C3", {"volume": volume})


def test_c3_too_little_history() -> None:
    """A line that has never told more than 24 hours is not judged; one that has flowed never is from the 25th on."""
    assert not found("C3", {"volume": [0] * 24})
    assert found_hours("C3", {"volume": [0] * 30}) == [24]


def test_c3_threshold_and_severity_of_a_line_from_a_gas_day() -> None:
    """From the second gas day on 48 hours may pass, and blocks the close what is longer."""
    patient = replace(
        TERMS, start=DAY + timedelta(days=1), thresholds=(("C3.hours", 48.0), ("C3.severity", float(Severity.F)))
    )
    line = replace(LINE, terms=(TERMS, patient))
    assert found("C3", {"volume": _with_runs(60)}, line=line) == [(50, "C3", Severity.F, 49.0, 48.0)]


@pytest.mark.parametrize("hours", [1, 12, 22, 23])
def test_c3_a_line_that_flows_every_hour_may_be_watched_closely(hours: int) -> None:
    """A threshold of fewer than 24 hours holds as well."""
    line = line_with(thresholds=(("C3.hours", float(hours)),))
    assert [hit.observed for hit in found("C3", {"volume": _with_runs(40)}, line=line)] == [hours + 1]


def _moving(count: int, **still: list[int | None]) -> Told:
    """Return hours in which everything moves but what is given."""
    moving = {"volume": 500_000, "temperature": 8_000, "gcv": 11_000_000}
    return {name: [base + 100 * (place % 7) for place in range(count)] for name, base in moving.items()} | still


@pytest.mark.parametrize(
    ("column", "hours", "threshold"),
    [("volume", 6, 0.0005), ("temperature", 12, 0.05), ("gcv", 24, 0.00005)],
)
def test_c8_a_value_stands_still(column: str, hours: int, threshold: float) -> None:
    """Six hours of volume, twelve of temperature, 24 of calorific value: all of them are concerned."""
    still: list[int | None] = [7_000_000] * hours
    hits = found("C8", _moving(hours, **{column: still}))
    assert hits == [(hour, "C8", Severity.F, 0.0, threshold) for hour in range(hours)]


@pytest.mark.parametrize(("column", "hours", "step"), [("volume", 6, 1), ("temperature", 12, 51), ("gcv", 24, 51)])
@pytest.mark.parametrize("moved", [0, 3, -1])
def test_c8_a_value_moves(column: str, hours: int, step: int, moved: int) -> None:
    """One hour that differs by more than half of the last place is enough, wherever it stands."""
    still: list[int | None] = [7_000_000] * hours
    still[moved] = 7_000_000 + step
    assert not found("C8", _moving(hours, **{column: still}))


@pytest.mark.parametrize("column", ["temperature", "gcv"])
def test_c8_half_of_the_last_place_is_no_movement(column: str) -> None:
    """The bound itself is frozen."""
    still: list[int | None] = [7_000_000] * 24
    still[5] = 7_000_050
    assert len(found("C8", _moving(24, **{column: still}))) == 24


def test_c8_nothing_moves_without_flow() -> None:
    """A volume of 0 does not freeze, nor do the other values as long as one hour had no flow."""
    assert not found("C8", _moving(6, volume=[0] * 6))
    stopped = _moving(24, temperature=[8_000] * 24, gcv=[11_000_000] * 24)
    for place in (0, 12, 23):
        volume = list(stopped["volume"])
        volume[place] = 0
        hits = found_hours("C8", {**stopped, "volume": volume, "gcv": _moving(24)["gcv"]})
        assert place not in hits


def test_c8_missing_context() -> None:
    """One hour too few, a gap in the window, or a column that is never sent."""
    assert not found("C8", _moving(5, volume=[7_000] * 5))
    assert not found("C8", _moving(6, volume=[7_000, 7_000, None, 7_000, 7_000, 7_000]))
    assert not found("C8", {"volume": _moving(40)["volume"]})


def test_c8_estimates_hold_the_last_gas_quality() -> None:
    """A run with an estimate in it is not found; one of measured hours is."""
    told = _moving(24, gcv=[11_000_000] * 24)
    for place in (0, 12, 23):
        guessed = [Quality.ESTIMATED if at == place else Quality.MEASURED for at in range(24)]
        assert not found("C8", {**told, "quality": guessed})
    assert found("C8", told)


def test_c8_thresholds_and_severity_of_a_line_from_a_gas_day() -> None:
    """A meter that counts in whole m³ hides small movements: from the second gas day on they are no fault."""
    coarse = replace(
        TERMS, start=DAY + timedelta(days=1), thresholds=(("C8.volume_m3n", 0.1), ("C8.severity", float(Severity.W)))
    )
    line = replace(LINE, terms=(TERMS, coarse))
    volume: list[int | None] = [500_000 + place % 2 * 90 for place in range(30)]
    hits = found("C8", _moving(30, volume=volume), line=line)
    assert [hit.hour for hit in hits] == list(range(19, 30))
    assert {(hit.severity, hit.observed, hit.threshold) for hit in hits} == {(Severity.W, 0.09, 0.1)}


def _guessed(hours: int, *, before: int = 2) -> Told:
    """Return measured hours, and then estimated ones."""
    quality = [Quality.MEASURED] * before + [Quality.ESTIMATED] * hours
    return {"volume": [500_000 + place for place in range(len(quality))], "quality": quality}


def test_c17_estimated_for_more_than_a_day() -> None:
    """The 25th hour in a row and each one after it."""
    assert not found("C17", _guessed(24))
    assert found("C17", _guessed(26)) == [(26, "C17", Severity.W, 25.0, 24.0), (27, "C17", Severity.W, 26.0, 24.0)]


@pytest.mark.parametrize("other", [Quality.MEASURED, Quality.EDITED, Quality.SUBSTITUTED, Quality.MISSING])
def test_c17_anything_else_ends_the_run(other: Quality) -> None:
    """A measured hour, a missing one, or one that is not known at all."""
    told = _guessed(40)
    quality, volume = list(told["quality"]), list(told["volume"])
    quality[20] = other
    volume[20] = None if other is Quality.MISSING else volume[20]
    assert not found("C17", {"volume": volume, "quality": quality})


def test_c17_history_begins_with_an_estimate() -> None:
    """What was before is not known: only what is there is counted; of more than 28 days those."""
    hits = found("C17", _guessed(700, before=0))
    assert hits[0] == (24, "C17", Severity.W, 25.0, 24.0)
    assert hits[-1] == (699, "C17", Severity.W, 672.0, 24.0)


def test_c17_threshold_and_severity_of_a_line() -> None:
    """A line that is read once a week."""
    line = line_with(thresholds=(("C17.hours", 30.0), ("C17.severity", float(Severity.F))))
    assert found("C17", _guessed(31), line=line) == [(32, "C17", Severity.F, 31.0, 30.0)]
