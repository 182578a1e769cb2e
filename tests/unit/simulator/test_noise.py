"""Randomness with random access."""

from __future__ import annotations

import numpy as np

from deploy.local.simulator.noise import RunPlan, bell, runs, smooth, uniform
from deploy.local.simulator.weather import local_clock

HOURS = np.arange(470_000, 480_000)
PINNED = [0.7122315604501164, 0.9353811629323279, 0.7190473699940682]


def test_uniform_is_pinned() -> None:
    """The numbers never change from version to version: a demo's history would no longer fit its continuation."""
    assert uniform("1/pinned", np.array([0, 1, 470_000])).tolist() == PINNED


def test_uniform_fills_its_range_evenly() -> None:
    """Mean a half, standard deviation 1/√12."""
    numbers = uniform("even", HOURS)
    assert 0 <= numbers.min() < 0.001
    assert 0.999 < numbers.max() < 1
    assert abs(numbers.mean() - 0.5) < 0.01
    assert abs(numbers.std() - 12**-0.5) < 0.01


def test_bell_has_mean_zero_and_deviation_one() -> None:
    """And never leaves ±3."""
    numbers = bell("bell", HOURS)
    assert abs(numbers.mean()) < 0.03
    assert abs(numbers.std() - 1) < 0.03
    assert np.abs(numbers).max() <= 3


def test_smooth_noise_persists() -> None:
    """One hour is close to the next, two knots away knows nothing of it."""
    numbers = smooth("smooth", HOURS, 48)
    assert np.abs(np.diff(numbers)).max() < 0.25
    assert abs(np.corrcoef(numbers[:-96], numbers[96:])[0, 1]) < 0.2


def test_runs_have_the_planned_length_and_share() -> None:
    """Each run is as long as planned; about the planned part of the stretches has one."""
    found = runs("runs", HOURS, RunPlan(every_hours=100, probability=0.5, shortest=3, longest=9))
    edges = np.flatnonzero(np.diff(found.inside.astype(int)))
    lengths = np.diff(edges)[0 if found.inside[edges[0] + 1] else 1 :: 2]
    assert set(lengths.tolist()) <= set(range(3, 19))  # two runs may touch where two stretches meet
    assert 0.02 < found.inside.mean() < 0.04
    assert (HOURS[found.inside] >= found.first_hour[found.inside]).all()
    assert (HOURS[found.inside] < found.end_hour[found.inside]).all()


def test_the_local_clock_skips_an_hour_in_march_and_repeats_one_in_october() -> None:
    """29 March 2026 has no 02:00, 25 October 2026 has two."""
    march = local_clock(492_984, 4)  # 2026-03-29T00:00Z
    assert march.hour_of_day.tolist() == [1, 3, 4, 5]
    assert set(march.weekday.tolist()) == {6}
    october = local_clock(498_024, 3)  # 2026-10-25T00:00Z
    assert october.hour_of_day.tolist() == [2, 2, 3]
