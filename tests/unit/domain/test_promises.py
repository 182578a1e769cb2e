"""Promises by example: by when an hour is promised at once, complete and definitive; and of which nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shared.domain import gas_time
from shared.domain.deadlines import CLOSE_WORKING_DAY
from shared.domain.promises import NEVER, PROMPT_MINUTES, TermsPromised, promised_of, promises_of
from shared.domain.rules.catalogue import default_settings
from shared.domain.topology import Line, Terms

DEFAULTS = default_settings()
TERMS = Terms(date(2019, 1, 1), "A")
LINE = Line("A", "S", (TERMS,), live_from=date(2026, 3, 1))
DAY = gas_time.hours_of_day(date(2026, 11, 10))
"""From 05:00 UTC on the 10th to 05:00 UTC on the 11th."""


def _ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).astimezone(UTC).timestamp() * 1000)


def test_an_hour_is_promised_three_times() -> None:
    """15 minutes after it, four hours after its gas day, and by the end of Monday 7 December, the fifth working day."""
    promised = promised_of(LINE, DAY, DEFAULTS)
    assert promised.prompt[0] == _ms("2026-11-10T06:15Z")
    assert promised.prompt[-1] == _ms("2026-11-11T05:15Z")
    assert set(promised.complete.tolist()) == {_ms("2026-11-11T09:00Z")}
    assert set(promised.definitive.tolist()) == {_ms("2026-12-08T05:00Z")}


def test_a_line_by_file_promises_nothing_at_once() -> None:
    """Its deadline is twelve days after the gas day."""
    promised = promised_of(replace(LINE, terms=(replace(TERMS, teletransmitted=False),)), DAY, DEFAULTS)
    assert set(promised.prompt.tolist()) == {NEVER}
    assert set(promised.complete.tolist()) == {_ms("2026-11-23T05:00Z")}


@pytest.mark.parametrize("line", [replace(LINE, live_from=None), replace(LINE, live_from=date(2026, 11, 11))])
def test_nothing_is_promised_before_a_line_is_live(line: Line) -> None:
    """What was put in afterwards is never late."""
    promised = promised_of(line, DAY, DEFAULTS)
    assert {NEVER} == {*promised.prompt.tolist(), *promised.complete.tolist(), *promised.definitive.tolist()}
    assert promises_of(line, date(2026, 11, 10), date(2026, 11, 11), DEFAULTS) == []


def test_a_month_in_which_a_line_goes_live_is_not_promised_definitively() -> None:
    """It does not close by itself; its later hours have deadlines all the same."""
    promised = promised_of(replace(LINE, live_from=date(2026, 11, 10)), DAY, DEFAULTS)
    assert set(promised.definitive.tolist()) == {NEVER}
    assert NEVER not in promised.complete.tolist()


def test_each_gas_day_keeps_the_promises_of_its_own_terms() -> None:
    """From the 10th on five minutes, and months that nobody closes but people."""
    later = replace(TERMS, start=date(2026, 11, 10), thresholds=((PROMPT_MINUTES, 5.0), (CLOSE_WORKING_DAY, 0.0)))
    line = replace(LINE, terms=(TERMS, later))
    promised = promised_of(line, range(DAY.start - 1, DAY.start + 1), DEFAULTS)
    assert promised.prompt.tolist() == [_ms("2026-11-10T05:15Z"), _ms("2026-11-10T06:05Z")]
    assert promises_of(line, date(2026, 11, 1), date(2026, 12, 1), DEFAULTS) == [
        TermsPromised(date(2026, 11, 1), 15, 4.0, 5),
        TermsPromised(date(2026, 11, 10), 5, 4.0, None),
    ]


def test_two_months_are_promised_each_by_its_own_day() -> None:
    """October by the end of Friday 6 November, the fifth working day; the first hours of November a month later."""
    edge = gas_time.hours_of_day(date(2026, 11, 1)).start
    promised = promised_of(LINE, range(edge - 1, edge + 1), DEFAULTS)
    assert promised.definitive.tolist() == [_ms("2026-11-07T05:00Z"), _ms("2026-12-08T05:00Z")]


def test_terms_that_promise_the_same_are_told_once() -> None:
    """Another name promises nothing else; what begins behind the period is not told."""
    renamed = replace(TERMS, start=date(2026, 5, 1), name="B")
    faster = replace(TERMS, start=date(2026, 12, 1), thresholds=(("B2.teletransmitted_h", 2.0),))
    line = replace(LINE, terms=(TERMS, renamed, faster))
    whole = [TermsPromised(date(2026, 3, 1), 15, 4.0, 5)]
    assert promises_of(line, date(2026, 1, 1), date(2026, 12, 1), DEFAULTS) == whole
    last = TermsPromised(date(2026, 12, 1), 15, 2.0, 5)
    assert promises_of(line, date(2026, 1, 1), date(2026, 12, 2), DEFAULTS) == [*whole, last]


def test_after_its_end_a_line_promises_nothing() -> None:
    """The last hours before it are promised as all others."""
    line = replace(LINE, end=date(2026, 11, 11))
    assert NEVER not in promised_of(line, DAY, DEFAULTS).complete.tolist()
    assert promises_of(line, date(2026, 11, 11), date(2026, 11, 12), DEFAULTS) == []
