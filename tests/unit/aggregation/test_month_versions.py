"""Versions of months: computed for thousands at once, and the same as the fold of each."""

from __future__ import annotations

import numpy as np

from services.aggregation.state import PartitionState
from services.aggregation.table import MonthKey
from services.aggregation.writes import _versions
from shared.domain.rollup import ROLLUP, fold_days
from shared.store.progress import Progress


def _month(chance: np.random.Generator) -> np.ndarray:
    days = np.zeros(31, ROLLUP)
    days["changes"] = chance.integers(0, 750, 31)
    days["known_at"] = chance.integers(0, 2**50, 31)
    return days


def test_a_version_is_the_fold_of_all_slots_changed_ones_included() -> None:
    """A month's `changes` and `known_at` are what `fold_days` says once the changed slots stand in it."""
    chance = np.random.default_rng(7)
    months: dict[MonthKey, np.ndarray] = {(f"L{number}", "2026-10"): _month(chance) for number in range(5)}
    state = PartitionState(Progress("aggregation/0", 0, 0), months=dict(months))
    slots = {key: {1: _month(chance)[3], 31: _month(chance)[4]} for key in months}
    wholes = []
    for key, changed in slots.items():
        days = months[key].copy()
        for day_of_month, rollup in changed.items():
            days[day_of_month - 1] = rollup
        wholes.append(fold_days(days))
    expected = [(int(whole["changes"]), int(whole["known_at"])) for whole in wholes]
    assert _versions(state, slots) == expected


def test_nothing_changed_has_no_versions() -> None:
    """A batch that changes no month asks for none."""
    assert _versions(PartitionState(Progress("aggregation/0", 0, 0)), {}) == []
