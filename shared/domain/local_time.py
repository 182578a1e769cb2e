"""Rule B4: wall-clock labels without offset become gas hours, where the file itself tells which hour is meant.

Only the hour that October repeats is in doubt. An end label decides where it can (02:00 to 02:00 is the first of the
two, 02:00 to 03:00 the second); else two equal labels next to each other are the first and the second in the direction
in which their neighbours run; else the label stays ambiguous. A writer that labels both hours 02:00 to 03:00 tells
nothing by its end labels, so there order decides as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.gas_time import FIRST_DAY, LAST_DAY, NotAGasTimeError, local_candidates, local_start
from shared.domain.reason import Reason

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LocalLabel:
    """What a file calls an hour: local start and, if the file has one, local end, both without offset."""

    start: datetime
    end: datetime | None = None


def resolve(labels: Sequence[LocalLabel]) -> list[int | Reason]:
    """Return for each label of one line, in file order, its hour number or the reason why it has none.

    Reasons: A1_TIME outside 1990 to 2099, A4_ALIGNMENT not one whole hour, B4_IMPOSSIBLE, B4_AMBIGUOUS.
    """
    meant, written = [_candidates(label) for label in labels], set(labels)
    resolved = [_alone(label, hours) for label, hours in zip(labels, meant, strict=True)]
    for first in _pairs(labels):
        hours = meant[first]
        if isinstance(hours, tuple) and len(hours) == 2 and _end_tells_nothing(labels[first], written):
            resolved[first : first + 2] = _in_order(labels, first, hours)
    return resolved


def _candidates(label: LocalLabel) -> tuple[int, ...] | Reason:
    if not FIRST_DAY.year <= label.start.year <= LAST_DAY.year:
        return Reason.A1_TIME
    if label.start.minute or label.start.second or label.start.microsecond:
        return Reason.A4_ALIGNMENT
    try:
        return local_candidates(label.start)
    except NotAGasTimeError:
        return Reason.A1_TIME


def _alone(label: LocalLabel, hours: tuple[int, ...] | Reason) -> int | Reason:
    """Resolve a label without looking at its neighbours."""
    if isinstance(hours, Reason):
        return hours
    if not hours:
        return Reason.B4_IMPOSSIBLE
    if label.end is not None:
        return _by_end(label, label.end, hours)
    return hours[0] if len(hours) == 1 else Reason.B4_AMBIGUOUS


def _by_end(label: LocalLabel, end: datetime, hours: tuple[int, ...]) -> int | Reason:
    for hour in hours:
        if local_start(hour + 1).replace(tzinfo=None) == end:
            return hour
    # In March 01:00 ends at 03:00 on the wall; some writers just add an hour.
    return hours[0] if len(hours) == 1 and end == label.start + _HOUR else Reason.A4_ALIGNMENT


def _end_tells_nothing(label: LocalLabel, written: set[LocalLabel]) -> bool:
    if label.end is None:
        return True
    return label.end == label.start + _HOUR and LocalLabel(label.start, label.start) not in written


def _pairs(labels: Sequence[LocalLabel]) -> Iterator[int]:
    """Yield where exactly two equal labels stand next to each other."""
    first = 0
    while first < len(labels):
        after = first + 1
        while after < len(labels) and labels[after] == labels[first]:
            after += 1
        if after - first == 2:
            yield first
        first = after


def _in_order(labels: Sequence[LocalLabel], first: int, hours: tuple[int, ...]) -> list[int | Reason]:
    """Give the two hours to the pair that begins at `first`, by the direction of the labels around it."""
    here = labels[first].start
    rising = []
    if first > 0:
        rising.append(labels[first - 1].start < here)
    if first + 2 < len(labels):
        rising.append(labels[first + 2].start > here)
    if not rising or (any(rising) and not all(rising)):
        return [Reason.B4_AMBIGUOUS, Reason.B4_AMBIGUOUS]
    return [hours[0], hours[1]] if rising[0] else [hours[1], hours[0]]
