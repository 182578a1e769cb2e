"""Which findings are asked for, and which of them somebody sees: what the store is asked says both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.query.asked.paging import Document
from services.query.explained.finding_hours import open_hours
from shared.access.caller import Caller
from shared.access.days import ALWAYS, Days
from shared.access.periods import hours_of_runs
from shared.domain import gas_time
from shared.store import forms
from shared.store.readable_gas import Gas, days_of_gas


@dataclass(frozen=True, slots=True)
class FindingsAsked:
    """Which findings; empty: any. Of gas days `first` to `end` (exclusive) are those that concern an hour of them."""

    line: str = ""
    first: date | None = None
    end: date | None = None
    rule: str = ""
    severity: str = ""
    state: str = ""
    chromatograph: str = ""

    @property
    def named(self) -> Document:
        """What the store is asked beside the gas days."""
        named = {name: getattr(self, name) for name in ("line", "chromatograph", "rule", "severity", "state")}
        return {name: value for name, value in named.items() if value}

    @property
    def days(self) -> Days:
        """The gas days of the hours that findings shall concern."""
        return Days.of([(self.first or date.min, self.end or date.max)])


def condition_of(asked: FindingsAsked) -> Document:
    """Return what the store is asked, whoever asks."""
    condition = asked.named
    bounds = (("$gte", asked.first), ("$lt", asked.end))
    within = {sign: gas_time.hours_of_day(day).start for sign, day in bounds if day is not None}
    return {**condition, "hours": {"$elemMatch": within}} if within else condition


@dataclass(frozen=True, slots=True)
class FindingsSight:
    """Which findings somebody sees: of the hours of his lines, and of chromatographs that serve them (None: of all).

    The store is asked for them alone, so that no page is shorter, and no cursor another, for what is not shown.
    """

    caller: Caller
    gas: Gas | None

    def condition(self, asked: FindingsAsked) -> Document:
        """Return what the store is asked for this reader."""
        wanted = [*self._of_lines(asked), *self._of_gas(asked)]
        return {**asked.named, "$or": wanted} if wanted else {"_id": {"$in": []}}

    def shown(self, document: Document) -> Document:
        """Return a finding with those of its hours alone that this reader may read."""
        name = document.get("chromatograph")
        days = self.caller.rights.line(document["line"]) if name is None else days_of_gas(self.gas, name)
        hours = document["hours"]
        kept = [place for place, hour in enumerate(hours) if days == ALWAYS or gas_time.gas_day(hour) in days]
        return document if len(kept) == len(hours) else _cut(document, kept)

    def _of_lines(self, asked: FindingsAsked) -> Iterator[Document]:
        lines = [asked.line] if asked.line else self.caller.rights.known_lines or ()
        return _alternatives("line", {line: self.caller.rights.line(line) for line in lines}, asked.days)

    def _of_gas(self, asked: FindingsAsked) -> Iterator[Document]:
        if self.gas is None:
            every: Document = {"chromatograph": {"$exists": True}}
            return iter([{**every, **hours} for hours in _hours_conditions(asked.days)])
        return _alternatives("chromatograph", self.gas, asked.days)


def _alternatives(field: str, days_of: Mapping[str, Days], asked: Days) -> Iterator[Document]:
    """Give the conditions of findings of lines or chromatographs, those with the same gas days in one."""
    together: dict[Days, list[str]] = defaultdict(list)
    for name, days in days_of.items():
        together[days.within(asked)].append(name)
    for days, names in together.items():
        for hours in _hours_conditions(days):
            yield {field: {"$in": names}, **hours}


def _hours_conditions(days: Days) -> list[Document]:
    if days == ALWAYS:
        return [{}]
    return [{"hours": {"$elemMatch": {"$gte": run.start, "$lt": run.stop}}} for run in hours_of_runs(days)]


def _cut(document: Document, kept: list[int]) -> Document:
    """Return a finding as if it had some of its hours alone."""
    hours = [document["hours"][place] for place in kept]
    numbers = {name: [document[name][place] for place in kept] for name in ("observed", "threshold")}
    left = [hour for hour in open_hours(document) if hour in hours]
    state = {} if "open" not in document else {"open": left, "state": "open" if left else "settled"}
    packed = document.get("rows")
    rows = {"rows": forms.hours(packed, len(document["hours"]))[kept].tobytes()} if packed else {}
    return {**document, **numbers, **state, **rows, "hours": hours}
