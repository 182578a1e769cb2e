"""The life of one hour: what its validity was at any place of the line log, from its revisions and status changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.closing import StatusChange
from shared.domain.decision import DecisionKind
from shared.domain.reading import Validity


@dataclass(frozen=True, slots=True)
class HourHistory:
    """All that was ever said of an hour.

    Attributes:
        hour: The hour number.
        revisions: Its HOUR rows from revision 1 on, each as it stood last.
        changes: The accepts and releases of this hour, the closes and reopenings of its month, in the order of the log.
    """

    hour: int
    revisions: NDArray[np.void]
    changes: Sequence[StatusChange]

    def validity_of_revision(self, place: int) -> Validity:
        """Return the validity that a revision had when it became known; `place` counts from 0."""
        offset = int(self.revisions["log_offset"][place])
        return Validity.DEFINITIVE if self._is_closed(offset) else self._own_validity(place, offset)

    def validity_after(self, change: StatusChange) -> Validity | None:
        """Return the hour's validity once a status change had happened; None where nothing was known of it then."""
        standing = int(np.count_nonzero(self.revisions["log_offset"] <= change.log_offset)) - 1
        if standing < 0:
            return None
        is_closed = self._is_closed(change.log_offset)
        return Validity.DEFINITIVE if is_closed else self._own_validity(standing, change.log_offset)

    def _is_closed(self, offset: int) -> bool:
        """Say whether the month was closed once the log had come to an offset."""
        of_month = [change for change in self.changes if change.is_of_month and change.log_offset <= offset]
        return bool(of_month) and of_month[-1].kind is DecisionKind.CLOSE

    def _own_validity(self, place: int, offset: int) -> Validity:
        """Return the validity of a revision by itself at an offset: what was accepted later is not accepted yet."""
        following = self.revisions["log_offset"][place + 1 :]
        for change in self.changes:
            is_later = change.log_offset > offset and not change.is_of_month
            if is_later and not (len(following) and change.log_offset >= following[0]):
                return Validity(change.before[change.hours.index(self.hour)])
        return Validity(self.revisions["validity"][place])
