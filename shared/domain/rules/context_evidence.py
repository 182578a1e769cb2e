"""What a rule in context may look at: hours as they stand, and the hours of the same lines before them.

Columns come as float64 in scaled units with NaN where nothing is known, so that no comparison hits what is not there. A
window is a matrix: one row an hour that is judged, one column an hour that it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.line_context import ABSENT_32, PRESENT, Contexts
from shared.domain.quantities import ABSENT
from shared.domain.rows import taken
from shared.domain.rules.evidence import Threshold

Floats = NDArray[np.float64]
DAYS_BACK = 28


@dataclass(frozen=True, slots=True)
class ContextEvidence:
    """Hours that are judged, one row each, in the contexts of their lines.

    Attributes:
        contexts: The hours of all lines as they stand.
        line: Number of each one's line in the contexts.
        hour: Its hour number.
        terms: What the register says of its line in that hour (dtype TERMS).
        check: Number in the contexts of the line that checks it, -1 where there is none.
        thresholds: The thresholds of the rule that looks, by name.
    """

    contexts: Contexts
    line: NDArray[np.int64]
    hour: NDArray[np.int64]
    terms: NDArray[np.void]
    check: NDArray[np.int64]
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    _places: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    _values: dict[tuple[str, str], Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many hours are judged."""
        return len(self.hour)

    def under(self, thresholds: Mapping[str, Threshold]) -> ContextEvidence:
        """Return the same hours under the thresholds of a rule."""
        return replace(self, thresholds=thresholds)

    def only(self, rows: NDArray[np.intp]) -> ContextEvidence:
        """Return some of the hours."""
        cut = {name: value[rows] if isinstance(value, np.ndarray) else value for name, value in self.thresholds.items()}
        return ContextEvidence(
            self.contexts, self.line[rows], self.hour[rows], taken(self.terms, rows), self.check[rows], cut
        )  # fmt: skip

    def threshold(self, name: str) -> Floats:
        """Return a threshold, one a row."""
        return one_each(self.thresholds[name], len(self))

    def told(self, column: str) -> Floats:
        """Return what the judged hours say in a column."""
        return self._seen(column, "told", lambda: self.hour)

    def before(self, column: str, hours: int) -> Floats:
        """Return what the hours so many hours earlier say."""
        return self.at(column, self.hour - hours)

    def window(self, column: str, hours: int) -> Floats:
        """Return the hours that end with the judged one: shape (rows, hours), the judged hour last."""
        return self._seen(column, f"window {hours}", lambda: self.hour[:, None] - np.arange(hours - 1, -1, -1))

    def same_hour(self, column: str) -> Floats:
        """Return the same hour of the 28 gas days before: shape (rows, 28), the latest first.

        The same place after 06:00 local time; a switch day's 24th or 25th hour has none in shorter days.
        """
        return self._seen(column, "same hour", self._same_hours)

    def _same_hours(self) -> NDArray[np.int64]:
        days, indexes = gas_time.days_and_indexes(self.hour)
        begins = gas_time.first_hours(days[:, None] - np.arange(DAYS_BACK + 1))
        hours = begins[:, 1:] + indexes[:, None] - 1
        return np.where(hours < begins[:, :-1], hours, -1)

    def day_ends(self) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows that are the last hour of their gas day; and, a row, its gas day's first hour and length."""
        days, indexes = gas_time.days_and_indexes(self.hour)
        begin = gas_time.first_hours(days)
        length = gas_time.first_hours(days + 1) - begin
        return np.flatnonzero(indexes == length), begin, length

    def at(self, column: str, hours: NDArray[np.int64]) -> Floats:
        """Return what given hours of the judged hours' lines say, one or several a row."""
        return self._values_at(column, self._positions(hours))

    def of_lines(self, column: str, line: NDArray[np.int64], hours: NDArray[np.int64]) -> Floats:
        """Return what hours of lines (by number, -1: none) say, NaN where they are in no context or say nothing."""
        return self._values_at(column, self.contexts.positions(line, hours))

    def states(self, hours: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the states of given hours of the judged hours' lines; 0 where they are in no context."""
        place = self._positions(hours)
        return np.where(place >= 0, self.contexts.rows["state"][place], 0).astype(np.uint8)

    @property
    def found_before(self) -> NDArray[np.int64]:
        """Return the rows of which rules in context may have found something before this judging began.

        Of the hour itself, or of the one before: what concerns a whole day is judged at its last hour, which may be
        new.
        """
        if "found" not in self._places:
            place = self._positions(self.hour[:, None] - np.array([0, 1]))
            found = (place >= 0) & (self.contexts.rows["found"][place] != 0)
            self._places["found"] = np.flatnonzero(found.any(axis=1))
        return self._places["found"]

    def is_present(self) -> NDArray[np.bool_]:
        """Say which judged hours have values."""
        present: NDArray[np.bool_] = (self.states(self.hour) & np.uint8(PRESENT)) != 0
        return present

    def _positions(self, hours: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where hours of the judged hours' own lines stand, by their distance from these."""
        shape = (-1, *(1,) * (hours.ndim - 1))
        origin, room, ahead = (part.reshape(shape) for part in self._frame())
        distance = hours - self.hour.reshape(shape)
        return np.where((distance >= -room) & (distance <= ahead), origin + distance, -1)

    def _frame(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return where each judged hour stands, and how many hours its span has before and after it."""
        if "origin" not in self._places:
            first = self.contexts.first[self.line]
            self._places["room"] = self.hour - first
            self._places["ahead"] = first + self.contexts.length[self.line] - 1 - self.hour
            self._places["origin"] = self.contexts.offset[self.line] + self._places["room"]
        return self._places["origin"], self._places["room"], self._places["ahead"]

    def _values_at(self, column: str, place: NDArray[np.int64]) -> Floats:
        values = self.contexts.rows[column][place]  # not `take`, which would copy the whole column first
        known = values != (ABSENT_32 if values.dtype == np.int32 else ABSENT)
        known &= place >= 0
        return np.where(known, values, np.nan)

    def _seen(self, column: str, view: str, hours: Callable[[], NDArray[np.int64]]) -> Floats:
        """Look once, however many rules ask."""
        if view not in self._places:
            self._places[view] = self._positions(hours())
        if (column, view) not in self._values:
            self._values[column, view] = self._values_at(column, self._places[view])
        return self._values[column, view]


def one_each(value: float | NDArray[Any], count: int) -> NDArray[Any]:
    """Return what holds for many rows as one value a row."""
    if isinstance(value, np.ndarray):
        return value if value.shape == (count,) else np.broadcast_to(value, count)
    return np.full(count, value)


def median(values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return the median of each row over what is not NaN (NaN where nothing is), and how many values that are."""
    ordered = np.sort(values, axis=1)  # NaN comes last
    count = (~np.isnan(ordered)).sum(axis=1)
    last = np.maximum(count - 1, 0)[:, None]
    middle = np.take_along_axis(ordered, last // 2, 1) + np.take_along_axis(ordered, (last + 1) // 2, 1)
    return middle[:, 0] / 2, count
