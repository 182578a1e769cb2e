"""Deadlines: when the hours of a gas day are overdue, and when a gas month closes by itself.

Time is what ticks of the line log say, never a clock. A deadline passes with the tick that carries it past; an outage
of ours invents no missing hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from shared.domain import gas_time
from shared.domain.topology import Line, Terms
from shared.domain.working_days import nth_working_day

HOUR_MS = 3_600_000
MISSING_RULE = "B2"
"""The rule that an overdue hour fails."""
LATEST_WORKING_DAY = 15
"""Every month has more working days than that."""
MOST_DAYS = 62
"""A tick looks back two months at most: what is missing for longer is listed when its month is to be closed."""
CLOSE_WORKING_DAY = "close.working_day"
CLOSING_SETTINGS = {CLOSE_WORKING_DAY: 5.0}
"""Working day of the next month on which a month closes by itself, at the begin of its gas day; 0: never [P]."""


def due_days(line: Line, after_ms: int, until_ms: int, defaults: Mapping[str, float]) -> list[date]:
    """Return the gas days of a line whose deadline (rule B2) lies after one moment and not after another.

    Args:
        line: The line; before its live_from, and without one, there are no deadlines.
        after_ms: Ms since 1970: these deadlines have passed before.
        until_ms: Ms since 1970.
        defaults: All settings with their defaults by name.
    """
    if line.live_from is None:
        return []
    days = []
    for terms, first, end in spans_of(line):
        delay_ms = int(delay_h(terms, defaults) * HOUR_MS)
        oldest = _day_ended_by(until_ms - delay_ms) - timedelta(days=MOST_DAYS)
        day = max(first, line.first_day, line.live_from, _day_ended_by(after_ms - delay_ms), oldest)
        while day < end and (deadline := _end_ms(day) + delay_ms) <= until_ms:
            if deadline > after_ms:
                days.append(day)
            day += timedelta(days=1)
    return days


def closing_months(line: Line, after_ms: int, until_ms: int, defaults: Mapping[str, float]) -> list[str]:
    """Return the gas months of a line that close by themselves after one moment and not after another.

    Only months all of whose hours have had deadlines: those from the line's live_from on.
    """
    if line.live_from is None or _day_ended_by(after_ms) == _day_ended_by(until_ms):
        return []  # months close at the begin of a gas day
    months = []
    first = max(gas_time.FIRST_DAY, line.live_from, _day_ended_by(after_ms) - timedelta(days=62))
    for month in gas_time.months_between(first.replace(day=1), _day_ended_by(until_ms)):
        moment = closing_of_line_ms(line, month, defaults)
        if moment is not None and after_ms < moment <= until_ms:
            months.append(month)
    return months


def closing_of_line_ms(line: Line, month: str, defaults: Mapping[str, float]) -> int | None:
    """Return when a gas month of a line closes by itself, ms since 1970; None: never.

    Never a month of which some hour has no deadline, because the line was not live yet, and one without the line.
    """
    begin = max(gas_time.first_day_of_month(month), line.first_day)
    terms = line.terms_on(begin)
    if terms is None or line.live_from is None or line.live_from > begin or gas_time.month_of(begin) != month:
        return None
    return closing_ms(month, int(setting(terms, CLOSE_WORKING_DAY, defaults)))


def closing_ms(month: str, working_day: int) -> int | None:
    """Return when a month closes by itself: the begin of a working day's gas day of the month after; None: never.

    Never for 0, and for a working day that not every month has.
    """
    if not 1 <= working_day <= LATEST_WORKING_DAY:
        return None
    day = nth_working_day(gas_time.next_month(month), working_day)
    return gas_time.hours_of_day(day).start * HOUR_MS


def open_from(moment_ms: int) -> date:
    """Return the first gas day of the oldest month whose deadline, without a setting of a line, has not passed."""
    running = _day_ended_by(moment_ms).replace(day=1)
    before = gas_time.month_before(gas_time.month_of(running))
    moment = closing_ms(before, int(CLOSING_SETTINGS[CLOSE_WORKING_DAY]))
    return running if moment is None or moment <= moment_ms else gas_time.first_day_of_month(before)


def month_end_ms(month: str) -> int:
    """Return when the last hour of a gas month has ended, ms since 1970."""
    return gas_time.hours_of_month(month).stop * HOUR_MS


def delay_h(terms: Terms, defaults: Mapping[str, float]) -> float:
    """Return how many hours after the end of a gas day its hours are overdue."""
    return setting(terms, "B2.teletransmitted_h" if terms.teletransmitted else "B2.file_h", defaults)


def setting(terms: Terms, name: str, defaults: Mapping[str, float]) -> float:
    """Return what a line's terms set under a name, else the default."""
    return dict(terms.thresholds).get(name, defaults[name])


def spans_of(line: Line) -> list[tuple[Terms, date, date]]:
    """Return each of a line's terms with the gas days from which and to which (exclusive) they hold."""
    last = line.end or gas_time.LAST_DAY
    ends = [min(terms.start, last) for terms in line.terms[1:]] + [last]
    return [(terms, terms.start, end) for terms, end in zip(line.terms, ends, strict=True)]


def _day_ended_by(moment_ms: int) -> date:
    """Return the gas day that is running at a moment, or the first one that we know."""
    hour = moment_ms // HOUR_MS
    return gas_time.gas_day(hour) if gas_time.is_supported(hour) else gas_time.FIRST_DAY


def _end_ms(day: date) -> int:
    return gas_time.hours_of_day(day).stop * HOUR_MS
