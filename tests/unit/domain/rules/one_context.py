"""Hours of one or two lines from plain numbers, to be judged in context: the tests of those rules begin here.

Numbers are scaled as they rest (thousandths of m³(n), millionths of kWh/m³(n) ...); None is a value that is not there,
and an hour without any value is not known at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.line_context import Contexts, context_of
from shared.domain.line_terms import TermsTable
from shared.domain.quantities import ABSENT
from shared.domain.reading import MEASURES, Quality, Validity
from shared.domain.register import Register
from shared.domain.revision import HOUR
from shared.domain.rules.catalogue import IN_CONTEXT
from shared.domain.rules.context_evidence import ContextEvidence
from shared.domain.rules.context_judging import JudgedInContext, judge_in_context
from shared.domain.rules.rule import Rule, Severity
from shared.domain.topology import Line, Station, Terms

FIRST_DAY, DAY = date(2019, 1, 1), date(2026, 1, 12)
FIRST = gas_time.hours_of_day(DAY).start
"""The first hour of an ordinary gas day: hour 0 of what tests tell."""
STATION = Station("BE-0042", "Ghent")
TERMS = Terms(FIRST_DAY, "A", capacity_m3n_per_h=1_000)
LINE = Line("BE-0042-A", STATION.id, (TERMS,))
CHECK_LINE = Line("BE-0042-B", STATION.id, (replace(TERMS, name="B"),))
WEEKS = 28 * 24
"""Hours of the four weeks that rules look back to, where no clock is switched."""

Told = Mapping[str, Sequence[int | None]]
"""Columns of HOUR by name, one value an hour; all of one length."""
At = tuple[str, int]
"""A line and an hour number."""


class Found(NamedTuple):
    """What was found of an hour, which counts from FIRST."""

    hour: int
    rule: str
    severity: Severity
    observed: float
    threshold: float


def line_with(**terms: object) -> Line:
    """Return the line under other terms."""
    changed: Terms = replace(TERMS, **terms)  # type: ignore[arg-type]  # each test names real fields of Terms
    return replace(LINE, terms=(changed,))


def rule_of(code: str) -> Rule[ContextEvidence]:
    """Return a rule in context by its id."""
    return next(rule for rule in IN_CONTEXT if rule.card.id == code)


def daily(values: Sequence[int | None]) -> list[int | None]:
    """Return hours of which only the first of each 24 is known."""
    return [value for each in values for value in (each, *[None] * 23)][: 24 * len(values) - 23]


def hours_of(told: Told) -> NDArray[np.void]:
    """Return the hours as they rest: measured, revision 1, where any value is there or a quality is told."""
    count = len(next(iter(told.values())))
    rows = np.zeros(count, HOUR)
    rows["quality"], rows["validity"] = Quality.MEASURED, Validity.PRELIMINARY
    for name in MEASURES:
        rows[name] = [ABSENT if value is None else value for value in told.get(name, [None] * count)]
    for name in ("quality", "provenance", "meter", "found"):
        if name in told:
            rows[name] = told[name]
    has_value = np.any([rows[name] != ABSENT for name in MEASURES], axis=0)
    rows["revision"] = has_value | ("quality" in told)
    return rows


def contexts_of(told: Mapping[str, Told], first: int = FIRST) -> Contexts:
    """Return the contexts of lines that all begin with the same hour."""
    return Contexts.of({line: (first, context_of(hours_of(each))) for line, each in told.items()})


def table_of(*lines: Line) -> TermsTable:
    """Return the table of a register with one station and some lines."""
    return TermsTable.of(Register({STATION.id: STATION}, {line.id: line for line in lines}))


def evidence_of(contexts: Contexts, table: TermsTable, judged: Sequence[At]) -> ContextEvidence:
    """Return hours of lines as they are judged, with what the register says of them."""
    names, by_number = list(contexts.numbers), list(table.numbers)
    line = np.array([contexts.numbers[name] for name, _ in judged], np.int64)
    hour = np.array([hour for _, hour in judged], np.int64)
    terms = table.lookup(names, line.astype(np.uint32), hour.astype(np.int32))
    named = [contexts.numbers.get(by_number[place], -1) if place >= 0 else -1 for place in terms["check"].tolist()]
    return ContextEvidence(contexts, line, hour, terms, np.array(named, np.int64))


def everything(contexts: Contexts) -> list[At]:
    """Return all hours of all lines in order."""
    spans = {line: contexts.span(line) for line in contexts.numbers}
    return [(line, first + place) for line, (first, rows) in spans.items() for place in range(len(rows))]


def judged(
    told: Told,
    *,
    rules: Sequence[Rule[ContextEvidence]] = IN_CONTEXT,
    line: Line = LINE,
    check: Told | None = None,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    first: int = FIRST,
    at: Sequence[int] | None = None,
) -> JudgedInContext:
    """Judge all hours of one line, or some (`at`), beside those of its check line where they are told."""
    contexts = contexts_of({line.id: told} | ({} if check is None else {CHECK_LINE.id: check}), first)
    hours = [(line.id, first + place) for place in (range(len(hours_of(told))) if at is None else at)]
    return judge_in_context(evidence_of(contexts, table_of(line, CHECK_LINE), hours), table_of(line), thresholds, rules)


def found(
    code: str,
    told: Told,
    *,
    line: Line = LINE,
    check: Told | None = None,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    first: int = FIRST,
    at: Sequence[int] | None = None,
) -> list[Found]:
    """Return what one rule finds when a line's hours are judged, or some of them (`at`), in order of the hours."""
    result = judged(told, rules=(rule_of(code),), line=line, check=check, thresholds=thresholds, first=first, at=at)
    assert not result.defects
    rows = np.sort(result.found, order="hour").tolist()
    return [Found(hour - first, code, Severity(severity), *numbers) for _, hour, _, severity, _, _, *numbers in rows]


def found_hours(code: str, told: Told, **given: object) -> list[int]:
    """Return the hours that one rule finds something of, in order."""
    return [each.hour for each in found(code, told, **given)]  # type: ignore[arg-type]  # as `found` takes them
