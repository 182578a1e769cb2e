"""Hours as they were known at a moment of the past: the revision that stood then, with the validity it had then.

The moment a revision became known never lies before that of the one it superseded, so what stood at a moment is the
highest revision that was known by then. Later changes of validity alone are undone. What a reader is not shown (which
rules found something, whether a finding keeps the hour back, whether a gap was accepted) is not undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.closing import StatusChange
from shared.domain.revision import HOUR
from shared.domain.rollup import fold_hours

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Superseded:
    """What hours said before: `rows[i]` (dtype HOUR) was said of hour number `hour[i]`; in any order."""

    hour: NDArray[np.int64]
    rows: NDArray[np.void]


def as_known(
    hours: NDArray[np.int64],
    current: NDArray[np.void],
    superseded: Superseded,
    changes: Sequence[StatusChange],
    moment_ms: int,
) -> NDArray[np.void]:
    """Return HOUR rows as they stood at a moment, revision 0 where nothing was known yet.

    The validity is that of the rows by themselves: whether their month was closed is for `closing.definitive`.

    Args:
        hours: Hour numbers, ascending.
        current: What each of them says now.
        superseded: Whatever else was said of those that have changed since; of the others it may be left out.
        changes: At least all changes of validity that became known after the moment.
        moment_ms: The moment, ms since 1970.
    """
    rows = np.concatenate([current, superseded.rows])
    place = np.concatenate([np.arange(len(hours)), np.searchsorted(hours, superseded.hour)])
    order = np.lexsort((rows["revision"], place))
    place, offset = place[order], rows["log_offset"][order]
    # The place in the log of what superseded each row.
    until = np.where(np.diff(place, append=-1) == 0, np.append(offset, _NEVER)[1:], _NEVER)
    known = np.flatnonzero((rows["revision"][order] > 0) & (rows["known_at"][order] <= moment_ms))
    chosen = known[np.diff(place[known], append=-1) != 0]
    stood, stood_until = np.zeros(len(hours), HOUR), np.full(len(hours), _NEVER)
    stood[place[chosen]], stood_until[place[chosen]] = rows[order[chosen]], until[chosen]
    later = [change for change in changes if change.hours and change.known_at_ms > moment_ms]
    for change in sorted(later, key=lambda change: change.log_offset, reverse=True):
        _undo(change, hours, stood, stood_until)
    return stood


def _undo(
    change: StatusChange, hours: NDArray[np.int64], stood: NDArray[np.void], stood_until: NDArray[np.int64]
) -> None:
    """Give the accepted hours the validity that they had before, where the revision that stood is the accepted one."""
    accepted, before = np.array(change.hours, np.int64), np.array(change.before, np.uint8)
    here = np.isin(accepted, hours)
    place = np.searchsorted(hours, accepted[here])
    is_meant = (stood["log_offset"][place] <= change.log_offset) & (change.log_offset < stood_until[place])
    is_meant &= stood["revision"][place] > 0
    stood["validity"][place[is_meant]] = before[here][is_meant]


def rollups_of_days(hours: NDArray[np.int64], rows: NDArray[np.void]) -> NDArray[np.void]:
    """Return the ROLLUP of each gas day that has one of these hours, in order; `rows` are HOUR rows of the hours."""
    days, indexes = gas_time.days_and_indexes(hours)
    distinct, day = np.unique(days, return_inverse=True)
    table = np.zeros((len(distinct), gas_time.MAX_HOURS_PER_DAY), HOUR)
    table[day, indexes - 1] = rows
    return fold_hours(table)
