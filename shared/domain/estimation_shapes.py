"""What the hours around a gap say of it: a line, like days, the meter's counter, a factor, the gas quality.

All are exact: integers, or fractions until a last rounding, half to even. The functions that take a `known` tape and a
gap expect a tape that is ABSENT in the gap and wherever it is not actual (`Tape.actual`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from shared.domain.gas_time import days_and_indexes
from shared.domain.quantities import ABSENT
from shared.domain.working_days import day_kinds

HISTORY_DAYS = 28
"""How far back likeness counts: four weeks, so that most kinds of days occur at least four times."""
FEWEST_LIKE_HOURS = 3
MOST_LIKE_HOURS = 4
LINEAR_HOURS = 2
"""The longest gap that a straight line may bridge."""
FACTOR_HOURS = 24
"""How far to either side of a gap its ratio of normalised to operating volume is taken."""
GCV_HELD_HOURS = 24
"""How long the last calorific value stands for the hours after it."""

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tape:
    """Consecutive hours of a line, from hour number `first` on; scaled integers, ABSENT where nothing is known.

    Attributes:
        first: The hour number of the first hour.
        volume: Normalised volumes.
        volume_operating: Operating volumes.
        index: What the meter's counter shows at the end of each hour.
        gcv: Gross calorific values.
        is_actual: Measured, calculated, substituted or edited: what may feed an estimate.
    """

    first: int
    volume: Column
    volume_operating: Column
    index: Column
    gcv: Column
    is_actual: NDArray[np.bool_]

    def actual(self, gap: range = range(0)) -> Tape:
        """Return the tape with only its actual hours outside `gap` (which lies inside the tape); all else is ABSENT."""
        kept = self.is_actual.copy()
        kept[[hour - self.first for hour in gap]] = False
        volume, operating, index, gcv = (
            np.where(kept, column, ABSENT) for column in (self.volume, self.volume_operating, self.index, self.gcv)
        )
        return Tape(self.first, volume, operating, index, gcv, kept)

    def at(self, column: Column, hour: int) -> int | None:
        """Return what one of the columns says of an hour, or None where it says nothing."""
        place = hour - self.first
        value = int(column[place]) if 0 <= place < len(column) else ABSENT
        return None if value == ABSENT else value


def straight_line(known: Tape, gap: range) -> list[Fraction] | None:
    """Return the points between the volumes of the hours before and after a gap; None if unknown or too far apart."""
    before, after = known.at(known.volume, gap.start - 1), known.at(known.volume, gap.stop)
    if before is None or after is None or len(gap) > LINEAR_HOURS:
        return None
    return [before + Fraction((after - before) * place, len(gap) + 1) for place in range(1, len(gap) + 1)]


def like_day_means(known: Tape, gap: range) -> list[Fraction] | None:
    """Return the mean volume that like days had in each hour of a gap, or None where an hour has too few.

    Like hours lie in the 28 gas days before the gas day in which the gap begins, on a day of the same kind, at the same
    place of the gas day (1 to 25). The latest four count, three are enough.
    """
    days, indexes = days_and_indexes(np.arange(known.first, gap.stop))
    kinds, start = day_kinds(days), gap.start - known.first
    recent = (days >= days[start] - HISTORY_DAYS) & (days < days[start])
    usable = recent & (known.volume[: len(days)] != ABSENT)
    means = []
    for place in range(start, len(days)):
        alike = usable & (kinds == kinds[place]) & (indexes == indexes[place])
        values = known.volume[: len(days)][alike][-MOST_LIKE_HOURS:]
        if len(values) < FEWEST_LIKE_HOURS:
            return None
        means.append(Fraction(int(values.sum()), len(values)))
    return means


def index_total(known: Tape, gap: range) -> int | None:
    """Return the operating volume that the counter passed during a gap, or None where it does not tell or went back.

    The counter at the end of the gap is that of the hour after, less what passed in that hour.
    """
    start, end = known.at(known.index, gap.start - 1), known.at(known.index, gap.stop)
    passed_after = known.at(known.volume_operating, gap.stop)
    if start is None or end is None or passed_after is None or end - passed_after < start:
        return None
    return end - passed_after - start


def factor_around(known: Tape, gap: range) -> Fraction | None:
    """Return normalised by operating volume of the hours around a gap that have both; None unless it is positive."""
    start, stop = gap.start - known.first, gap.stop - known.first
    around = slice(max(0, start - FACTOR_HOURS), stop + FACTOR_HOURS)
    volume, operating = known.volume[around], known.volume_operating[around]
    both = (volume != ABSENT) & (operating != ABSENT)
    normalised, passed = int(volume[both].sum()), int(operating[both].sum())
    return Fraction(normalised, passed) if normalised * passed > 0 else None


def spread(total: int, weights: Sequence[Fraction]) -> list[int] | None:
    """Share out a total that is not negative, in proportion to weights, as integers whose sum is exactly the total.

    What rounding down leaves goes, one each, to the largest remainders; of equal ones the earlier hour comes first.
    A total of 0 is 0 everywhere. None where the weights give no proportion: a negative one, or all 0.
    """
    if total == 0:
        return [0] * len(weights)
    whole = sum(weights)
    if min(weights) < 0 or whole == 0:
        return None
    exact = [total * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def gcv_of_gap(known: Tape, gap: range) -> list[int]:
    """Return the calorific value of each hour of a gap, in millionths of kWh/m³(n).

    The last one known before the gap, at most 24 hours old; else the volume-weighted mean of the 28 days (of 24 hours)
    before the gap; else ABSENT.
    """
    before = known.gcv[: gap.start - known.first]
    told = np.flatnonzero(before != ABSENT)
    if len(told) == 0:
        return [ABSENT] * len(gap)
    last, held_until = int(before[told[-1]]), known.first + int(told[-1]) + GCV_HELD_HOURS
    recent = slice(max(0, len(before) - HISTORY_DAYS * 24), len(before))
    mean = _weighted_mean(known.volume[recent], before[recent])
    return [last if hour <= held_until else mean for hour in gap]


def _weighted_mean(volume: Column, gcv: Column) -> int:
    """Return the mean calorific value, weighted by the gas that flowed in either direction, or ABSENT if none did."""
    both = (volume != ABSENT) & (gcv != ABSENT)
    weights = np.abs(volume[both])
    whole = int(weights.sum())
    if whole == 0:
        return ABSENT
    # Integers without bounds: at the bounds of the quantities a single product leaves 64 bits.
    return round(Fraction(int(weights.astype(object) @ gcv[both].astype(object)), whole))
