"""Punctuality by example: what is on time, late and outstanding, and what a later value changes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from shared.domain import gas_time
from shared.domain.as_known import Superseded
from shared.domain.period import View
from shared.domain.promises import NEVER, promised_of
from shared.domain.punctuality import COUNTS, HoursTold, Punctuality, first_own_ms, punctuality, undecided
from shared.domain.reading import Quality, Validity
from shared.domain.revision import HOUR
from shared.domain.rules.catalogue import default_settings
from shared.domain.topology import Line, Terms
from tests.unit.domain.hour_rows import hour_row

DAY = date(2026, 11, 10)
HOURS = gas_time.hours_of_day(DAY)
LINE = Line("A", "S", (Terms(date(2019, 1, 1), "A"),), live_from=date(2026, 3, 1))
PROMISED = promised_of(LINE, HOURS, default_settings())
NOTHING = Superseded(np.zeros(0, np.int64), np.zeros(0, HOUR))
PROMPT, ON_TIME, LATE = "2026-11-10T06:15Z", "2026-11-11T09:00Z", "2026-11-11T09:00:00.001Z"
"""Of the first hour of the gas day: the last moment at which it is known at once, and on time; the first one after."""
LATER = "2026-11-20T12:00Z"


def _ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).astimezone(UTC).timestamp() * 1000)


def _row(
    known: str, *, quality: int = Quality.MEASURED, revision: int = 1, validity: int = Validity.PRELIMINARY
) -> np.void:
    return hour_row(known_at=_ms(known), quality=quality, revision=revision, validity=validity)


def _counted(*said: np.void, until: str = LATER, closed: str = "") -> dict[str, int]:
    """Count a gas day whose first hour has said these values one after the other, and the others nothing."""
    rows = np.zeros(len(HOURS), HOUR)
    revisions = np.array(list(said), HOUR)
    revisions["revision"] = np.arange(1, len(said) + 1)
    rows[0] = revisions[-1]
    earlier = Superseded(np.full(len(said) - 1, HOURS.start, np.int64), revisions[:-1])
    closed_ms = np.full(len(HOURS), _ms(closed) if closed else NEVER)
    told = HoursTold(HOURS, rows, first_own_ms(HOURS, rows, earlier), closed_ms)
    return _named(punctuality(View.DAY, told, PROMISED, _ms(until)))


def _named(found: Punctuality) -> dict[str, int]:
    ((day, counts),) = zip(found.first_days, found.counts, strict=True)
    assert day == DAY
    return {name: int(counts[name]) for name in COUNTS.names or ()}


@pytest.mark.parametrize(
    ("known", "prompt", "on_time", "late"),
    [(PROMPT, 1, 1, 0), ("2026-11-10T06:15:00.001Z", 0, 1, 0), (ON_TIME, 0, 1, 0), (LATE, 0, 0, 1), (LATER, 0, 0, 1)],
)
def test_the_moment_decides_to_the_millisecond(known: str, prompt: int, on_time: int, late: int) -> None:
    """At the deadline it is on time, a millisecond later no more."""
    counts = _counted(_row(known))
    assert (counts["hours_prompt"], counts["hours_on_time"], counts["hours_late"]) == (prompt, on_time, late)
    assert (counts["hours_outstanding"], counts["hours_due"], counts["hours_present"]) == (23, 24, 1)


def test_an_estimate_is_never_on_time() -> None:
    """Put in at the deadline it counts as estimated; its hour is outstanding."""
    counts = _counted(_row(ON_TIME, quality=Quality.ESTIMATED))
    assert (counts["hours_on_time"], counts["hours_outstanding"], counts["hours_estimated"]) == (0, 24, 1)
    assert counts["hours_present"] == 1


@pytest.mark.parametrize("quality", [Quality.CALCULATED, Quality.SUBSTITUTED, Quality.EDITED])
def test_whoever_knows_better_than_an_estimate_is_on_time(quality: Quality) -> None:
    """Calculated, of the check meter, or read by a person."""
    assert _counted(_row(ON_TIME, quality=quality))["hours_on_time"] == 1


def test_that_an_hour_is_missing_is_no_value() -> None:
    """Its sender said so in time: it is outstanding and not there."""
    counts = _counted(_row(PROMPT, quality=Quality.MISSING))
    assert (counts["hours_prompt"], counts["hours_outstanding"], counts["hours_present"]) == (0, 24, 0)


def test_a_value_behind_its_estimate_is_late_and_a_revision() -> None:
    """The customer had been told an estimate."""
    counts = _counted(_row(ON_TIME, quality=Quality.ESTIMATED), _row(LATER))
    assert (counts["hours_late"], counts["hours_estimated"], counts["hours_revised"], counts["revisions"]) == (
        1,
        0,
        1,
        1,
    )


def test_a_correction_makes_no_hour_late() -> None:
    """The first value of its own counts, whatever came before and after it."""
    missing = _row("2026-11-10T06:01Z", quality=Quality.MISSING)
    counts = _counted(missing, _row(PROMPT), _row(LATE), _row(LATER, quality=Quality.EDITED))
    assert (counts["hours_prompt"], counts["hours_on_time"], counts["hours_late"]) == (1, 1, 0)
    assert (counts["hours_revised"], counts["revisions"]) == (1, 3)


def test_what_a_person_estimates_instead_stays_on_time() -> None:
    """The value had come; that it was wrong is another thing, and told as estimated."""
    counts = _counted(_row(PROMPT), _row(LATER, quality=Quality.ESTIMATED))
    assert (counts["hours_on_time"], counts["hours_estimated"]) == (1, 1)


def test_nothing_is_due_before_its_time() -> None:
    """While the gas day runs only what is promised at once is; what has come already is no share of anything."""
    counts = _counted(_row(PROMPT), until="2026-11-10T07:14Z")
    assert (counts["hours_prompt_due"], counts["hours_prompt"]) == (1, 1)
    assert (counts["hours_due"], counts["hours_on_time"], counts["hours_outstanding"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("closed", "until", "due", "on_time"),
    [
        ("2026-12-07T05:02Z", "2026-12-08T04:59Z", 0, 0),
        ("2026-12-07T05:02Z", "2026-12-08T05:00Z", 24, 1),
        ("2026-12-08T05:00Z", "2026-12-09T05:00Z", 24, 1),
        ("2026-12-08T05:01Z", "2026-12-09T05:00Z", 24, 0),
        ("", "2026-12-09T05:00Z", 24, 0),
    ],
)
def test_definitive_in_time_is_what_was_closed_in_time(closed: str, until: str, due: int, on_time: int) -> None:
    """By the end of the fifth working day, of the hours that are there."""
    validity = Validity.DEFINITIVE if closed else Validity.PRELIMINARY
    counts = _counted(_row(PROMPT, validity=validity), until=until, closed=closed)
    assert (counts["hours_definitive_due"], counts["hours_definitive_on_time"]) == (due, on_time)
    assert counts["hours_definitive"] == bool(closed)


def test_it_depends_on_the_past_only_where_a_promise_was_missed_by_what_stands() -> None:
    """Then it has to be read: not of first values, and not where nothing was promised."""
    rows = np.zeros(len(HOURS), HOUR)
    rows[0] = _row(LATE, revision=2)
    rows[1] = _row(LATE, revision=1)
    rows[2] = _row(PROMPT, revision=2)
    rows[3] = _row(PROMPT, revision=2, quality=Quality.ESTIMATED)
    assert np.flatnonzero(undecided(rows, PROMISED)).tolist() == [0, 3]
    by_history = promised_of(replace(LINE, live_from=None), HOURS, default_settings())
    assert not undecided(rows, by_history).any()


def test_of_what_was_not_promised_nothing_is_due() -> None:
    """Hours from before a line was live are expected, present, revised: never late."""
    rows = np.array([_row(LATER, revision=3)] * len(HOURS), HOUR)
    by_history = promised_of(replace(LINE, live_from=None), HOURS, default_settings())
    told = HoursTold(HOURS, rows, first_own_ms(HOURS, rows, NOTHING), np.full(len(HOURS), NEVER))
    counts = _named(punctuality(View.DAY, told, by_history, _ms(LATER)))
    assert (counts["hours_expected"], counts["hours_present"], counts["revisions"]) == (24, 24, 48)
    assert [counts[name] for name in ("hours_prompt_due", "hours_due", "hours_definitive_due", "hours_late")] == [0] * 4


def test_no_hours_make_no_rows() -> None:
    """A line that was not active in the period."""
    nothing = np.zeros(0, np.int64)
    told = HoursTold(range(0), np.zeros(0, HOUR), nothing, nothing)
    for view in (View.DAY, View.MONTH):
        found = punctuality(view, told, promised_of(LINE, range(0), default_settings()), 0)
        assert (found.first_days, len(found.counts), int(found.whole["hours_expected"])) == ((), 0, 0)
