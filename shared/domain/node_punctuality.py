"""How punctual the lines of a node are together: their counts added up, and how many of the lines were on time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.period import View
from shared.domain.punctuality import COUNTS, Punctuality, joined, places_of


@dataclass(frozen=True, slots=True)
class NodePunctuality:
    """The counts of all lines of a node, added up, and of how many lines they are; `whole` is the period as one row.

    Attributes:
        of_lines: The counts of the lines together.
        lines_due: Lines of which hours were due in a gas day or month.
        lines_on_time: Of those: every hour that was due was on time.
        whole_lines_due: Both of the whole period.
        whole_lines_on_time: See `whole_lines_due`.
    """

    of_lines: Punctuality
    lines_due: NDArray[np.int64]
    lines_on_time: NDArray[np.int64]
    whole_lines_due: int
    whole_lines_on_time: int


def of_node(view: View, lines: Sequence[Punctuality]) -> NodePunctuality:
    """Return what the lines of a node come to: each is counted once, whatever its weight."""
    total = joined(view, lines)
    due, on_time = np.zeros((2, len(total.first_days)), np.int64)
    for line in lines:
        places, is_due, is_on_time = places_of(total.first_days, line), *_of_line(line.counts)
        due[places] += is_due
        on_time[places] += is_on_time
    wholes = _of_line(np.array([line.whole for line in lines], COUNTS))
    return NodePunctuality(total, due, on_time, *(int(np.count_nonzero(one)) for one in wholes))


def _of_line(counts: NDArray[np.void]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say where hours were due, and where all of them were on time."""
    is_due = counts["hours_due"] > 0
    return is_due, is_due & (counts["hours_on_time"] == counts["hours_due"])
