"""Estimates for hours that did not arrive: the methods M0 to M8, in the order in which they are tried.

An estimate rests on actual values only: whatever stands in the gap itself, and whatever was estimated elsewhere, is not
looked at. Where the meter's counter tells how much gas passed during the gap (the index total), M1, M2 and M3 share out
exactly that; M0 and M4 speak of normalised volume alone, and rule C11 compares them with the counter.
Volumes are never clamped: a negative estimate is for the rules to find. One outside the bounds of its quantity is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import mul

import numpy as np
from numpy.typing import NDArray

from shared.domain.estimation_shapes import (
    Column,
    Tape,
    factor_around,
    gcv_of_gap,
    index_total,
    like_day_means,
    spread,
    straight_line,
)
from shared.domain.quantities import ABSENT, VOLUME, VOLUME_OPERATING, Quantity, energies_of

__all__ = [
    "AUTOMATIC",
    "Check",
    "Estimate",
    "EstimationError",
    "Method",
    "Tape",
    "estimate",
    "node_balance",
    "with_energy",
]


class EstimationError(ValueError):
    """A question that no method can answer, whatever the hours say; the message says why."""


class Method(StrEnum):
    """How an hour is estimated. The order is that of preference."""

    CHECK_METER = "M0"
    LINEAR = "M1"
    INDEX_PROFILE = "M2"
    INDEX_FLAT = "M3"
    LIKE_DAYS = "M4"
    NODE_BALANCE = "M5"
    NONE = "M8"

    @property
    def words(self) -> str:
        """Return the method in one sentence for readers."""
        return _WORDS[self]

    @property
    def needs(self) -> str:
        """Say what the method cannot do without."""
        return _NEEDS[self]


_NEEDS = {
    Method.CHECK_METER: "a check line in the register that has actual values in all of these hours",
    Method.LINEAR: "at most 2 hours in a row, with actual values in the hours before and after them",
    Method.INDEX_PROFILE: "the meter's counter before and after, operating volumes around, 3 like days of each hour",
    Method.INDEX_FLAT: "the meter's counter before and after, and operating volumes around",
    Method.LIKE_DAYS: "actual values of each hour on 3 like days of the 28 gas days before",
    Method.NODE_BALANCE: "inputs that leave a conceivable volume",
    Method.NONE: "nothing",
}
_WORDS = {
    Method.CHECK_METER: "The check meter measured this hour: its volume is taken, times a factor, plus an offset.",
    Method.LINEAR: "The volume lies on the straight line between the hours before and after the gap.",
    Method.INDEX_PROFILE: "What the meter's counter passed during the gap is spread over its hours as on like days.",
    Method.INDEX_FLAT: "What the meter's counter passed during the gap is spread evenly over its hours.",
    Method.LIKE_DAYS: "The volume is the mean of this hour on the last three or four like days.",
    Method.NODE_BALANCE: "The volume is what the other lines of the node leave of the node's own volume.",
    Method.NONE: "No method can estimate this hour: it stays missing.",
}
AUTOMATIC = (Method.CHECK_METER, Method.LINEAR, Method.INDEX_PROFILE, Method.INDEX_FLAT, Method.LIKE_DAYS)
"""The methods that are tried without a person asking, in this order."""


@dataclass(frozen=True, slots=True)
class Check:
    """The check meter's hours, and how they become this line's: V = factor · V_check + offset_m3n."""

    tape: Tape
    factor: float = 1.0
    offset_m3n: float = 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a method says of a gap, one scaled integer per hour, ABSENT where it says nothing."""

    method: Method
    volume: Column
    volume_operating: Column
    energy: Column
    gcv: Column


@dataclass(frozen=True, slots=True)
class _Case:
    """A gap, and what is actually known around it."""

    known: Tape
    gap: range
    check: Check | None


_Volumes = tuple[list[int], list[int]]
"""Normalised and operating volumes of a gap; the latter ABSENT where the counter does not tell them."""


def estimate(tape: Tape, gap: range, check: Check | None = None, method: Method | None = None) -> Estimate | None:
    """Estimate a gap by one method for all its hours, or return None where that is not possible.

    Args:
        tape: The line's hours. From 29 gas days before the gap to 24 hours behind it is all that is looked at.
        gap: Consecutive hours inside the tape.
        check: The check meter of the line, if it has one.
        method: The method to use; None for the first automatic one that is possible.

    Raises:
        EstimationError: the gap is empty, not consecutive, or not inside the tape.
    """
    _require_inside(tape, gap)
    case = _Case(tape.actual(gap), gap, check)
    for candidate in AUTOMATIC:
        volumes = _METHODS[candidate](case) if method in (None, candidate) else None
        if volumes is not None and _conceivable(*volumes):
            return with_energy(tape, gap, candidate, *(np.array(column, np.int64) for column in volumes))
    return None


def with_energy(
    tape: Tape, gap: range, method: Method, volume: Column, volume_operating: Column | None = None
) -> Estimate:
    """Return volumes of a gap, from whatever method, as an estimate with the gas quality and energy that belong to it.

    Raises:
        EstimationError: the gap is empty, not consecutive, or not inside the tape.
    """
    _require_inside(tape, gap)
    gcv = np.array(gcv_of_gap(tape.actual(gap), gap), np.int64)
    operating = np.full(len(gap), ABSENT) if volume_operating is None else volume_operating
    return Estimate(method, volume, operating, energies_of(volume, gcv), gcv)


def node_balance(
    node_volume: Column, others: Sequence[tuple[Decimal, Column]], own_weight: Decimal
) -> NDArray[np.int64]:
    """Return what a node's volume leaves for one of its lines (M5): (node - Σ weight · other) / own weight.

    Exact, rounded half to even; ABSENT in hours in which the node or one of the other lines is, and where what is left
    is no conceivable volume.

    Args:
        node_volume: The node's volume, known by other means than its lines, in thousandths of m³(n).
        others: The other lines of the node: weight, and volumes of the same hours.
        own_weight: The weight of the line that is sought.

    Raises:
        EstimationError: the line weighs nothing in this node.
    """
    if own_weight == 0:
        raise EstimationError("a line of weight 0 leaves no trace in its node: ask a node in which it counts")
    weights = [Fraction(1), *(-Fraction(weight) for weight, _ in others)]
    hours = np.stack([node_volume, *(volume for _, volume in others)], axis=1).tolist()
    return np.array([_left(hour, weights, Fraction(own_weight)) for hour in hours], np.int64)


def _left(volumes: list[int], weights: list[Fraction], own_weight: Fraction) -> int:
    if ABSENT in volumes:
        return ABSENT
    left = round(sum(map(mul, weights, volumes), Fraction()) / own_weight)
    return left if _within([left], VOLUME) else ABSENT


def _require_inside(tape: Tape, gap: range) -> None:
    end = tape.first + len(tape.volume)
    if not gap or gap.step != 1 or gap.start < tape.first or gap.stop > end:
        raise EstimationError(f"{gap} does not name consecutive hours of a tape that has {tape.first} to {end - 1}")


def _conceivable(volume: list[int], volume_operating: list[int]) -> bool:
    return _within(volume, VOLUME) and _within(volume_operating, VOLUME_OPERATING)


def _within(values: list[int], quantity: Quantity) -> bool:
    lowest, highest = quantity.lowest * quantity.scale, quantity.highest * quantity.scale
    return all(value == ABSENT or lowest <= value <= highest for value in values)


def _by_check_meter(case: _Case) -> _Volumes | None:
    if case.check is None:
        return None
    measured = case.check.tape.actual()
    volumes = [measured.at(measured.volume, hour) for hour in case.gap]
    # As a person wrote them: 1.1 is not quite 1.1 in binary.
    factor, offset = (Fraction(str(number)) for number in (case.check.factor, case.check.offset_m3n))
    known = [factor * volume + offset * VOLUME.scale for volume in volumes if volume is not None]
    return _volumes_alone(known) if len(known) == len(case.gap) else None


def _by_straight_line(case: _Case) -> _Volumes | None:
    line, total = straight_line(case.known, case.gap), index_total(case.known, case.gap)
    if line is None:
        return None
    return _volumes_alone(line) if total is None else _shared_out(case, total, line)


def _by_index_and_like_days(case: _Case) -> _Volumes | None:
    means, total = like_day_means(case.known, case.gap), index_total(case.known, case.gap)
    if means is None or total is None or sum(means) <= 0:
        return None
    return _shared_out(case, total, means)


def _by_index(case: _Case) -> _Volumes | None:
    total = index_total(case.known, case.gap)
    return None if total is None else _shared_out(case, total, [Fraction(1)] * len(case.gap))


def _by_like_days(case: _Case) -> _Volumes | None:
    means = like_day_means(case.known, case.gap)
    return None if means is None else _volumes_alone(means)


_METHODS: dict[Method, Callable[[_Case], _Volumes | None]] = {
    Method.CHECK_METER: _by_check_meter,
    Method.LINEAR: _by_straight_line,
    Method.INDEX_PROFILE: _by_index_and_like_days,
    Method.INDEX_FLAT: _by_index,
    Method.LIKE_DAYS: _by_like_days,
}


def _volumes_alone(volumes: list[Fraction]) -> _Volumes:
    return [round(volume) for volume in volumes], [ABSENT] * len(volumes)


def _shared_out(case: _Case, total: int, weights: list[Fraction]) -> _Volumes | None:
    """Share out the index total, and the normalised volume that it is, in proportion to weights.

    A total of 0 needs no factor: a line that stood still for long has none.
    """
    factor = factor_around(case.known, case.gap)
    if total and factor is None:
        return None
    operating, normalised = spread(total, weights), spread(round(total * (factor or 0)), weights)
    return None if operating is None or normalised is None else (normalised, operating)
