"""What is promised of a line's hours, and by when: known at once, complete, definitive.

Three promises, each with a setting of the line's terms; the defaults are our own [P]:

* *At once*: a teletransmitted hour is known `prompt.minutes` after its end. A line by file promises no such thing.
* *Complete*: an hour has come by the deadline of rule B2, hours after the end of its gas day. At that deadline, and not
  before, a hole is estimated.
* *Definitive*: the hours of a gas month by the end of the working day on whose begin the month closes by itself.

Promises begin with the gas day from which a line is live; earlier hours were delivered when they were delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.deadlines import (
    CLOSE_WORKING_DAY,
    HOUR_MS,
    closing_of_line_ms,
    delay_h,
    setting,
    spans_of,
)
from shared.domain.topology import Line, Terms

MINUTE_MS = 60_000
NEVER = int(np.iinfo(np.int64).max)
"""Of a promise that is not given: a moment that does not come."""
PROMPT_MINUTES = "prompt.minutes"
MOST_PROMPT_MINUTES = 1_440
"""A day: who promises less promises the gas day."""
PROMPT_SETTINGS = {PROMPT_MINUTES: 15.0}
"""Minutes after its end within which a teletransmitted hour shall be known [P]."""
Moments = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Promised:
    """By when each of some hours is promised, ms since 1970; NEVER where it is not.

    Attributes:
        prompt: A teletransmitted hour known at once.
        complete: The hour there, before it would be estimated.
        definitive: Its month closed.
    """

    prompt: Moments
    complete: Moments
    definitive: Moments

    def within(self, own: range, hours: range) -> Promised:
        """Return the promises of those of its hours (`own`) that lie in a range."""
        begin = max(hours.start, own.start)
        kept = slice(begin - own.start, max(begin, min(hours.stop, own.stop)) - own.start)
        return Promised(self.prompt[kept], self.complete[kept], self.definitive[kept])


@dataclass(frozen=True, slots=True)
class TermsPromised:
    """What a line's terms promise from a gas day on; None: nothing of the kind."""

    start: date
    prompt_minutes: int | None
    complete_h: float
    definitive_working_day: int | None


def promised_of(line: Line, hours: range, defaults: Mapping[str, float]) -> Promised:
    """Return by when each hour of a range is promised, by the terms as they are known now.

    Args:
        line: The line; before its live_from, and without one, nothing is promised.
        hours: Gas hours in which it is active.
        defaults: All settings with their defaults by name.
    """
    numbers = np.arange(hours.start, hours.stop, dtype=np.int64)
    days = gas_time.days_and_indexes(numbers)[0].astype(np.int64)
    prompt, complete = np.full(len(numbers), NEVER), np.full(len(numbers), NEVER)
    for terms, first, end in _live_spans(line):
        here = (days >= gas_time.day_number(first)) & (days < gas_time.day_number(end))
        complete[here] = gas_time.first_hours(days[here] + 1) * HOUR_MS + int(delay_h(terms, defaults) * HOUR_MS)
        minutes = _prompt_minutes(terms, defaults)
        if minutes is not None:
            prompt[here] = (numbers[here] + 1) * HOUR_MS + minutes * MINUTE_MS
    return Promised(prompt, complete, _definitive(line, hours, defaults))


def promises_of(line: Line, first: date, end: date, defaults: Mapping[str, float]) -> list[TermsPromised]:
    """Return what a line promises on gas days `first` to `end` (exclusive), in order; what stays the same once."""
    told: list[TermsPromised] = []
    for terms, begin, stop in _live_spans(line):
        start = max(begin, first)
        if start >= min(stop, end):
            continue
        working_day = int(setting(terms, CLOSE_WORKING_DAY, defaults))
        one = (_prompt_minutes(terms, defaults), delay_h(terms, defaults), working_day or None)
        if not told or (told[-1].prompt_minutes, told[-1].complete_h, told[-1].definitive_working_day) != one:
            told.append(TermsPromised(start, *one))
    return told


def _live_spans(line: Line) -> list[tuple[Terms, date, date]]:
    """Return each of a line's terms with the gas days on which they promise something."""
    if line.live_from is None:
        return []
    begin = max(line.live_from, line.first_day)
    return [(terms, max(first, begin), end) for terms, first, end in spans_of(line) if end > begin]


def _prompt_minutes(terms: Terms, defaults: Mapping[str, float]) -> int | None:
    return int(setting(terms, PROMPT_MINUTES, defaults)) if terms.teletransmitted else None


def _definitive(line: Line, hours: range, defaults: Mapping[str, float]) -> Moments:
    moments = np.full(len(hours), NEVER)
    for month in gas_time.months_of(hours):
        closing_ms = closing_of_line_ms(line, month, defaults)
        if closing_ms is not None:
            whole = gas_time.hours_of_month(month)
            here = slice(max(whole.start - hours.start, 0), max(whole.stop - hours.start, 0))
            moments[here] = gas_time.hours_of_day(gas_time.gas_day(closing_ms // HOUR_MS)).stop * HOUR_MS
    return moments
