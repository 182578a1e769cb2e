"""Rollups as laws: exact sums, at every published precision, in any order, inside int64."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain import quantities
from shared.domain.quantities import ABSENT, TEMPERATURE, VOLUME, EnergyUnit
from shared.domain.reading import MEASURES, Provenance, Quality, Validity
from shared.domain.revision import HOUR
from shared.domain.rollup import composition_moments, fold_days, fold_hours, weakest_validity
from tests.property.domain.hour_strategies import days

LONGEST_MONTH = 745
WHOLE_IN_MILLIONTHS = 1_000_000


def _present(hours: NDArray[np.void]) -> list[np.void]:
    return [row for row in hours.reshape(-1) if row["revision"] and row["quality"] != Quality.MISSING]


def _values(hours: NDArray[np.void], name: str) -> list[int]:
    return [int(row[name]) for row in _present(hours) if row[name] != ABSENT]


@given(days())
def test_hours_add_up_to_days_and_days_to_months_as_published(hours: NDArray[np.void]) -> None:
    """In kWh, MJ and GJ, and in m³(n): the printed numbers add exactly, no rounding in between."""
    folded = fold_hours(hours)
    month = fold_days(folded)
    for unit in EnergyUnit:
        printed = [[quantities.energy(e, unit) for e in _values(day, "energy")] for day in hours]
        by_day = [quantities.energy(int(day["energy"]), unit) for day in folded]
        assert by_day == [sum(day, Decimal(0)) for day in printed]
        assert quantities.energy(int(month["energy"]), unit) == sum(by_day)
    volumes = [quantities.volume_m3n(v) for v in _values(hours, "volume")]
    assert quantities.volume_m3n(int(month["volume"])) == sum(volumes, Decimal(0))


@given(days())
def test_a_month_of_days_is_the_fold_of_all_its_hours(hours: NDArray[np.void]) -> None:
    """Where the days are cut does not matter."""
    assert fold_days(fold_hours(hours)) == fold_hours(hours.reshape(1, -1))[0]


@given(st.data(), days())
def test_order_never_matters(data: st.DataObject, hours: NDArray[np.void]) -> None:
    """Neither that of the hours of a day nor that of the days of a month."""
    hour_order = data.draw(st.permutations(range(hours.shape[1])))
    day_order = data.draw(st.permutations(range(hours.shape[0])))
    folded = fold_hours(hours)
    assert (fold_hours(hours[:, hour_order]) == folded).all()
    assert fold_days(folded[day_order]) == fold_days(folded)


@given(days(largest=1))
def test_unknown_hours_add_nothing(hours: NDArray[np.void]) -> None:
    """A day kept with more places than it has hours is the same day."""
    longer = np.concatenate([hours, np.zeros((1, 3), HOUR)], axis=1)
    assert (fold_hours(longer) == fold_hours(hours)).all()


@given(days(largest=1))
def test_every_column_is_what_its_name_says(hours: NDArray[np.void]) -> None:
    """Computed here with Python's integers, one hour at a time."""
    day, present = fold_hours(hours)[0], _present(hours)
    both = [row for row in present if ABSENT not in (row["volume"], row["energy"])]
    warm = [row for row in present if ABSENT not in (row["volume"], row["temperature"])]
    told = [row for row in hours[0] if row["revision"]]
    assert (day["hours_with_volume"], day["hours_with_energy"]) == tuple(
        len(_values(hours, name)) for name in ("volume", "energy")
    )
    assert day["paired_volume"] == sum(int(row["volume"]) for row in both)
    assert day["paired_energy"] == sum(int(row["energy"]) for row in both)
    assert day["temperature_moment"] == sum(int(row["volume"]) * int(row["temperature"]) for row in warm)
    assert day["temperature_volume"] == sum(int(row["volume"]) for row in warm)
    assert day["hours_present"] == len(present) == sum(day["by_validity"])
    assert day["changes"] == sum(int(row["revision"]) for row in told)
    assert day["known_at"] == max((int(row["known_at"]) for row in told), default=0)
    assert sum(day["by_quality"]) == len(told)
    waived = [row for row in told if row["quality"] == Quality.MISSING and row["provenance"] & Provenance.WAIVED]
    assert day["hours_blocked"] == sum(bool(row["provenance"] & Provenance.BLOCKED) for row in told)
    assert day["hours_waived"] == len(waived)


@given(days())
def test_the_weakest_validity_inside(hours: NDArray[np.void]) -> None:
    """The least of those present, of days as of months; none where nothing is present."""
    inside = [Validity(row["validity"]) for row in _present(hours)]
    assert weakest_validity(fold_days(fold_hours(hours))) is min(inside, default=None)


@given(days())
def test_an_hour_that_becomes_missing_leaves_the_sums(hours: NDArray[np.void]) -> None:
    """MISSING is as if its values had never been sent."""
    missing, absent = hours.copy(), hours.copy()
    missing["quality"][:, 0] = Quality.MISSING
    for name in MEASURES:
        absent[name][:, 0] = ABSENT
    for name in ("volume", "energy", "paired_volume", "paired_energy", "temperature_moment", "temperature_volume"):
        assert (fold_hours(missing)[name] == fold_hours(absent)[name]).all()


@given(days(largest=1))
def test_a_mean_lies_between_its_extremes(hours: NDArray[np.void]) -> None:
    """A volume-weighted temperature is none outside those that made it, where gas flows one way only."""
    hours["volume"] = np.where(hours["volume"] == ABSENT, ABSENT, np.abs(hours["volume"]))
    day = fold_hours(hours)[0]
    mean = quantities.temperature_of_moment(int(day["temperature_moment"]), int(day["temperature_volume"]))
    if mean is not None:
        inside = [
            int(row["temperature"]) for row in _present(hours) if ABSENT not in (row["temperature"], row["volume"])
        ]
        low, high = (quantities.rounded(Fraction(t, TEMPERATURE.scale), 2) for t in (min(inside), max(inside)))
        assert low <= mean <= high


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_month_at_the_bounds_stays_inside_int64(sign: int) -> None:
    """745 hours with every quantity at its bound: the sums are those of Python's integers."""
    month = np.zeros((1, LONGEST_MONTH), HOUR)
    month["revision"], month["quality"], month["validity"] = 1, Quality.MEASURED, Validity.DEFINITIVE
    for name, quantity in zip(MEASURES, quantities.QUANTITIES, strict=True):
        month[name] = quantity.highest * quantity.scale
    month["volume"] *= sign
    month["energy"] *= sign
    whole = fold_days(fold_hours(month))
    volume = sign * VOLUME.highest * VOLUME.scale * LONGEST_MONTH
    assert int(whole["volume"]) == int(whole["temperature_volume"]) == volume
    assert int(whole["energy"]) == sign * 1_000_000_000 * 1_000 * LONGEST_MONTH
    assert int(whole["temperature_moment"]) == volume * TEMPERATURE.highest * TEMPERATURE.scale


def test_composition_at_the_bounds_stays_inside_int64() -> None:
    """745 hours of pure methane at the bound of the volume."""
    volume = np.full(LONGEST_MONTH, VOLUME.highest * VOLUME.scale)
    moments, volumes = composition_moments(volume, np.full((LONGEST_MONTH, 1), WHOLE_IN_MILLIONTHS))
    assert int(moments[0]) == VOLUME.highest * VOLUME.scale * LONGEST_MONTH * WHOLE_IN_MILLIONTHS
    assert moments[0] == volumes[0] * WHOLE_IN_MILLIONTHS


@given(st.data(), st.integers(1, 8))
def test_composition_moments_add_and_ignore_order(data: st.DataObject, count: int) -> None:
    """The moments of a period are the sums of those of its parts, however it is cut or shuffled."""
    volumes = st.just(ABSENT) | st.integers(0, VOLUME.highest * VOLUME.scale)
    fractions = st.just(ABSENT) | st.integers(0, WHOLE_IN_MILLIONTHS)
    volume = np.array(data.draw(st.lists(volumes, min_size=count, max_size=count)))
    flat = data.draw(st.lists(fractions, min_size=2 * count, max_size=2 * count))
    composition = np.array(flat).reshape(count, 2)
    cut, order = data.draw(st.integers(0, count)), data.draw(st.permutations(range(count)))
    whole = composition_moments(volume, composition)
    parts = [composition_moments(volume[part], composition[part]) for part in (slice(0, cut), slice(cut, None))]
    shuffled = composition_moments(volume[order], composition[order])
    for place in (0, 1):
        assert (whole[place] == parts[0][place] + parts[1][place]).all()
        assert (whole[place] == shuffled[place]).all()
