"""Labelled faults: how many, and that each does to its hour what its label says."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from deploy.local.simulator import Fault, Line, grid, labels
from deploy.local.simulator.hours import Hours, hours_of

FIRST, LAST = 473352, 499655  # 2024-01-01T00:00Z to 2026-12-31T23:00Z: three years
HOURS = LAST - FIRST + 1

# Of all hours of the grid, from and to: the order of magnitude of a well-kept grid.
RATES = {
    Fault.GAP: (0.001, 0.006),
    Fault.UNIT_JUMP: (0.0003, 0.003),
    Fault.FROZEN: (0.001, 0.005),
    Fault.SPIKE: (0.0001, 0.0005),
    Fault.NEGATIVE: (0.00005, 0.0003),
    Fault.BAD_GCV: (0.0002, 0.001),
    Fault.LATE: (0.002, 0.01),
    Fault.LATE_FILE: (0.005, 0.03),
    Fault.REPEATED: (0.001, 0.004),
}


@pytest.fixture(scope="module")
def rows() -> dict[str, Hours]:
    """Three years of each line."""
    return {line.id: hours_of(1, line, FIRST, LAST) for line in grid().lines}


@pytest.fixture(scope="module")
def hours() -> dict[tuple[str, Fault], np.ndarray]:
    """For each line and kind of fault the places of its hours."""
    found = defaultdict(list)
    for label in labels(grid(), FIRST, LAST):
        found[label.line, label.kind].append(label.hour - FIRST)
    return {key: np.array(places) for key, places in found.items()}


def _each(hours: dict[tuple[str, Fault], np.ndarray], kind: Fault) -> list[tuple[Line, np.ndarray]]:
    """The lines that have the fault, with its places."""
    found = [(line, hours[line.id, kind]) for line in grid().lines if (line.id, kind) in hours]
    assert found
    return found


def test_every_kind_of_fault_happens_at_its_rate() -> None:
    """Rare enough to be real, frequent enough to be measured."""
    counts = Counter(label.kind for label in labels(grid(), FIRST, LAST))
    for kind, (least, most) in RATES.items():
        assert least < counts[kind] / HOURS / len(grid().lines) < most, kind


def test_an_hour_has_one_value_fault_at_most() -> None:
    """Labels of faults of the value exclude each other, so that a finding has one cause."""
    on_top = {Fault.LATE, Fault.LATE_FILE, Fault.REPEATED}
    keys = [(label.line, label.hour) for label in labels(grid(), FIRST, LAST) if label.kind not in on_top]
    assert len(set(keys)) == len(keys)


def test_a_spike_is_more_than_rule_c5_allows(
    rows: dict[str, Hours], hours: dict[tuple[str, Fault], np.ndarray]
) -> None:
    """The spike stands more than 2.8 times over the median of a day around it."""
    for line, places in _each(hours, Fault.SPIKE):
        volume = np.abs(rows[line.id]["volume_m3n"])
        for place in places[(places > 24) & (places < HOURS - 24)]:
            assert volume[place] > 2.8 * np.median(volume[place - 12 : place + 12])


def test_frozen_values_stand_still_while_the_index_goes_on(
    rows: dict[str, Hours], hours: dict[tuple[str, Fault], np.ndarray]
) -> None:
    """Within a run nothing moves but the counter."""
    for line, places in _each(hours, Fault.FROZEN):
        follows = places[1:][np.diff(places) == 1]
        for name in ("volume_m3n", "energy_kwh", "gcv_kwh_per_m3n", "temperature_c", "pressure_bar_abs"):
            assert (rows[line.id][name][follows] == rows[line.id][name][follows - 1]).all()
        assert (np.diff(rows[line.id]["index_m3"])[follows - 1] > 0).all() or not line.one_way


def test_unlabelled_volumes_do_not_stand_still(
    rows: dict[str, Hours], hours: dict[tuple[str, Fault], np.ndarray]
) -> None:
    """No six clean hours have the same volume (rule C8), so that a frozen finding is a frozen fault."""
    for line in grid().lines:
        still = np.diff(rows[line.id]["volume_m3n"]) == 0
        clean = np.ones(HOURS, dtype=np.bool_)
        clean[hours.get((line.id, Fault.FROZEN), np.array([], dtype=np.int64))] = False
        runs = np.lib.stride_tricks.sliding_window_view(still & clean[1:], 5)
        assert not runs.all(axis=1).any()


def test_a_unit_jump_is_a_power_of_ten_against_what_the_meter_saw(
    rows: dict[str, Hours], hours: dict[tuple[str, Fault], np.ndarray]
) -> None:
    """The ratio of sent to metered volume is 10^±1 or 10^±3 of what it was a day before."""
    for line, places in _each(hours, Fault.UNIT_JUMP):
        here = rows[line.id][places]
        factor = here["volume_m3n"] / here["volume_operating_m3"] / line.pressure_bar_abs
        power = np.log10(np.abs(factor))
        assert (np.abs(power - np.rint(power)) < 0.06).all()
        assert set(np.rint(power).astype(int).tolist()) <= {-3, -1, 1, 3}


def test_negative_is_for_one_way_lines_only(rows: dict[str, Hours], hours: dict[tuple[str, Fault], np.ndarray]) -> None:
    """Volume and energy are below zero in labelled hours, and on a one-way line nowhere else."""
    for line, places in _each(hours, Fault.NEGATIVE):
        assert line.one_way
        assert np.array_equal(np.flatnonzero(rows[line.id]["volume_m3n"] < 0), places)
        assert (rows[line.id]["energy_kwh"][places] < 0).all()


def test_a_bad_gcv_leaves_the_range_and_the_energy_identity(
    rows: dict[str, Hours], hours: dict[tuple[str, Fault], np.ndarray]
) -> None:
    """D8 (10.0 to 12.8 and 8.8 to 10.8) and D7 both see it; the energy stays what it was."""
    bounds = {"H": (100_000, 128_000), "L": (88_000, 108_000)}
    for line, places in _each(hours, Fault.BAD_GCV):
        low, high = bounds[line.station.network]
        here = rows[line.id][places]
        assert ((here["gcv_kwh_per_m3n"] < low) | (here["gcv_kwh_per_m3n"] > high)).all()
        right = here["energy_kwh"] / here["volume_m3n"] * 10_000
        assert ((right > low) & (right < high)).all()


def test_two_seeds_give_two_histories() -> None:
    """The seed decides the gas and the faults."""
    assert labels(grid(1), FIRST, FIRST + 999) != labels(grid(2), FIRST, FIRST + 999)
