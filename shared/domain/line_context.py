"""The context of lines: what their hours say, in the compact form in which rules look back over four weeks.

A context row takes 40 bytes, so the 31 days that are kept of a line take 29.9 kB. Many lines lie behind each other in
one array (`Contexts`): a rule finds the hours it looks back to, of thousands of readings at once, by their positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from shared.domain.quantities import ABSENT, GCV
from shared.domain.reading import ACTUAL_QUALITIES, Provenance, Quality, flagged
from shared.domain.revision import HOUR, OF_GAS, has_values
from shared.domain.rows import as_bytes, copied, put, taken

CONTEXT = np.dtype(
    [
        ("volume", np.int64),
        ("volume_operating", np.int64),
        ("index", np.int64),
        ("gcv", np.int32),  # as sent, else energy / volume; ABSENT_32 if neither
        ("temperature", np.int32),
        ("meter", np.uint16),
        ("found", np.uint16),
        ("state", np.uint8),
    ],
    align=True,  # rules gather single columns of many hours: four times as fast as where numbers lie across words
)
Span = tuple[int, NDArray[np.void]]
"""First hour and CONTEXT rows of consecutive hours of a line."""
HISTORY_HOURS = 28 * 24
"""What rules and estimates look back to: 28 gas days (671 to 673 hours)."""
AROUND_HOURS = 25
"""What they look at before that and after: the longest gas day."""
BEFORE_HOURS = HISTORY_HOURS + 2 * AROUND_HOURS
"""Hours of a context before the first that changes: 28 gas days, its own day, and a day that is looked back from."""
KEPT_HOURS = BEFORE_HOURS + AROUND_HOURS
"""What is kept of a line between batches: all that the next hour looks at, so that nothing is read again for it."""
ABSENT_32 = -(2**31)
PRESENT, ACTUAL, ESTIMATED, BLOCKED, BY_METHOD, OPERATING = 1, 2, 4, 8, 16, 32
"""States: has values; measured, calculated, substituted or edited; estimated; kept back by an open finding; made by one
of our methods, which hold the last gas quality; with a volume that is operating volume."""


def context_of(hours: NDArray[np.void]) -> NDArray[np.void]:
    """Return what hours at rest (HOUR, revision 0 where nothing is known) are in a context (CONTEXT)."""
    rows = np.zeros(len(hours), CONTEXT)
    quality = hours["quality"]
    present = has_values(hours)
    for name in ("volume", "volume_operating", "index"):
        rows[name] = np.where(present, hours[name], ABSENT)
    for name, column in (("gcv", _gcv(hours)), ("temperature", hours["temperature"])):
        rows[name] = np.where(present & (column != ABSENT), column, ABSENT_32)
    rows["meter"], rows["found"] = hours["meter"], hours["found"]
    rows["state"] = (
        present * PRESENT
        + (present & np.isin(quality, ACTUAL_QUALITIES)) * ACTUAL
        + (present & (quality == Quality.ESTIMATED)) * ESTIMATED
        + (present & flagged(hours, Provenance.BLOCKED)) * BLOCKED
        + (present & (hours["method"] != b"")) * BY_METHOD
        + (present & flagged(hours, Provenance.VOLUME_OPERATING)) * OPERATING
    )
    return rows


def _gcv(hours: NDArray[np.void]) -> NDArray[np.int64]:
    """Return the calorific value as sent, else that of energy and volume, ABSENT where neither is plausible.

    One that follows from a chromatograph is not the line's own: it is judged with the gas, and no estimate holds it.
    """
    volume, own = hours["volume"], hours["gas"] == 0
    energy, gcv = (np.where(own, hours[name], ABSENT) for name in OF_GAS)
    computable = (gcv == ABSENT) & (volume != ABSENT) & (energy != ABSENT) & (volume != 0)
    if not computable.any():
        return np.asarray(gcv, np.int64)
    ratio = energy.astype(np.float64) / np.where(computable, volume, 1) * GCV.scale
    plausible = computable & (np.abs(ratio) < GCV.highest * GCV.scale)
    return np.where(plausible, np.rint(np.where(plausible, ratio, 0)), gcv).astype(np.int64)


@dataclass(slots=True)
class Contexts:
    """Spans of hours of many lines, one behind the other.

    Line i has the hours `first[i]` to `first[i] + length[i]` (exclusive) at `rows[offset[i]]` and on; `newest[i]` is
    its youngest hour that says anything, or lies before `first[i]`. `numbers` tells i by the line's id.
    """

    numbers: dict[str, int]
    first: NDArray[np.int64]
    length: NDArray[np.int64]
    offset: NDArray[np.int64]
    newest: NDArray[np.int64]
    rows: NDArray[np.void]

    @classmethod
    def blank(
        cls,
        spans: Mapping[str, tuple[int, int]],
        known: Mapping[str, tuple[int, NDArray[np.void]]] = MappingProxyType({}),
    ) -> Contexts:
        """Return spans of lines (first and end hour) in which nothing is known yet but what is `known`.

        That is laid at once: blanking first what is known for the most part would take as long again.
        """
        first = np.array([begin for begin, _ in spans.values()], np.int64)
        length = np.array([end - begin for begin, end in spans.values()], np.int64)
        numbers = {line: number for number, line in enumerate(spans)}
        contexts = cls(numbers, first, length, np.cumsum(length) - length, first - 1, np.empty(length.sum(), CONTEXT))
        memory, nobody = as_bytes(contexts.rows), (0, _NOTHING[:0])
        for place, (line, (begin, end)) in zip(contexts.offset.tolist(), spans.items(), strict=True):
            told_from, told = known.get(line, nobody)
            low = max(begin, min(told_from, end))
            high = max(low, min(told_from + len(told), end))
            memory[place : place + low - begin] = memory[place + high - begin : place + end - begin] = _NO_BYTES
            memory[place + low - begin : place + high - begin] = as_bytes(told)[low - told_from : high - told_from]
        return contexts

    @classmethod
    def of(cls, spans: Mapping[str, Span]) -> Contexts:
        """Lay spans (first hour, CONTEXT rows) of lines behind each other."""
        contexts = cls.blank({line: (begin, begin + len(rows)) for line, (begin, rows) in spans.items()}, spans)
        contexts.look_for_newest()
        return contexts

    def lay(self, line: str, begin: int, rows: NDArray[np.void]) -> None:
        """Copy rows that begin at an hour to where they stand in a line's span; what lies outside it is left out."""
        first, span = self.span(line)
        low, high = max(first, begin), min(first + len(span), begin + len(rows))
        if low < high:
            put(span, slice(low - first, high - first), rows[low - begin : high - begin])

    def look_for_newest(self) -> None:
        """Find the youngest hour of each line that says anything, once all is laid."""
        present = np.concatenate(([-1], np.flatnonzero(self.rows["state"])))
        last = present[np.searchsorted(present, self.offset + self.length) - 1]
        self.newest = np.where(last >= self.offset, self.first + last - self.offset, self.first - 1)

    def positions(self, line: NDArray[np.int64], hour: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where hours of lines (by number; -1: no line) stand in `rows`, -1 where they lie in no span."""
        within = hour - self.first[line]
        inside = (within >= 0) & (within < self.length[line]) & (line >= 0)
        return np.where(inside, within + self.offset[line], -1)

    def tell(self, line: NDArray[np.int64], hour: NDArray[np.int64], hours: NDArray[np.void]) -> None:
        """Take over what hours (HOUR) say now; those that lie in no span are left out."""
        told, place = context_of(hours), self.positions(line, hour)
        inside = place >= 0
        put(self.rows, place[inside], taken(told, inside))
        present = inside & ((told["state"] & PRESENT) != 0)
        np.maximum.at(self.newest, line[present], hour[present])

    def span(self, line: str) -> Span:
        """Return first hour and rows of a line."""
        number = self.numbers[line]
        begin = int(self.offset[number])
        return int(self.first[number]), self.rows[begin : begin + int(self.length[number])]


def kept_of(first: int, rows: NDArray[np.void]) -> Span:
    """Return what is kept of a span (first hour, rows): its last KEPT_HOURS."""
    begin = max(0, len(rows) - KEPT_HOURS)
    return first + begin, copied(rows[begin:])


def nothing(count: int) -> NDArray[np.void]:
    """Return CONTEXT rows that say nothing."""
    return np.repeat(_NO_BYTES, count).view(CONTEXT)


_NOTHING = context_of(np.zeros(1, HOUR))
_NO_BYTES = as_bytes(_NOTHING)
