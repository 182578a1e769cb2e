"""The rows of a node: Σ weight · line for hours, gas days and gas months, with what is missing in them.

Weights are whole numbers of the smallest part that any of them needs, so that the sums are exact: with weights of +1
and -1 a node is told in thousandths of m³(n) and kWh like its lines, with one of 0.5 in tenths of these. A line that is
missing leaves the sum without it, and is named: the sum is that of what the lines themselves tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.gas_rows import GasMoments, gas_of_moments, gas_of_nobody
from shared.domain.node_weights import ONE, Span
from shared.domain.period import Question, View
from shared.domain.physics.iso6976 import BELGIAN
from shared.domain.rollup import ROLLUP
from shared.domain.view import PeriodRows

NODE_ROLLUP = np.dtype([(name, (np.int64, ROLLUP[name].shape)) for name in ROLLUP.names or ()])
"""A ROLLUP of a node: weighted sums, and counts over all lines, which leave 16 bits."""
_WEIGHTED = ("volume", "energy", "paired_volume", "paired_energy")
_WARMTH = ("temperature_moment", "temperature_volume")
"""Only their quotient is told: they are added as floating-point numbers, for moments of large lines leave 64 bits."""
_MEAN_SCALE = 1_000_000
_LATEST = "known_at"
_COUNTED = tuple(name for name in NODE_ROLLUP.names or () if name not in (*_WEIGHTED, *_WARMTH, _LATEST))
_MEANS = ("paired_volume", "paired_energy", *_WARMTH)
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Units:
    """The hours or gas days that a view of a node is added up from: first hour and end of each, and its gas day."""

    starts: Ints
    ends: Ints
    days: Ints

    @classmethod
    def of(cls, question: Question, ended: int) -> Units:
        """Return the hours of a period that have ended, or its gas days; `ended`: first hour that has not."""
        if question.view is View.HOUR:
            hours = np.arange(question.hours.start, max(question.hours.start, min(question.hours.stop, ended)))
            return cls(hours, hours + 1, gas_time.days_and_indexes(hours)[0].astype(np.int64))
        first = gas_time.day_number(question.first)
        days = np.arange(first, first + (question.end - question.first).days)
        edges = gas_time.first_hours(np.append(days, days[-1] + 1)).astype(np.int64)
        return cls(edges[:-1], edges[1:], days)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What each line of a node weighs in each unit, in whole parts of which `per_one` make the weight 1."""

    lines: tuple[str, ...]
    per_one: int
    weights: dict[str, Ints]

    @property
    def places(self) -> int:
        """Decimal places that the weights need."""
        return len(str(self.per_one)) - 1

    @classmethod
    def of(cls, spans: Sequence[Span], units: Units) -> Weighing:
        """Return the weights of spans in the units that lie in them."""
        told = [weight for span in spans for _, weight in span.weights]
        per_one = next(parts for parts in (1, 10, 100, ONE) if all(weight * parts % ONE == 0 for weight in told))
        lines = tuple(sorted({line for span in spans for line, _ in span.weights}))
        weights = {line: np.zeros(len(units.days), np.int64) for line in lines}
        for span in spans:
            bounds = [gas_time.day_number(day) for day in (span.first, span.end - timedelta(days=1))]
            begin, end = np.searchsorted(units.days, bounds[0], "left"), np.searchsorted(units.days, bounds[1], "right")
            for line, weight in span.weights:
                weights[line][begin:end] = weight * per_one // ONE
        return cls(lines, per_one, weights)


@dataclass(frozen=True, slots=True)
class LineOfNode:
    """A line's part: its ROLLUP and how many hours are expected of it in each unit, and its gas where it is told."""

    line: str
    rollups: NDArray[np.void]
    expected: Ints
    gas: GasMoments | None = None


@dataclass(frozen=True, slots=True)
class NodeRows:
    """A node's rows: weighted rollups as `PeriodRows` (in the hour view too), and the lines that are missing in them.

    Attributes:
        rows: NODE_ROLLUP rows; `expected` counts hours of lines.
        places: Decimal places that the weights need, beside those of the quantities.
        lines: The lines that the node comes to in some row.
        lines_expected: How many of them are expected in each row.
        missing: Of which of them hours are missing in a row, shape (rows, lines).
        whole: The period as one row.
    """

    rows: PeriodRows
    places: int
    lines: tuple[str, ...]
    lines_expected: Ints
    missing: Mask
    whole: PeriodRows


@dataclass(slots=True)
class NodeSum:
    """Adds up the lines of a node, one after the other."""

    question: Question
    units: Units
    weighing: Weighing
    sums: NDArray[np.void] = field(init=False)
    expected: Ints = field(init=False)
    counted: Mask = field(init=False)
    missing: Mask = field(init=False)
    negative: Mask = field(init=False)
    warmth: dict[str, NDArray[np.float64]] = field(init=False)
    gas: GasMoments | None = None

    def __post_init__(self) -> None:
        count, lines = len(self.units.starts), len(self.weighing.lines)
        self.sums, self.expected = np.zeros(count, NODE_ROLLUP), np.zeros(count, np.int64)
        self.counted, self.missing = np.zeros((count, lines), bool), np.zeros((count, lines), bool)
        self.negative = np.zeros(count, bool)
        self.warmth = {name: np.zeros(count) for name in _WARMTH}

    def expected_of(self, line: str, active: range) -> Ints:
        """Return how many hours of a line are expected in each unit: it is `active`, and the node counts it."""
        count = np.minimum(self.units.ends, active.stop) - np.maximum(self.units.starts, active.start)
        expected: Ints = np.where(self.weighing.weights[line] != 0, np.maximum(count, 0), 0)
        return expected

    def weight_of(self, part: LineOfNode) -> Ints:
        """Return what a line weighs in each unit: nothing where it is not expected, whatever rests in the store."""
        weight: Ints = np.where(part.expected > 0, self.weighing.weights[part.line], 0)
        return weight

    def add(self, part: LineOfNode) -> None:
        """Add a line."""
        weight, place = self.weight_of(part), self.weighing.lines.index(part.line)
        counts = weight != 0
        for name in _WEIGHTED:
            self.sums[name] += weight * part.rollups[name]
        for name in _WARMTH:
            self.warmth[name] += weight / self.weighing.per_one * part.rollups[name]
        for name in _COUNTED:
            told = part.rollups[name]
            self.sums[name] += told * counts.reshape(-1, *(1,) * (told.ndim - 1))
        self.sums[_LATEST] = np.maximum(self.sums[_LATEST], part.rollups[_LATEST] * counts)
        self.expected += part.expected
        self.counted[:, place] = part.expected > 0
        self.missing[:, place] = part.expected > part.rollups["hours_present"]
        self.negative |= weight < 0
        if part.gas is not None:
            flow = part.gas.times(np.abs(weight).astype(np.float64))
            self.gas = flow if self.gas is None else self.gas.plus(flow)

    def rows(self, reference: str = BELGIAN) -> NodeRows:
        """Return the rows in which a line is expected; gas at a reference.

        Raises:
            GasError: A reference without data.
        """
        firsts, edges = self._edges()
        kept = np.flatnonzero(_added(self.expected, edges))
        starts, ends = self.units.starts[edges[:-1]], self.units.ends[edges[1:] - 1]
        days = tuple(firsts[place] for place in kept) if firsts else ()
        missing, counted = (_added(one, edges)[kept] > 0 for one in (self.missing, self.counted))
        rows = self._periods(self.question.view, days, (starts, ends), edges, kept, reference)
        return NodeRows(
            rows,
            self.weighing.places,
            self.weighing.lines,
            counted.sum(axis=1).astype(np.int64),
            missing,
            self._whole(reference),
        )

    def _whole(self, reference: str) -> PeriodRows:
        """Return the whole period as one row."""
        edges, hours = np.array([0, len(self.sums)]), self.question.hours
        bounds = np.array([hours.start]), np.array([hours.stop])
        return self._periods(View.DAY, (self.question.first,), bounds, edges, np.zeros(1, np.intp), reference)

    def _periods(  # noqa: PLR0913, PLR0917 - what rows are made of
        self,
        view: View,
        days: tuple[date, ...],
        bounds: tuple[Ints, Ints],
        edges: Ints,
        kept: NDArray[np.intp],
        reference: str,
    ) -> PeriodRows:
        has_negative = _added(self.negative, edges) > 0
        rollups = _folded(self.sums, edges)
        _tell_mean(rollups, {name: _added_up(told, edges) for name, told in self.warmth.items()})
        for name in _MEANS:
            rollups[name][has_negative] = 0
        gas = None
        if self.gas is not None:
            sums = self.gas.folded(edges).times((~has_negative).astype(np.float64))
            gas = gas_of_moments(sums.taken(kept), reference)
        starts, ends = bounds
        return PeriodRows(view, days, starts[kept], ends[kept], rollups[kept], _added(self.expected, edges)[kept], gas)

    def _edges(self) -> tuple[tuple[date, ...], Ints]:
        """Return the first gas day of each row, none for hours; and the first unit of each row, with the end."""
        question, count = self.question, len(self.units.starts)
        if question.view is View.MONTH:
            firsts = tuple(gas_time.first_day_of_month(month) for month in question.months)
            return firsts, np.array([(day - question.first).days for day in (*firsts, question.end)])
        days = tuple(question.first + timedelta(days=place) for place in range(count))
        return () if question.view is View.HOUR else days, np.arange(count + 1)


def no_node_rows(view: View, *, with_gas: bool = False) -> NodeRows:
    """Return a view of a node without rows: it has the columns that every view of its kind has."""
    question, nothing = Question(view, gas_time.FIRST_DAY, gas_time.FIRST_DAY), np.zeros(0, np.int64)
    units = Units(nothing, nothing, nothing)
    total = NodeSum(question, units, Weighing.of([], units))
    rows = PeriodRows(
        view, (), nothing, nothing, total.sums, nothing, gas_of_nobody(0, is_hours=False) if with_gas else None
    )
    return NodeRows(rows, 0, (), nothing, np.zeros((0, 0), bool), rows)


def _folded(sums: NDArray[np.void], edges: Ints) -> NDArray[np.void]:
    """Return the sums of consecutive rows; `edges` are the first row of each, and the end."""
    rows = np.zeros(len(edges) - 1, NODE_ROLLUP)
    for name in (*_WEIGHTED, *_COUNTED):
        rows[name] = _added(sums[name], edges)
    if len(rows) == len(sums):
        rows[_LATEST] = sums[_LATEST]
    else:
        rows[_LATEST] = [sums[_LATEST][begin:end].max(initial=0) for begin, end in pairwise(edges.tolist())]
    return rows


def _tell_mean(rollups: NDArray[np.void], warmth: dict[str, NDArray[np.float64]]) -> None:
    """Let rollups tell the mean temperature that follows from sums, as a moment over a volume of one."""
    moment, volume = (warmth[name] for name in _WARMTH)
    flows = volume != 0
    mean = np.where(flows, moment, 0) / np.where(flows, volume, 1)
    rollups["temperature_volume"] = np.where(flows, _MEAN_SCALE, 0)
    rollups["temperature_moment"] = np.rint(mean * _MEAN_SCALE)


def _added_up(column: NDArray[np.float64], edges: Ints) -> NDArray[np.float64]:
    """Return the sums of consecutive rows of a column of floating-point numbers."""
    if len(edges) == len(column) + 1:
        return column
    return np.array([column[begin:end].sum() for begin, end in pairwise(edges.tolist())])


def _added(column: NDArray[np.generic], edges: Ints) -> Ints:
    """Return the sums of consecutive rows of a column, exactly."""
    up_to = np.zeros((len(column) + 1, *column.shape[1:]), np.int64)
    np.cumsum(column, axis=0, dtype=np.int64, out=up_to[1:])
    return up_to[edges[1:]] - up_to[edges[:-1]]
