"""Which hours of lines say something else than before, as runs of consecutive hours that changed alike. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

RUN = np.dtype(
    [
        ("line", np.uint32),  # number of the line among those that changed
        ("kind", np.uint8),  # HourChange
        ("first", np.int32),  # first gas hour
        ("end", np.int32),  # the gas hour after the last
        ("new", np.uint32),  # hours of which nothing was known before
        ("corrected", np.uint32),  # hours that said something else before
        ("known_at", np.int64),  # ms since 1970: when the last of them became known; of STATUS 0: hours do not tell
    ]
)
"""Hours of a line that follow each other and changed alike."""


class HourChange(IntEnum):
    """How hours changed."""

    HOURS = 1
    """What they say: they are new, or a next revision."""
    GAS = 2
    """Another gas was given them, and so other energy; their volumes stand."""
    STATUS = 3
    """Their validity alone."""


@dataclass(frozen=True, slots=True)
class Stood:
    """What decides whether hours changed, as it was before; of shape (days, hours of a day)."""

    revision: NDArray[np.uint16]
    validity: NDArray[np.uint8]

    @classmethod
    def of(cls, days: NDArray[np.void]) -> Stood:
        """Return what HOUR rows say now, and go on saying that whatever becomes of them."""
        return cls(days["revision"].copy(), days["validity"].copy())

    def only(self, places: NDArray[np.int64]) -> Stood:
        """Return some of the days."""
        return Stood(self.revision[places], self.validity[places])


def hour_runs(
    line: NDArray[np.int64],
    first_hour: NDArray[np.int64],
    before: Stood,
    after: NDArray[np.void],
    regiven: NDArray[np.bool_],
) -> NDArray[np.void]:
    """Return the runs of hours that changed, by line and time.

    Args:
        line: Number of the line of each gas day.
        first_hour: First gas hour of each day.
        before: What stood there, of shape (days, hours).
        after: What they say now (HOUR), of the same shape.
        regiven: Which hours were given another gas after they had come, of the same shape.
    """
    more = after["revision"].astype(np.int32) - before.revision
    kinds = np.where(more > 0, np.uint8(HourChange.HOURS), np.uint8(0))
    kinds[(more == 1) & regiven] = HourChange.GAS
    kinds[(more == 0) & (after["validity"] != before.validity)] = HourChange.STATUS
    day, place = np.nonzero(kinds)
    order = np.lexsort((first_hour[day] + place, line[day]))
    day, place = day[order], place[order]
    is_new = (before.revision[day, place] == 0) & (more[day, place] > 0)
    is_corrected = (before.revision[day, place] > 0) & (more[day, place] > 0)
    known_at = np.where(kinds[day, place] == HourChange.STATUS, 0, after["known_at"][day, place])
    return _runs((line[day], kinds[day, place], first_hour[day] + place), (is_new, is_corrected, known_at))


def _runs(
    keys: tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]],
    told: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]],
) -> NDArray[np.void]:
    """Fold hours that follow each other: `keys` are line, kind and hour; `told` new, corrected, known_at."""
    line, kind, hour = keys
    goes_on = (np.diff(line) == 0) & (np.diff(kind) == 0) & (np.diff(hour) == 1)
    begins = np.flatnonzero(np.concatenate([np.ones(min(1, len(hour)), np.bool_), ~goes_on]))
    runs = np.zeros(len(begins), RUN)
    if not len(begins):
        return runs
    runs["line"], runs["kind"], runs["first"] = line[begins], kind[begins], hour[begins]
    runs["end"] = hour[np.append(begins[1:], len(hour)) - 1] + 1
    new, corrected, known_at = told
    runs["new"] = np.add.reduceat(new, begins, dtype=np.uint32)
    runs["corrected"] = np.add.reduceat(corrected, begins, dtype=np.uint32)
    runs["known_at"] = np.maximum.reduceat(known_at, begins)
    return runs
