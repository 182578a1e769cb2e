"""Hours as they were known: the turns that a law over random histories may miss."""

from __future__ import annotations

from datetime import date

import numpy as np

from shared.domain import gas_time
from shared.domain.as_known import Superseded, as_known, rollups_of_days
from shared.domain.closing import StatusChange
from shared.domain.decision import DecisionKind
from shared.domain.reading import Validity
from shared.domain.revision import HOUR
from shared.domain.rollup import fold_hours
from tests.unit.domain.hour_rows import hour_row

HOURS = np.arange(500_000, 500_003)
NOTHING = Superseded(np.zeros(0, np.int64), np.zeros(0, HOUR))
CURRENT = np.array([hour_row(revision=3, known_at=300, log_offset=30), *np.zeros(2, HOUR)], HOUR)
EARLIER = Superseded(
    np.array([500_000, 500_000]),
    np.array([hour_row(revision=revision, known_at=200, log_offset=20 + revision) for revision in (2, 1)], HOUR),
)


def test_of_two_revisions_of_one_moment_the_later_stood() -> None:
    """Both became known together: nobody ever read the first; before them nothing was known."""
    stood = [as_known(HOURS, CURRENT, EARLIER, [], moment)["revision"].tolist() for moment in (199, 200, 299, 300)]
    assert stood == [[0, 0, 0], [2, 0, 0], [2, 0, 0], [3, 0, 0]]


def test_only_the_revision_that_was_accepted_is_given_back() -> None:
    """Told by the place in the log, which tells apart what one millisecond does not; foreign hours are passed over."""
    accept = StatusChange(DecisionKind.ACCEPT, 200, 23, hours=(499_999, 500_000, 500_001), before=(1, 1, 1))
    for offset, validity in ((20, Validity.PRELIMINARY), (23, Validity.RECORDED), (30, Validity.PRELIMINARY)):
        later = StatusChange(accept.kind, 250, offset, hours=accept.hours, before=accept.before)
        assert as_known(HOURS, CURRENT, EARLIER, [later], 220)["validity"].tolist() == [validity, 0, 0]
    assert as_known(HOURS, CURRENT, EARLIER, [accept], 200)["validity"][0] == Validity.PRELIMINARY


def test_days_are_folded_from_the_hours_that_are_there() -> None:
    """Days apart from each other, one of them of 25 hours."""
    days = [date(2026, 10, 20), date(2026, 10, 24)]
    hours = np.concatenate([np.arange(day.start, day.stop) for day in map(gas_time.hours_of_day, days)])
    rows = np.array([hour_row(volume=place) for place in range(len(hours))], HOUR)
    rollups = rollups_of_days(hours, rows)
    assert (rollups == np.concatenate([fold_hours(rows[None, :24]), fold_hours(rows[None, 24:])])).all()
    assert rollups["hours_present"].tolist() == [24, 25]


def test_no_hours_at_all() -> None:
    """An empty period was empty then."""
    assert not len(as_known(HOURS[:0], CURRENT[:0], NOTHING, [], 0))
