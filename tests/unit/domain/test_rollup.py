"""Days and months by example: weights, counts, what is missing, and what is weakest."""

from __future__ import annotations

import numpy as np
import pytest

from shared.domain import quantities
from shared.domain.quantities import ABSENT, EnergyUnit
from shared.domain.reading import Provenance, Quality, Validity
from shared.domain.rollup import ROLLUP, composition_moments, fold_days, fold_hours, weakest_validity
from tests.unit.domain.hour_rows import day_of, empty_day, hour_row


def test_a_day_adds_its_hours() -> None:
    """Volume, energy, their counts, and how many hours are present."""
    day = fold_hours(day_of(hour_row(volume=5, energy=50), hour_row(volume=7)))[0]
    assert (day["volume"], day["hours_with_volume"]) == (12, 2)
    assert (day["energy"], day["hours_with_energy"]) == (50, 1)
    assert day["hours_present"] == 2


def test_nothing_known_is_nothing_present() -> None:
    """An empty day is all zero and has no validity."""
    day = fold_hours(empty_day()[None, :])[0]
    assert day == np.zeros(1, ROLLUP)[0]
    assert weakest_validity(day) is None


def test_a_missing_hour_is_counted_as_told_but_not_as_present() -> None:
    """Missing is missing: its numbers, should it carry any, do not count."""
    missing = hour_row(volume=99, energy=99, temperature=99, quality=Quality.MISSING, validity=Validity.RECORDED)
    day = fold_hours(day_of(missing, hour_row(volume=5)))[0]
    assert (day["volume"], day["energy"], day["hours_present"]) == (5, 0, 1)
    assert day["by_quality"][Quality.MISSING - 1] == 1
    assert weakest_validity(day) is Validity.PRELIMINARY


def test_the_calorific_value_of_a_day_is_weighted_by_energy() -> None:
    """100 m³ at 10.5 and 900 at 11.5 kWh/m³: 11.4."""
    day = fold_hours(day_of(hour_row(volume=100_000, energy=1_050_000), hour_row(volume=900_000, energy=10_350_000)))[0]
    gcv = quantities.gcv_of_sums(int(day["paired_energy"]), int(day["paired_volume"]), EnergyUnit.KWH)
    assert str(gcv) == "11.4000"


def test_only_hours_with_both_count_for_the_calorific_value() -> None:
    """An hour without energy must not thin the others."""
    hours = day_of(hour_row(volume=100, energy=1_000), hour_row(volume=900), hour_row(energy=7))
    day = fold_hours(hours)[0]
    assert (day["paired_volume"], day["paired_energy"]) == (100, 1_000)
    assert (day["volume"], day["energy"]) == (1_000, 1_007)


def test_the_temperature_of_a_day_is_weighted_by_volume() -> None:
    """100 m³ at 4 °C, 300 at 8 °C, and hours that lack one of the two: 7 °C."""
    hours = day_of(
        hour_row(volume=100, temperature=4_000),
        hour_row(volume=300, temperature=8_000),
        hour_row(temperature=50_000),
        hour_row(volume=900),
    )
    day = fold_hours(hours)[0]
    shown = quantities.temperature_of_moment(int(day["temperature_moment"]), int(day["temperature_volume"]))
    assert str(shown) == "7.00"


@pytest.mark.parametrize(
    ("inside", "weakest"),
    [
        ([Validity.DEFINITIVE, Validity.RECORDED, Validity.PRELIMINARY], Validity.RECORDED),
        ([Validity.DEFINITIVE, Validity.PRELIMINARY], Validity.PRELIMINARY),
        ([Validity.DEFINITIVE], Validity.DEFINITIVE),
    ],
)
def test_an_aggregate_is_as_valid_as_its_weakest_hour(inside: list[Validity], weakest: Validity) -> None:
    """One hour that was not checked makes the day unchecked."""
    day = fold_hours(day_of(*(hour_row(volume=1, validity=validity) for validity in inside)))[0]
    assert weakest_validity(day) is weakest


def test_counts_per_quality_and_validity() -> None:
    """What is inside stays visible."""
    rows = [hour_row(volume=1, quality=q) for q in (Quality.MEASURED, Quality.MEASURED, Quality.ESTIMATED)]
    day = fold_hours(day_of(*rows))[0]
    assert day["by_quality"].tolist() == [2, 0, 0, 1, 0, 0]
    assert day["by_validity"].tolist() == [0, 3, 0]


def test_the_version_of_a_day() -> None:
    """All accepted revisions, and when the latest change became known; unknown hours say nothing."""
    hours = day_of(hour_row(revision=3, known_at=70), hour_row(revision=1, known_at=90))
    hours[0, 5]["known_at"] = 999
    day = fold_hours(hours)[0]
    assert (day["changes"], day["known_at"]) == (4, 90)


def test_many_days_at_once() -> None:
    """Each row of hours is a day of its own."""
    days = fold_hours(np.concatenate([day_of(hour_row(volume=5)), day_of(hour_row(volume=6))]))
    assert days["volume"].tolist() == [5, 6]


def test_a_month_without_days_is_all_zero() -> None:
    """Nothing to add."""
    assert fold_days(np.zeros(0, ROLLUP)) == np.zeros(1, ROLLUP)[0]


def test_a_month_adds_its_days() -> None:
    """Counts too; the latest change is the latest of the days'."""
    days = fold_hours(np.concatenate([day_of(hour_row(volume=5, known_at=9)), day_of(hour_row(volume=6, known_at=8))]))
    month = fold_days(days)
    assert (month["volume"], month["hours_present"], month["known_at"]) == (11, 2, 9)
    assert month["by_quality"].tolist() == [2, 0, 0, 0, 0, 0]


def test_composition_is_weighted_by_volume() -> None:
    """100 m³ with 90 % methane and 300 m³ with 94 %: 93 %, not 92 %; hours that lack one of the two do not count."""
    volume = np.array([100, 300, 500, ABSENT])
    composition = np.array([[900_000, 10_000], [940_000, ABSENT], [ABSENT, ABSENT], [990_000, 10_000]])
    moments, volumes = composition_moments(volume, composition)
    assert (moments / volumes).tolist() == [930_000, 10_000]
    assert volumes.tolist() == [400, 100]


def test_hours_that_a_finding_keeps_back_and_hours_accepted_as_missing() -> None:
    """Both decide whether a month may close; an hour that came after all is waived no more."""
    missing = {"quality": Quality.MISSING}
    rows = [
        hour_row(volume=1, provenance=Provenance.BLOCKED | Provenance.FOUND),
        hour_row(volume=1, provenance=Provenance.FOUND),
        hour_row(volume=1, provenance=Provenance.WAIVED),
        hour_row(provenance=Provenance.WAIVED, **missing),
        hour_row(provenance=Provenance.WAIVED | Provenance.BLOCKED, **missing),
        hour_row(provenance=Provenance.WAIVED | Provenance.BLOCKED, revision=0),
    ]
    days = fold_hours(np.concatenate([day_of(*rows), day_of(rows[0])]))
    assert days["hours_blocked"].tolist() == [2, 1]
    assert days["hours_waived"].tolist() == [2, 0]
    month = fold_days(days)
    assert (month["hours_blocked"], month["hours_waived"]) == (3, 2)
