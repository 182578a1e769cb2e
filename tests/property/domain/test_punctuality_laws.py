"""Punctuality as laws, over random histories of hours at the edge of two gas months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.as_known import Superseded
from shared.domain.period import View
from shared.domain.promises import NEVER, Promised, promised_of
from shared.domain.punctuality import (
    COUNTS,
    OWN,
    HoursTold,
    Punctuality,
    first_own_ms,
    joined,
    punctuality,
    undecided,
)
from shared.domain.reading import Quality, Validity
from shared.domain.revision import HOUR
from shared.domain.rules.catalogue import default_settings
from shared.domain.topology import Line, Terms
from tests.unit.domain.hour_rows import hour_row

_EDGE = gas_time.hours_of_day(date(2026, 11, 1)).start
HOURS = range(_EDGE - 30, _EDGE + 30)
"""Two gas days of October and two of November, of the outer ones six hours."""
SAID = st.tuples(st.sampled_from(Quality), st.integers(0, 60 * 24 * 60))
"""A quality, and how many minutes after the begin of the first hour it became known: up to 60 days."""
COUNTED = COUNTS.names or ()


@dataclass(frozen=True, slots=True)
class History:
    """Of each hour what it said, in order; the promises of its line; the moment as of which it is told."""

    said: list[list[np.void]]
    promised: Promised
    until_ms: int

    def told(self, *, all_earlier: bool = True) -> HoursTold:
        """Return what is known; with earlier values of all hours, or only of those that are undecided."""
        rows = np.zeros(len(HOURS), HOUR)
        for place, said in enumerate(self.said):
            rows[place] = said[-1] if said else rows[place]
        wanted = np.ones(len(HOURS), np.bool_) if all_earlier else undecided(rows, self.promised)
        earlier = [(HOURS[place], row) for place, said in enumerate(self.said) if wanted[place] for row in said[:-1]]
        before = Superseded(
            np.array([hour for hour, _ in earlier], np.int64), np.array([row for _, row in earlier], HOUR)
        )
        closed_ms = np.where(rows["validity"] == Validity.DEFINITIVE, self.until_ms, NEVER)
        return HoursTold(HOURS, rows, first_own_ms(HOURS, rows, before), closed_ms)

    def counted(self, view: View = View.DAY, *, all_earlier: bool = True) -> Punctuality:
        """Return its punctuality."""
        return punctuality(view, self.told(all_earlier=all_earlier), self.promised, self.until_ms)

    def then(self, place: int, quality: Quality) -> History:
        """Return the same history in which an hour says one thing more, at the moment as of which it is told."""
        said = [list(one) for one in self.said]
        said[place].append(_row(quality, self.until_ms, len(said[place]) + 1, Validity.PRELIMINARY))
        return History(said, self.promised, self.until_ms)


def _row(quality: Quality, known_at_ms: int, revision: int, validity: Validity) -> np.void:
    return hour_row(quality=quality, known_at=known_at_ms, revision=revision, validity=validity)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Draw a line that is by file from some day on, and live from another one, or never."""
    by_file = draw(st.dates(date(2026, 10, 30), date(2026, 11, 3)))
    terms = Terms(date(2026, 1, 1), "A"), Terms(by_file, "A", teletransmitted=False)
    return Line("A", "S", terms, live_from=draw(st.none() | st.dates(date(2026, 9, 30), date(2026, 11, 3))))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw a history of all hours."""
    said, begin_ms = list[list[np.void]](), HOURS.start * 3_600_000
    for _ in HOURS:
        drawn = sorted(draw(st.lists(SAID, max_size=3)), key=lambda one: one[1])
        validity = draw(st.sampled_from(Validity))
        said.append(
            [
                _row(quality, begin_ms + minutes * 60_000, revision, validity)
                for revision, (quality, minutes) in enumerate(drawn, 1)
            ]
        )
    until_ms = begin_ms + 60 * 24 * 3_600_000 + draw(st.integers(0, 60 * 24)) * 60_000
    return History(said, promised_of(draw(lines()), HOURS, default_settings()), until_ms)


def _summed(counts: NDArray[np.void]) -> dict[str, int]:
    return {name: int(counts[name].sum()) for name in COUNTED}


@given(histories())
def test_each_hour_that_is_due_is_in_one_place(history: History) -> None:
    """On time, late or outstanding; no share is more than the whole of which it is one."""
    counts = history.counted().counts
    parts = counts["hours_on_time"] + counts["hours_late"] + counts["hours_outstanding"]
    assert parts.tolist() == counts["hours_due"].tolist()
    for part, whole in (
        ("hours_prompt", "hours_prompt_due"),
        ("hours_definitive_on_time", "hours_definitive_due"),
        ("hours_definitive_on_time", "hours_definitive"),
        ("hours_definitive", "hours_present"),
        ("hours_estimated", "hours_present"),
        ("hours_revised", "revisions"),
        *((name, "hours_expected") for name in ("hours_present", "hours_due", "hours_prompt_due", "hours_revised")),
    ):
        assert (counts[part] <= counts[whole]).all(), (part, whole)


@given(histories())
def test_it_is_what_the_words_say_hour_by_hour(history: History) -> None:
    """Straight from all that each hour has ever said, without any shortcut."""
    wanted = dict.fromkeys(("hours_prompt", "hours_on_time", "hours_late", "hours_outstanding", "revisions"), 0)
    for place, said in enumerate(history.said):
        came = min((int(row["known_at"]) for row in said if Quality(row["quality"]) in OWN), default=None)
        prompt_ms, complete_ms = int(history.promised.prompt[place]), int(history.promised.complete[place])
        wanted["revisions"] += max(len(said) - 1, 0)
        wanted["hours_prompt"] += prompt_ms <= history.until_ms and came is not None and came <= prompt_ms
        if complete_ms <= history.until_ms:
            state = "outstanding" if came is None else "on_time" if came <= complete_ms else "late"
            wanted[f"hours_{state}"] += 1
    assert {name: _summed(history.counted().counts)[name] for name in wanted} == wanted


@given(histories())
def test_months_and_the_whole_are_sums_of_gas_days(history: History) -> None:
    """Each gas day is in its own month."""
    days, months = history.counted(), history.counted(View.MONTH)
    assert months.first_days == (date(2026, 10, 1), date(2026, 11, 1))
    for first, counts in zip(months.first_days, months.counts, strict=True):
        inside = [place for place, day in enumerate(days.first_days) if day.month == first.month]
        assert {name: int(counts[name]) for name in COUNTED} == _summed(days.counts[inside])
    assert {name: int(months.whole[name]) for name in COUNTED} == _summed(days.counts)


@given(histories(), st.integers(HOURS.start - 3, HOURS.stop + 3), st.sampled_from((View.DAY, View.MONTH)))
def test_parts_of_a_period_add_up(history: History, edge: int, view: View) -> None:
    """However it is cut: a node counts a line only on the gas days on which it belongs to it."""
    told = history.told()
    parts = []
    for hours in (range(HOURS.start - 5, edge), range(edge, HOURS.stop + 5)):
        promised = history.promised.within(HOURS, hours)
        parts.append(punctuality(view, told.within(hours), promised, history.until_ms))
    assert joined(view, parts).first_days == history.counted(view).first_days
    assert joined(view, parts).counts.tolist() == history.counted(view).counts.tolist()


@given(histories())
def test_only_what_is_undecided_has_to_be_read(history: History) -> None:
    """What other hours said before changes no count."""
    assert history.counted(all_earlier=False).counts.tolist() == history.counted().counts.tolist()


@given(histories(), st.integers(0, len(HOURS) - 1), st.sampled_from(Quality))
def test_what_comes_later_takes_no_punctuality_back(history: History, place: int, quality: Quality) -> None:
    """One value more is one revision more; an hour moves at most from outstanding to late, and not by an estimate."""
    before, after = (_summed(one.counted().counts) for one in (history, history.then(place, quality)))
    assert after["revisions"] - before["revisions"] == bool(history.said[place])
    for name in ("hours_due", "hours_prompt", "hours_on_time"):
        assert after[name] == before[name]
    moved = before["hours_outstanding"] - after["hours_outstanding"]
    assert moved == after["hours_late"] - before["hours_late"]
    assert moved in ({0, 1} if quality in OWN else {0})
