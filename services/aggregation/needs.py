"""What must be at hand before a batch is decided: which months, which gas days, and which spans of hours as context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from services.aggregation.batch import Batch, Step
from services.aggregation.deciding import DEFAULTS, Registered
from services.aggregation.places import Places
from services.aggregation.table import DayKey, MonthKey
from shared.domain import gas_time
from shared.domain.deadlines import closing_months, due_days
from shared.domain.line_context import AROUND_HOURS, BEFORE_HOURS
from shared.events import decision
from shared.events.decision import DecisionText
from shared.events.line_log import DecisionAsked, Tick, TopologyAsked

REESTIMATED_DAYS = 7
"""How far back hours that were estimated before belong to a gap that goes on: a week, longer outages are a new gap."""
_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Needs:
    """What a batch asks for.

    `hours`: first and last hour of each line that changes or may change; `days`: gas days that may change; `beside`:
    those before and after, in which rules may find something if there is something; `due`: gas days whose deadline
    passes; `months`: those that somebody or a deadline closes or opens; `gas`: gas days of chromatographs; `carrying`:
    lines that are given gas.
    """

    hours: dict[str, tuple[int, int]] = field(default_factory=dict)
    days: dict[DayKey, None] = field(default_factory=dict)
    beside: dict[DayKey, None] = field(default_factory=dict)
    due: list[DayKey] = field(default_factory=list)
    months: list[MonthKey] = field(default_factory=list)
    gas: dict[DayKey, None] = field(default_factory=dict)
    carrying: set[str] = field(default_factory=set)

    def add(self, line: str, first: int, last: int) -> None:
        """Ask for the hours `first` to `last` of a line, and the gas days before, of and after them."""
        low, high = self.hours.get(line, (first, last))
        self.hours[line] = min(low, first), max(high, last)
        for day in gas_time.days_between(gas_time.gas_day(first) - _ONE_DAY, gas_time.gas_day(last) + _ONE_DAY):
            self.days[line, day] = None

    def add_checks(self, checks: Iterable[tuple[str, str]]) -> None:
        """Ask for the same hours of lines that check these, and of those that these check: they are judged together."""
        for line, check in checks:
            for one, other in ((line, check), (check, line)):
                if one in self.hours:
                    self.add(other, *self.hours[one])


def needs_of(
    batch: Batch, places: Places, register: Registered, registers: Mapping[int, Registered], until_ms: int
) -> Needs:
    """Say what a batch asks for, whatever becomes of it."""
    needs = Needs()
    _candidates(needs, batch, places)
    for step in batch.steps:
        match step.asked:
            case TopologyAsked(offset):
                register = registers[offset]
            case Tick(until):
                _deadlines(needs, register, until_ms, until)
                until_ms = until
            case DecisionAsked():
                _decision(needs, step)
    return needs


def _candidates(needs: Needs, batch: Batch, places: Places) -> None:
    living = np.setdiff1d(np.arange(len(batch.candidates)), list(batch.rejected))
    line, hour = batch.line[living], batch.hour[living]
    first, last = np.full(len(batch.lines), np.iinfo(np.int64).max), np.full(len(batch.lines), -1)
    np.minimum.at(first, line, hour)
    np.maximum.at(last, line, hour)
    for number in np.unique(line).tolist():
        needs.hours[batch.lines[number]] = int(first[number]), int(last[number])
    for place in np.unique(places.day[living]).tolist():
        name, day = places.keys[place]
        needs.beside[name, day - _ONE_DAY] = needs.beside[name, day + _ONE_DAY] = None


def _deadlines(needs: Needs, register: Registered, after_ms: int, until_ms: int) -> None:
    for line in register.lines:
        needs.due += [(line.id, day) for day in due_days(line, after_ms, until_ms, DEFAULTS)]
        needs.months += [(line.id, month) for month in closing_months(line, after_ms, until_ms, DEFAULTS)]


def _decision(needs: Needs, step: Step) -> None:
    assert isinstance(step.asked, DecisionAsked)  # noqa: S101 - the caller matched it
    text = decision.parsed(step.asked.document)
    if not isinstance(text, DecisionText):
        return
    decided = text.decision()
    if decided.month:
        needs.months.append((decided.line, decided.month))
    elif decided.hours:
        needs.add(decided.line, decided.hours[0], decided.hours[-1])
        for hour in decided.hours:
            needs.months.append((decided.line, gas_time.month_of(gas_time.gas_day(hour))))


def add_holes(needs: Needs, holes: Iterable[DayKey]) -> None:
    """Ask for what estimating the missing hours of overdue gas days looks at."""
    for line, day in holes:
        first = gas_time.hours_of_day(day - REESTIMATED_DAYS * _ONE_DAY).start
        needs.add(line, first, gas_time.hours_of_day(day + _ONE_DAY).stop - 1)


def spans_of(needs: Needs) -> dict[str, tuple[int, int]]:
    """Return first and end hour of the context of each line."""
    return {line: (first - BEFORE_HOURS, last + AROUND_HOURS + 1) for line, (first, last) in needs.hours.items()}
