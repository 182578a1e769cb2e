"""What a reader asks for: which view, which period, in which unit; and why a question cannot be answered.

`from` is inclusive and `to` exclusive: gas days, or gas months in the month view.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from shared.domain import gas_time
from shared.domain.physics.iso6976 import BELGIAN, REFERENCES
from shared.domain.quantities import EnergyUnit
from shared.domain.topology import Issue

MAX_GAS_DAYS = 1_200
"""Three years, the current month and a quarter to spare: 1,096 + 31 + 73."""
REFERENCE = BELGIAN
"""Combustion reference 25 °C, volume reference 0 °C: how Belgium states calorific values."""
_Kind = TypeVar("_Kind", bound=StrEnum)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class View(StrEnum):
    """How fine the rows are."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Question:
    """A period of gas days (`first` inclusive, `end` exclusive; whole months in the month view), view and unit."""

    view: View
    first: date
    end: date
    unit: EnergyUnit = EnergyUnit.KWH
    reference: str = REFERENCE

    @property
    def shown_from(self) -> str:
        """The period's begin as asked: a gas day, or a gas month in the month view."""
        return gas_time.month_of(self.first) if self.view is View.MONTH else self.first.isoformat()

    @property
    def shown_to(self) -> str:
        """The period's end as asked."""
        return gas_time.month_of(self.end) if self.view is View.MONTH else self.end.isoformat()

    @property
    def hours(self) -> range:
        """All gas hours of the period."""
        last = self.end - timedelta(days=1)
        return range(gas_time.hours_of_day(self.first).start, gas_time.hours_of_day(last).stop)

    @property
    def months(self) -> list[str]:
        """The gas months that the period touches."""
        return gas_time.months_between(self.first, self.end - timedelta(days=1))


def question_of(asked: Mapping[str, str], today: date) -> Question | tuple[Issue, ...]:
    """Read a question from its parameters, or say all that is wrong with them.

    Args:
        asked: view, from, to, unit and reference as written; each may be absent or empty.
        today: The gas day that is running: without a period, the running month (month view: the last twelve).
    """
    given = {name: text for name, text in asked.items() if text}
    issues: list[Issue] = []
    view = _one_of(View, given.get("view", View.HOUR), "view", issues)
    unit = _one_of(EnergyUnit, given.get("unit", EnergyUnit.KWH), "unit", issues)
    reference = given.get("reference", REFERENCE)
    if reference not in REFERENCES:
        text = f"{reference[:40]!r} is not offered: choose {', '.join(REFERENCES)}"
        issues.append(Issue("REFERENCE", "reference", text))
    first, end = _bound(given, "from", view, issues), _bound(given, "to", view, issues)
    if not issues:
        first, end = _completed(view or View.HOUR, first, end, today)
        issues += _period_issues(first, end)
    if issues or view is None or unit is None or first is None or end is None:
        return tuple(issues)
    return Question(view, first, end, unit, reference)


def day_of(text: str) -> date | None:
    """Return the gas day that a text names, or None; only 2026-11-23 is a gas day."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if gas_time.FIRST_DAY <= day <= gas_time.LAST_DAY else None


def moment_ms_of(text: str, position: str = "known_at") -> int | Issue:
    """Return the moment that a parameter names, in ms since 1970, or what is wrong with it."""
    # Overflow: its offset puts it before the year 1, or after 9999.
    with suppress(ValueError, OverflowError):
        # A plus sign that was not escaped in the address arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is not None:
            return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return Issue(position.upper(), position, f"write {position} as 2026-11-23T11:02:10Z, with an offset or Z")


def month_first_day(text: str) -> date | None:
    """Return the first gas day of the gas month that a text names, or None; only 2026-11 is a gas month."""
    try:
        day = gas_time.first_day_of_month(text)
    except ValueError:
        return None
    return day if gas_time.FIRST_DAY <= day <= gas_time.LAST_DAY else None


def _one_of(kind: type[_Kind], text: str, position: str, issues: list[Issue]) -> _Kind | None:
    try:
        return kind(text)
    except ValueError:
        offered = ", ".join(kind)
        issues.append(Issue(position.upper(), position, f"{text[:40]!r} is not offered: choose {offered}"))
        return None


def _bound(given: Mapping[str, str], position: str, view: View | None, issues: list[Issue]) -> date | None:
    text = given.get(position)
    if text is None or view is None:
        return None
    day, shape = (month_first_day(text), "2026-11") if view is View.MONTH else (day_of(text), "2026-11-23")
    if day is None:
        issues.append(Issue("DATE", position, f"{text[:40]!r}: in the {view} view write it as {shape}, 1990 to 2099"))
    return day


def _completed(view: View, first: date | None, end: date | None, today: date) -> tuple[date, date]:
    """Return the period with what was left open: to the end of the running month, from the begin of `to`'s month."""
    month_start = today.replace(day=1)
    next_start = gas_time.first_day_of_month(gas_time.next_month(gas_time.month_of(today)))
    if view is View.MONTH:
        month_start = next_start.replace(year=next_start.year - 1)
    if first is None:
        first = month_start if end is None or end > month_start else (end - timedelta(days=1)).replace(day=1)
    return first, end if end is not None else max(next_start, first + timedelta(days=1))


def _period_issues(first: date, end: date) -> list[Issue]:
    if end <= first:
        return [Issue("PERIOD_BACKWARDS", "to", f"to ({end}) must lie after from ({first}): it is exclusive")]
    days = (end - first).days
    if days > MAX_GAS_DAYS:
        text = f"{days} gas days are more than {MAX_GAS_DAYS}: ask for a shorter period"
        return [Issue("PERIOD_TOO_LONG", "to", text)]
    return []
