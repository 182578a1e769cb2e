"""As known at a moment: what is worked out afterwards is what was readable then, over random histories."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.as_known import Superseded, as_known, rollups_of_days
from shared.domain.closing import StatusChange, days_within, definitive, definitive_rollups, hours_within, was_closed
from shared.domain.decision import DecisionKind
from shared.domain.reading import Validity
from shared.domain.revision import HOUR, revised
from tests.property.domain.hour_strategies import told_rows

LAST_OF_OCTOBER = gas_time.hours_of_day(date(2026, 10, 31))
HOURS = np.arange(LAST_OF_OCTOBER.stop - 3, LAST_OF_OCTOBER.stop + 3)
"""Three hours of the last gas day of October and three of the first of November."""
DAYS = [date(2026, 10, 31), date(2026, 11, 1)]
MONTHS = ("2026-10", "2026-11")
Shown = tuple[list[tuple[int, ...]], bytes]


@dataclass
class Store:
    """What aggregation would keep of these hours, changed event by event."""

    rows: NDArray[np.void] = field(default_factory=lambda: np.zeros(len(HOURS), HOUR))
    superseded: list[tuple[int, np.void]] = field(default_factory=list)
    changes: list[StatusChange] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def revise(self, place: int, row: np.void, known_at_ms: int, offset: int) -> None:
        """Accept another value of an hour; what it said before is superseded."""
        before = self.rows[place].copy()
        if before["revision"]:
            self.superseded.append((int(HOURS[place]), before))
        coming = row.copy()
        coming["known_at"], coming["log_offset"] = known_at_ms, offset
        coming["validity"] = min(coming["validity"], Validity.PRELIMINARY)
        self.rows[place] = revised(before, coming)

    def accept(self, places: set[int], known_at_ms: int, offset: int) -> None:
        """Accept what stands, without a revision."""
        there = sorted(place for place in places if self.rows["revision"][place])
        hours, before = HOURS[there].tolist(), self.rows["validity"][there].tolist()
        self.changes.append(
            StatusChange(DecisionKind.ACCEPT, known_at_ms, offset, hours=tuple(hours), before=tuple(before))
        )
        self.rows["validity"][there] = Validity.PRELIMINARY

    def turn(self, month: str, known_at_ms: int, offset: int) -> None:
        """Close an open month, open a closed one."""
        kind = DecisionKind.REOPEN if month in self.closed else DecisionKind.CLOSE
        self.closed ^= {month}
        self.changes.append(StatusChange(kind, known_at_ms, offset, month))

    def shown(self) -> Shown:
        """Return what readers are shown now."""
        return _shown(self.rows, self.closed)

    def shown_at(self, moment_ms: int) -> Shown:
        """Return what readers were shown at a moment, worked out from what is kept now."""
        earlier = Superseded(
            np.array([hour for hour, _ in self.superseded], np.int64),
            np.array([row for _, row in self.superseded], HOUR),
        )
        closed = {
            month for month in MONTHS if was_closed(month, self.changes, moment_ms, is_closed=month in self.closed)
        }
        return _shown(as_known(HOURS, self.rows, earlier, self.changes, moment_ms), closed)


def _shown(rows: NDArray[np.void], closed: set[str]) -> Shown:
    hours = definitive(rows, hours_within(closed, HOURS))
    rollups = definitive_rollups(rollups_of_days(HOURS, rows), days_within(closed, DAYS))
    return hours.tolist(), rollups.tobytes()


@st.composite
def histories(draw: st.DrawFn) -> tuple[Store, list[tuple[int, Shown]]]:
    """Draw a history; with it, after each event, the moment and what readers were shown."""
    store, told, known_at_ms = Store(), [(0, Store().shown())], 0
    for offset in range(draw(st.integers(1, 12))):
        known_at_ms += draw(st.sampled_from([0, 1, 1_000]))
        match draw(st.sampled_from(["revise", "revise", "accept", "turn"])):
            case "revise":
                store.revise(draw(st.integers(0, len(HOURS) - 1)), draw(told_rows()), known_at_ms, offset)
            case "accept":
                store.accept(draw(st.sets(st.integers(0, len(HOURS) - 1))), known_at_ms, offset)
            case _:
                store.turn(draw(st.sampled_from(MONTHS)), known_at_ms, offset)
        told.append((known_at_ms, store.shown()))
    return store, told


@given(histories())
def test_what_was_readable_then_is_what_is_answered_now(history: tuple[Store, list[tuple[int, Shown]]]) -> None:
    """Hours with their validity and rollups of gas days, at every moment at which something happened."""
    store, told = history
    for known_at_ms, shown in dict(told).items():
        assert store.shown_at(known_at_ms) == shown


@given(histories())
def test_nothing_changes_between_two_events(history: tuple[Store, list[tuple[int, Shown]]]) -> None:
    """Just before an event, what the one before it led to is answered; after all of them, what is readable now."""
    store, told = history
    moments = list(dict(told).items())
    for (_, shown), (following, _) in pairwise(moments):
        assert store.shown_at(following - 1) == shown
    assert store.shown_at(moments[-1][0] + 1) == store.shown()
