"""The gas is consistent with itself where nothing went wrong, and looks like gas."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from deploy.local.simulator import Fault, Network, Profile, grid
from deploy.local.simulator.faults import CODE
from deploy.local.simulator.hours import hours_of
from tests.unit.simulator.reading import FIRST, LAST, SentHour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.local.simulator import Line

YEAR_FIRST, YEAR_LAST = 487968, 496727  # 2025-09-01T00:00Z to 2026-08-31T23:00Z: a winter and a summer
ON_TOP = {Fault.LATE, Fault.LATE_FILE, Fault.REPEATED}
BANDS = {Network.H: (11.3, 11.7), Network.L: (9.9, 10.2)}


def _clean(
    sent: Mapping[tuple[str, int], list[SentHour]], faults: Mapping[tuple[str, int], set[Fault]]
) -> dict[tuple[str, int], SentHour]:
    """The sent hours whose values nobody touched."""
    return {key: hours[0] for key, hours in sent.items() if not faults.get(key, set()) - ON_TOP}


def test_energy_is_volume_times_calorific_value(
    sent: Mapping[tuple[str, int], list[SentHour]], faults: Mapping[tuple[str, int], set[Fault]]
) -> None:
    """To half a thousandth of a kWh where no fault is labelled: far inside rule D7."""
    for hour in _clean(sent, faults).values():
        assert hour.energy_kwh == pytest.approx(hour.volume_m3n * hour.gcv_kwh_per_m3n, abs=0.00051)


def test_normalised_volume_follows_from_operating_volume_pressure_and_temperature(
    sent: Mapping[tuple[str, int], list[SentHour]], faults: Mapping[tuple[str, int], set[Fault]]
) -> None:
    """Vn/V is the pressure ratio times the temperature ratio times a compressibility ratio of 1.00 to 1.16."""
    for hour in _clean(sent, faults).values():
        ideal = hour.pressure_bar_abs / 1.01325 * 273.15 / (hour.temperature_c + 273.15)
        ratio = hour.volume_m3n / hour.volume_operating_m3 / ideal
        assert 1.0 < ratio < 1.16


def test_calorific_value_stays_in_the_band_of_its_network(
    sent: Mapping[tuple[str, int], list[SentHour]], faults: Mapping[tuple[str, int], set[Fault]]
) -> None:
    """H gas 11.3 to 11.7, L gas 9.9 to 10.2 kWh/m³(n); lines of one station see the same gas."""
    network = {line.id: line.station.network for line in grid().lines}
    for (line, _), hour in _clean(sent, faults).items():
        low, high = BANDS[network[line]]
        assert low <= hour.gcv_kwh_per_m3n <= high


@pytest.mark.parametrize("line", [line for line in grid().lines if line.one_way], ids=lambda line: line.id)
def test_index_never_falls_and_grows_by_the_operating_volumes(
    line: Line,
    sent: Mapping[tuple[str, int], list[SentHour]],
    faults: Mapping[tuple[str, int], set[Fault]],
) -> None:
    """From one sent hour to the next the counter grows by exactly the operating volume, across whole weeks."""
    name = line.id
    hours = sorted(number for line_id, number in sent if line_id == name)
    for before, after in pairwise(hours):
        first, second = sent[name, before][0], sent[name, after][0]
        assert first.index_m3 is not None
        assert second.index_m3 is not None
        assert second.index_m3 > first.index_m3
        if after == before + 1 and Fault.FROZEN not in faults.get((name, after), set()):
            assert second.index_m3 - first.index_m3 == pytest.approx(second.volume_operating_m3, abs=1e-6)


def test_a_two_way_line_sends_no_index_and_flows_both_ways(sent: Mapping[tuple[str, int], list[SentHour]]) -> None:
    """One counter cannot count two directions."""
    two_way = {line.id for line in grid().lines if not line.one_way}
    hours = [hour for (line, _), given in sent.items() if line in two_way for hour in given]
    assert all(hour.index_m3 is None for hour in hours)
    assert min(hour.volume_m3n for hour in hours) < 0 < max(hour.volume_m3n for hour in hours)


def test_towns_heat_in_winter_and_works_rest_at_the_weekend() -> None:
    """January is several times July for a town; a factory's Sunday is some tenth below its Wednesday."""
    town = next(line for line in grid().lines if line.profile is Profile.DISTRIBUTION)
    works = next(line for line in grid().lines if line.profile is Profile.INDUSTRY)
    volume = hours_of(1, town, YEAR_FIRST, YEAR_LAST)
    month = volume["hour"].astype("datetime64[h]").astype("datetime64[M]").astype(np.int64) % 12
    assert np.median(volume["volume_m3n"][month == 0]) > 3 * np.median(volume["volume_m3n"][month == 6])
    rows = hours_of(1, works, YEAR_FIRST, YEAR_LAST)
    weekday = (rows["hour"] // 24 + 3) % 7
    sunday, wednesday = (np.median(rows["volume_m3n"][weekday == day]) for day in (6, 2))
    assert 0.8 < sunday / wednesday < 0.95


def test_volumes_stay_within_the_capacity_where_nothing_is_wrong(
    sent: Mapping[tuple[str, int], list[SentHour]], faults: Mapping[tuple[str, int], set[Fault]]
) -> None:
    """Rule C1 has nothing to say about clean hours."""
    capacity = {line.id: line.capacity_m3n_per_h for line in grid().lines}
    for (line, _), hour in _clean(sent, faults).items():
        assert abs(hour.volume_m3n) <= capacity[line]
    assert len(sent) > (LAST - FIRST) * len(capacity) * 0.9


@pytest.mark.parametrize("line", [line for line in grid().lines if line.one_way], ids=lambda line: line.id)
def test_a_year_of_operating_volumes_is_the_difference_of_the_index(line: Line) -> None:
    """Exactly, over every seam inside; a frozen hour's volume is not what flowed."""
    rows = hours_of(1, line, YEAR_FIRST, YEAR_LAST)
    grown = np.diff(rows["index_m3"])
    flowed = np.where(rows["fault"] == CODE[Fault.FROZEN], np.insert(grown, 0, 0), rows["volume_operating_m3"])
    assert np.array_equal(grown, flowed[1:])
    assert flowed[1:].sum() == rows["index_m3"][-1] - rows["index_m3"][0]
