"""Periods as people move through them on a page: previous and next, today, last month; and what they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.query.pages.languages import Language
from shared.domain import gas_time
from shared.domain.period import MAX_GAS_DAYS, Question, View

_ONE_DAY = timedelta(days=1)
_MONTHS_SHOWN = 12
_TO = " \N{EN DASH} "


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A period with a name, in the language of the template: its key there."""

    key: str
    question: Question


def default_period(asked: Question, today: date) -> Question:
    """Return the period that a view opens with: the running gas day, the running month, the last twelve months."""
    month = _month_first(today, 0)
    match asked.view:
        case View.HOUR:
            return replace(asked, first=today, end=today + _ONE_DAY)
        case View.DAY:
            return replace(asked, first=month, end=_month_first(month, 1))
        case View.MONTH:
            return replace(asked, first=_month_first(month, 1 - _MONTHS_SHOWN), end=_month_first(month, 1))


def in_view(asked: Question, view: View, today: date) -> Question:
    """Return the same time in another view: its last day as hours, its last month as days, the year up to it."""
    last = min(asked.end - _ONE_DAY, max(today, asked.first))
    return default_period(replace(asked, view=view), last)


def moved(asked: Question, direction: int) -> Question | None:
    """Return the period before (-1) or after (1), as long as this one; None outside the known years."""
    if asked.first.day == 1 and asked.end.day == 1:
        months = direction * ((asked.end.year - asked.first.year) * 12 + asked.end.month - asked.first.month)
        first, end = _month_first(asked.first, months), _month_first(asked.end, months)
    else:
        first, end = (day + direction * (asked.end - asked.first) for day in (asked.first, asked.end))
    known = first >= gas_time.FIRST_DAY and end <= gas_time.LAST_DAY
    return replace(asked, first=first, end=end) if known else None


def shortcuts(asked: Question, today: date) -> list[Shortcut]:
    """Return the named periods of a view."""
    month, tomorrow = _month_first(today, 0), today + _ONE_DAY
    spans: dict[str, tuple[date, date]] = {
        "this_month": (month, _month_first(month, 1)),
        "last_month": (_month_first(month, -1), month),
    }
    match asked.view:
        case View.HOUR:
            spans = {
                "today": (today, tomorrow),
                "yesterday": (today - _ONE_DAY, today),
                "seven_days": (today - 6 * _ONE_DAY, tomorrow),
                **spans,
            }
        case View.DAY:
            spans["twelve_months"] = (_month_first(month, 1 - _MONTHS_SHOWN), _month_first(month, 1))
        case View.MONTH:
            spans = {
                "this_year": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
                "last_year": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
                "three_years": (_month_first(month, -3 * _MONTHS_SHOWN), _month_first(month, 1)),
            }
    named = (Shortcut(key, replace(asked, first=first, end=end)) for key, (first, end) in spans.items())
    return [shortcut for shortcut in named if (shortcut.question.end - shortcut.question.first).days <= MAX_GAS_DAYS]


def title(asked: Question, language: Language) -> str:
    """Return what a period is called: a gas day, a month, a year, or its first and last day."""
    first, last = asked.first, asked.end - _ONE_DAY
    if first == last:
        return language.day(first)
    if first.day == 1 and asked.end.day == 1:
        if asked.end == _month_first(first, 1):
            return language.date(first, "yMMMM")
        if first.month == 1 and asked.end == date(first.year + 1, 1, 1):
            return f"{first:%Y}"
        return f"{language.date(first, 'yMMMM')}{_TO}{language.date(last, 'yMMMM')}"
    return f"{language.date(first, 'yMMMd')}{_TO}{language.date(last, 'yMMMd')}"


def _month_first(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
