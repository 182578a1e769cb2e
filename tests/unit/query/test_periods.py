"""Moving through periods on a page."""

from __future__ import annotations

from datetime import date

import pytest

from services.query.pages.languages import language
from services.query.pages.periods import default_period, in_view, moved, shortcuts, title
from shared.domain.period import MAX_GAS_DAYS, Question, View

TODAY = date(2026, 11, 23)


def asked(view: View, first: date, end: date) -> Question:
    """Return a question."""
    return Question(view, first, end)


@pytest.mark.parametrize(
    ("first", "end", "before", "after"),
    [
        (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 22), date(2026, 11, 24)),
        (date(2026, 11, 1), date(2026, 12, 1), date(2026, 10, 1), date(2026, 12, 1)),
        (date(2025, 12, 1), date(2026, 12, 1), date(2024, 12, 1), date(2026, 12, 1)),
        (date(2026, 11, 17), date(2026, 11, 24), date(2026, 11, 10), date(2026, 11, 24)),
    ],
)
def test_arrows_move_by_the_period(first: date, end: date, before: date, after: date) -> None:
    """Whole months move by months, anything else by its number of gas days."""
    question = asked(View.DAY, first, end)
    earlier, later = moved(question, -1), moved(question, 1)
    assert earlier is not None
    assert later is not None
    assert (earlier.first, earlier.end, later.first) == (before, first, after)


def test_arrows_end_with_the_known_years() -> None:
    """There is nothing before 1990 and after 2099."""
    assert moved(asked(View.DAY, date(1990, 1, 1), date(1990, 2, 1)), -1) is None
    assert moved(asked(View.DAY, date(2099, 12, 30), date(2099, 12, 31)), 1) is None


def test_another_view_shows_the_same_time() -> None:
    """From a month of days to its last day, but never beyond today; from a day to its month and year."""
    november = asked(View.DAY, date(2026, 11, 1), date(2026, 12, 1))
    assert in_view(november, View.HOUR, TODAY).first == TODAY
    may = asked(View.DAY, date(2026, 5, 1), date(2026, 6, 1))
    assert in_view(may, View.HOUR, TODAY).first == date(2026, 5, 31)
    day = asked(View.HOUR, date(2026, 5, 7), date(2026, 5, 8))
    assert in_view(day, View.DAY, TODAY) == may
    assert in_view(day, View.MONTH, TODAY) == asked(View.MONTH, date(2025, 6, 1), date(2026, 6, 1))


@pytest.mark.parametrize("view", list(View))
def test_named_periods_can_be_asked(view: View) -> None:
    """Each shortcut leads to a period that is answered."""
    named = shortcuts(default_period(asked(view, TODAY, TODAY), TODAY), TODAY)
    assert len(named) >= 3
    assert all(0 < (one.question.end - one.question.first).days <= MAX_GAS_DAYS for one in named)


@pytest.mark.parametrize(
    ("first", "end", "words"),
    [
        (date(2026, 10, 24), date(2026, 10, 25), "Saturday 24 October 2026"),
        (date(2026, 10, 1), date(2026, 11, 1), "October 2026"),
        (date(2026, 1, 1), date(2027, 1, 1), "2026"),
        (date(2025, 12, 1), date(2026, 12, 1), "December 2025 \N{EN DASH} November 2026"),
        (date(2026, 11, 17), date(2026, 11, 24), "17 Nov 2026 \N{EN DASH} 23 Nov 2026"),
    ],
)
def test_what_a_period_is_called(first: date, end: date, words: str) -> None:
    """A gas day, a month, a year, or the first and the last day."""
    assert title(asked(View.DAY, first, end), language("en")) == words
