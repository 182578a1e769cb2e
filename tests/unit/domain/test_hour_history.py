"""The life of one hour: how it was judged, accepted, closed, opened again and corrected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.closing import StatusChange
from shared.domain.decision import DecisionKind
from shared.domain.hour_history import HourHistory
from shared.domain.reading import Validity
from shared.domain.revision import HOUR
from tests.unit.domain.hour_rows import hour_row

HOUR_NUMBER = 500_000
ACCEPT = StatusChange(DecisionKind.ACCEPT, 20, 20, "", (HOUR_NUMBER - 1, HOUR_NUMBER), (2, 1))
CLOSE = StatusChange(DecisionKind.CLOSE, 30, 30, "2027-01")
REOPEN = StatusChange(DecisionKind.REOPEN, 50, 50, "2027-01")


def revisions(*offsets: int) -> NDArray[np.void]:
    """Return preliminary revisions of an hour that stand at these places of the log."""
    rows = [hour_row(revision=place + 1, log_offset=offset) for place, offset in enumerate(offsets)]
    return np.array(rows, HOUR)


def test_a_life_with_every_turn() -> None:
    """Recorded, accepted, closed, corrected while closed, opened again: each revision says how it was judged."""
    told = HourHistory(HOUR_NUMBER, revisions(10, 40, 60), [ACCEPT, CLOSE, REOPEN])
    assert [told.validity_of_revision(place) for place in range(3)] == [
        Validity.RECORDED,
        Validity.DEFINITIVE,
        Validity.PRELIMINARY,
    ]
    assert [told.validity_after(change) for change in told.changes] == [
        Validity.PRELIMINARY,
        Validity.DEFINITIVE,
        Validity.PRELIMINARY,
    ]


def test_an_accept_concerns_the_revision_that_stood_alone() -> None:
    """What came after it was judged by itself, however soon it came."""
    told = HourHistory(HOUR_NUMBER, revisions(10, 15, 25), [ACCEPT])
    judged = [told.validity_of_revision(place) for place in range(3)]
    assert judged == [Validity.PRELIMINARY, Validity.RECORDED, Validity.PRELIMINARY]


def test_nothing_is_definitive_before_something_is_known() -> None:
    """A month may close over an hour of which nothing was ever said."""
    told = HourHistory(HOUR_NUMBER, revisions(), [CLOSE])
    assert told.validity_after(CLOSE) is None
    late = HourHistory(HOUR_NUMBER, revisions(70), [CLOSE, REOPEN])
    assert (late.validity_after(REOPEN), late.validity_of_revision(0)) == (None, Validity.PRELIMINARY)


def test_a_month_opened_again_shows_what_was_accepted_later_as_it_was() -> None:
    """A reopening gives back the validity of then, not that of now."""
    close, reopen = (StatusChange(kind, at, at, "2027-01") for kind, at in ((CLOSE.kind, 12), (REOPEN.kind, 14)))
    told = HourHistory(HOUR_NUMBER, revisions(10), [close, reopen, ACCEPT])
    judged = [told.validity_after(change) for change in told.changes]
    assert judged == [Validity.DEFINITIVE, Validity.RECORDED, Validity.PRELIMINARY]
