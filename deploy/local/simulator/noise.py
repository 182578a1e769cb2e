"""Randomness with random access: a number depends on its key and its counter only, never on what was asked before.

A stateful generator would give other values to another slice. Here every draw is a hash (splitmix64) of a key and a
whole number, so an hour has the same value in a backfill, in a refill and live.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

# The constants of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_DRAWS_OF_A_BELL = 3


def uniform(key: str, counters: Ints) -> Floats:
    """One number in [0, 1) for each counter, the same for the same key and counter on every machine."""
    seed = np.uint64(int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little"))
    mixed = counters.astype(np.uint64) * _STEP + seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def bell(key: str, counters: Ints) -> Floats:
    """Bell-shaped numbers: mean 0, standard deviation 1, never beyond ±3 (the sum of three uniform ones)."""
    total = sum(uniform(f"{key}#{draw}", counters) for draw in range(_DRAWS_OF_A_BELL))
    return 2.0 * (np.asarray(total, dtype=np.float64) - _DRAWS_OF_A_BELL / 2)


def smooth(key: str, hours: Ints, knot_hours: int) -> Floats:
    """Bell-shaped numbers at a knot every `knot_hours`, eased in between: persistence without memory.

    `hours` are consecutive.
    """
    knots = hours // knot_hours
    heights = bell(key, np.arange(knots[0], knots[-1] + 2))
    left = knots - knots[0]
    share = (hours - knots * knot_hours) / knot_hours
    eased = share * share * (3.0 - 2.0 * share)
    return np.asarray(heights[left] + (heights[left + 1] - heights[left]) * eased, dtype=np.float64)


class Runs(NamedTuple):
    """For each hour: does it lie in a run of hours, and that run's first hour and first hour after."""

    inside: Flags
    first_hour: Ints
    end_hour: Ints


class RunPlan(NamedTuple):
    """At most one run in each stretch of `every_hours`, with a probability and a length in hours, bounds included."""

    every_hours: int
    probability: float
    shortest: int
    longest: int


def runs(key: str, hours: Ints, plan: RunPlan) -> Runs:
    """The runs of a plan over consecutive hours; a run never leaves its stretch, so its start needs no search."""
    stretch = hours // plan.every_hours
    numbers = np.arange(stretch[0], stretch[-1] + 1)
    lengths = plan.shortest + (uniform(f"{key}#length", numbers) * (plan.longest - plan.shortest + 1)).astype(np.int64)
    room = plan.every_hours - lengths + 1
    firsts = numbers * plan.every_hours + (uniform(f"{key}#first", numbers) * room).astype(np.int64)
    happens = uniform(f"{key}#happens", numbers) < plan.probability
    place = stretch - stretch[0]
    first_hour, end_hour = firsts[place], (firsts + lengths)[place]
    return Runs(happens[place] & (hours >= first_hour) & (hours < end_hour), first_hour, end_hour)
