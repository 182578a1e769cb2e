"""Where the links of a page over a question lead: other views and units, neighbouring periods, named ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from services.query.pages import periods
from services.query.pages.page_rows import MEASURES
from services.query.pages.plot import asked
from shared.access.days import Days
from shared.access.periods import fitted
from shared.domain import gas_time
from shared.domain.period import REFERENCE, Question, View
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.quantities import EnergyUnit
from shared.domain.view import ended_before


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link of the page leads, and what it is called."""

    key: str
    href: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Moves:
    """The links of a page over a question; `references` are none where no gas could be converted."""

    views: list[Address]
    units: list[Address]
    references: list[Address]
    measures: list[Address]
    shortcuts: list[Address]
    previous: str | None
    following: str | None


def moves_of(question: Question, shown: str, today: date, *, has_gas: bool) -> Moves:
    """Return where one can go from a question; `shown` is the measure on the chart, which stays."""
    before, after = periods.moved(question, -1), periods.moved(question, 1)
    return Moves(
        views=[_address(v, periods.in_view(question, v, today), shown, here=v is question.view) for v in View],
        units=[_unit(unit, question, shown) for unit in EnergyUnit],
        references=_references(question, shown) if has_gas or question.reference != REFERENCE else [],
        measures=[_address(name, question, name, here=name == shown) for name in MEASURES],
        shortcuts=[_shortcut(shortcut, question, shown) for shortcut in periods.shortcuts(question, today)],
        previous=None if before is None else _address("", before, shown).href,
        following=None if after is None else _address("", after, shown).href,
    )


def opening_question(opened: Question, now: datetime, days: Days, *, has_period: bool) -> Question:
    """Return the asked period, or the one that a page opens with: the gas day of the hour that ended last.

    `days` are those that may be read: a period that was not asked for lies within them.
    """
    if has_period:
        return opened
    return fitted(periods.default_period(opened, gas_time.gas_day(ended_before(now) - 1)), {}, days)


def _address(key: str, question: Question, shown: str, *, here: bool = False) -> Address:
    return Address(key, f"?{asked(question)}&show={shown}", here)


def _unit(unit: EnergyUnit, question: Question, shown: str) -> Address:
    return _address(unit, replace(question, unit=unit), shown, here=unit == question.unit)


def _references(question: Question, shown: str) -> list[Address]:
    """Return the references of calorific values that the page can be shown at: the gas is known."""
    asked_at = ((one, replace(question, reference=one)) for one in REFERENCES)
    return [_address(name, one, shown, here=one == question) for name, one in asked_at]


def _shortcut(shortcut: periods.Shortcut, question: Question, shown: str) -> Address:
    return _address(shortcut.key, shortcut.question, shown, here=shortcut.question == question)
