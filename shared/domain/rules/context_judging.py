"""Judging in context: the rules that look back over the hours of a line, and which hours their findings concern.

A rule finds the same thing of an hour once a revision: a bit in the hour's context (`found`) remembers it. So what is
found does not depend on how often an hour is looked at. Where the rule, looking again, has nothing against the hour any
more (what it looks back on has changed), it passes and the bit goes; what keeps hours back stays until somebody
decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from shared.domain.line_context import PRESENT
from shared.domain.line_terms import TermsTable
from shared.domain.rules.catalogue import IN_CONTEXT
from shared.domain.rules.context_evidence import ContextEvidence, one_each
from shared.domain.rules.rule import Rule, Severity
from shared.domain.rules.settings import Settings

FOUND = np.dtype(
    [
        ("line", np.int64),  # number of the line in the contexts
        ("hour", np.int64),
        ("rule", np.uint16),  # place in IN_CONTEXT
        ("severity", np.uint8),
        ("defect", np.bool_),  # the rule raised: our fault
        ("passed", np.bool_),  # the rule has nothing against the hour
        ("observed", np.float64),
        ("threshold", np.float64),
    ]
)


@dataclass(frozen=True, slots=True)
class JudgedInContext:
    """What the rules in context find.

    `found` and `passed` (what was found before and no longer is) are FOUND rows, rule by rule; `defects` has the first
    error of each rule that raised, by id.
    """

    found: NDArray[np.void]
    passed: NDArray[np.void]
    defects: dict[str, Exception]


def judge_in_context(
    evidence: ContextEvidence,
    table: TermsTable,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    rules: Sequence[Rule[ContextEvidence]] = IN_CONTEXT,
) -> JudgedInContext:
    """Judge hours as they stand, and remember in their contexts what was found.

    Args:
        evidence: The hours; those without values are passed over.
        table: The register, for thresholds and severities of each line.
        thresholds: Settings of the whole installation by name; a line's own go first.
        rules: The rules, in the order of their bits.
    """
    present = evidence.is_present()
    if not present.all():
        evidence = evidence.only(np.flatnonzero(present))
    settings = Settings(thresholds, table, evidence.terms)
    defects: dict[str, Exception] = {}
    found, passed = [np.zeros(0, FOUND)], [np.zeros(0, FOUND)]
    for place, rule in enumerate(rules):
        given = evidence.under(settings.thresholds(rule))
        told = _applied(rule, given, settings, np.arange(len(given)), defects)
        if len(told):
            told["rule"] = place
            found.append(_new(told[~told["passed"]], place, evidence))
            passed.append(_gone(told[told["passed"]], place, evidence))
    return JudgedInContext(np.concatenate(found), np.concatenate(passed), defects)


def _applied(
    rule: Rule[ContextEvidence],
    evidence: ContextEvidence,
    settings: Settings,
    rows: NDArray[np.intp],
    defects: dict[str, Exception],
) -> NDArray[np.void]:
    """Return the hours that a rule's hits concern; where it raises, halve until only those stand apart it raises on."""
    try:
        with np.errstate(all="ignore"):
            return _concerned(rule, evidence, settings, rows)
    except Exception as error:  # noqa: BLE001 - whatever a defect raises, it must harm no other rule and no other hour
        if len(rows) > 1:
            halves = np.array_split(np.arange(len(rows)), 2)
            parts = [_applied(rule, evidence.only(half), settings, rows[half], defects) for half in halves]
            return np.concatenate(parts)
        defects.setdefault(rule.card.id, error)
        own = [(evidence.line[0], evidence.hour[0], 0, Severity.F, True, False, np.nan, np.nan)] if len(rows) else []
        return np.array(own, FOUND)


def _concerned(
    rule: Rule[ContextEvidence], evidence: ContextEvidence, settings: Settings, rows: NDArray[np.intp]
) -> NDArray[np.void]:
    """Return the hours that hits concern, and those that were found before and about which the rule says otherwise."""
    hits = rule.find(evidence)
    count = len(evidence)
    told = np.flatnonzero(one_each(hits.mask, count))
    again = evidence.found_before
    if len(again):
        again = again[~np.isnan(one_each(hits.observed, count)[again])]
        told = np.union1d(told, again)
    if not len(told):
        return np.zeros(0, FOUND)
    since, until = (one_each(back, count)[told] for back in (hits.since, hits.until))
    lengths = since - until + 1
    each = np.repeat(np.arange(len(told)), lengths)
    back = since[each] - (np.arange(len(each)) - np.repeat(np.cumsum(lengths) - lengths, lengths))
    found = np.zeros(len(each), FOUND)
    found["line"], found["hour"] = evidence.line[told][each], evidence.hour[told][each] - back
    found["severity"] = settings.severities(rule, rows[told], None)[each]
    found["passed"] = ~one_each(hits.mask, count)[told][each]
    found["observed"] = one_each(hits.observed, count)[told][each]
    found["threshold"] = one_each(hits.threshold, count)[told][each]
    return found


def _new(found: NDArray[np.void], place: int, evidence: ContextEvidence) -> NDArray[np.void]:
    """Keep, of hours that have values, what was not found of them before; remember it."""
    rows, bit = evidence.contexts.rows, np.uint16(1 << place)
    position = evidence.contexts.positions(found["line"], found["hour"])
    fresh = (
        (position >= 0) & ((rows["state"][position] & np.uint8(PRESENT)) != 0) & ((rows["found"][position] & bit) == 0)
    )
    _, first = np.unique(position[fresh], return_index=True)
    kept = np.flatnonzero(fresh)[np.sort(first)]
    rows["found"][position[kept]] |= bit
    return found[kept]


def _gone(passed: NDArray[np.void], place: int, evidence: ContextEvidence) -> NDArray[np.void]:
    """Keep what was found of hours before, unless it keeps them back; forget it."""
    rows, bit = evidence.contexts.rows, np.uint16(1 << place)
    position = evidence.contexts.positions(passed["line"], passed["hour"])
    known = (position >= 0) & ((rows["found"][position] & bit) != 0) & (passed["severity"] < Severity.F)
    rows["found"][position[known]] &= ~bit
    gone: NDArray[np.void] = passed[known]
    return gone
