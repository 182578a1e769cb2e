"""Changes of status alone: hours that are accepted as they stand or released, months that close and open again.

None of them is a revision: the rows of a closed month keep the validity that they were judged with, and are definitive
because their month is closed. So a close is one event, not 744, and can be undone by forgetting it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.decision import OF_MONTH, DecisionKind
from shared.domain.reading import Validity

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of status alone; of a release what the validity was before is what it stays.

    Attributes:
        kind: Accept, release, close or reopen.
        known_at_ms: When it became known.
        log_offset: Its place in the line log.
        month: The gas month of a close or reopening.
        hours: The hour numbers that were accepted or released, each as the revision that then stood.
        before: What the validity of each of these hours was.
    """

    kind: DecisionKind
    known_at_ms: int
    log_offset: int
    month: str = ""
    hours: tuple[int, ...] = ()
    before: tuple[int, ...] = ()

    @property
    def is_of_month(self) -> bool:
        """Say whether a gas month closes or opens by it."""
        return self.kind in OF_MONTH


def definitive(rows: NDArray[np.void], closed: Mask) -> NDArray[np.void]:
    """Return HOUR rows in which everything told in closed months is definitive; what is unknown stays unknown."""
    hours = rows.copy()
    hours["validity"][closed & (rows["revision"] > 0)] = Validity.DEFINITIVE
    return hours


def let_be_definitive(rows: NDArray[np.void]) -> None:
    """Let everything told in rows of closed months (HOUR, written into) be definitive, as `definitive` does."""
    rows["validity"][rows["revision"] > 0] = Validity.DEFINITIVE


def definitive_rollups(rollups: NDArray[np.void], closed: Mask) -> NDArray[np.void]:
    """Return ROLLUP rows of gas days in which all hours present in closed months count as definitive."""
    days = rollups.copy()
    days["by_validity"][closed] = 0
    days["by_validity"][closed, Validity.DEFINITIVE - 1] = rollups["hours_present"][closed]
    return days


def hours_within(months: Iterable[str], hours: NDArray[np.int64]) -> Mask:
    """Say which hour numbers lie in one of these gas months."""
    inside = np.zeros(len(hours), np.bool_)
    for month in months:
        whole = gas_time.hours_of_month(month)
        inside |= (hours >= whole.start) & (hours < whole.stop)
    return inside


def days_within(months: Collection[str], days: Sequence[date]) -> Mask:
    """Say which gas days lie in one of these gas months."""
    return np.array([gas_time.month_of(day) in months for day in days], np.bool_)


def was_closed(month: str, changes: Iterable[StatusChange], moment_ms: int, *, is_closed: bool) -> bool:
    """Say whether a gas month was closed at a moment: what the first change after it undid was so until then.

    Args:
        month: The gas month.
        changes: At least all changes that became known after the moment, in any order.
        moment_ms: The moment, ms since 1970.
        is_closed: Whether the month is closed now.
    """
    later = [change for change in changes if change.month == month and change.known_at_ms > moment_ms]
    first = min((change for change in later if change.is_of_month), key=lambda change: change.log_offset, default=None)
    return is_closed if first is None else first.kind is DecisionKind.REOPEN
