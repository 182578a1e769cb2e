"""Judging: every rule over every reading of a record, and what follows for each reading.

A reading that a rule of severity R hits is rejected with the first such rule in catalogue order, and only that is said
of it. Any other reading is PRELIMINARY if no finding of severity F concerns it, else it stays RECORDED.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from shared.domain.line_terms import TermsTable
from shared.domain.reading import Readings, Validity
from shared.domain.rules.catalogue import RULES
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.rule import Hits, Rule, Severity
from shared.domain.rules.settings import Settings


class Evident(Protocol):
    """Evidence of which parts can be looked at by themselves."""

    def __len__(self) -> int:
        """Return how many there are."""

    def part(self, start: int, stop: int) -> Self:
        """Return the evidence of some of them."""


Cut = TypeVar("Cut", bound=Evident)
DEFECT = "DEFECT:"
"""Stands before the id of a rule that raised on a reading: our fault, not the sender's."""

HIT = np.dtype(
    [
        ("row", np.int32),
        ("rule", np.uint16),  # place in the rules
        ("severity", np.uint8),
        ("defect", np.bool_),
        ("observed", np.float64),
        ("threshold", np.float64),
    ]
)
_SEVERITIES = (Severity.W, *Severity)  # by number, without the cost of looking each up; there is no 0


class Rejection(NamedTuple):
    """A reading that becomes a dead letter: its row, the rule's id, and the numbers (NaN where there are none)."""

    row: int
    rule: str
    observed: float
    threshold: float


class Finding(NamedTuple):
    """What a rule found on a reading that is stored: its row, the rule's id or DEFECT and the id, and the numbers."""

    row: int
    rule: str
    severity: Severity
    observed: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of many readings.

    Attributes:
        validity: One a reading (Validity as uint8): PRELIMINARY or RECORDED; RECORDED for rejected ones.
        rejected: At most one a reading, in the order of the rows.
        findings: In the order of the rows, within a row in catalogue order; none for rejected readings.
        defects: By id of each rule that raised, the first error: to be logged and to page someone.
    """

    validity: NDArray[np.uint8]
    rejected: list[Rejection]
    findings: list[Finding]
    defects: dict[str, Exception]


def judge(
    readings: Readings,
    table: TermsTable,
    known_at_ms: int,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    rules: Sequence[Rule[Evidence]] = RULES,
) -> Judged:
    """Judge the readings of one record of the line log.

    Args:
        readings: The readings, whatever they say.
        table: The register as it was when the record became known.
        known_at_ms: When that was, milliseconds since 1970 UTC.
        thresholds: Settings of the whole installation by name ("D7.relative", "D7.severity"); a line's own go first.
        rules: The rules in catalogue order.
    """
    terms = table.lookup(readings.lines, readings.rows["line"], readings.rows["hour"])
    evidence = Evidence.of(readings, table, terms, known_at_ms)
    settings = Settings(thresholds, table, terms)
    hits: list[NDArray[np.void]] = []
    defects: dict[str, Exception] = {}
    for place, rule in enumerate(rules):
        found = hits_of(rule, replace(evidence, thresholds=settings.thresholds(rule)), settings, defects)
        found["rule"] = place
        hits.append(found)
    return _concluded(len(readings), np.concatenate(hits), rules, defects)


def hits_of(
    rule: Rule[Cut], evidence: Cut, settings: Settings, defects: dict[str, Exception], first: int = 0
) -> NDArray[np.void]:
    """Return a rule's hits; where it raises, halve the readings until only those stand apart that it raises on."""
    try:
        with np.errstate(all="ignore"):  # a product that leaves float64 is infinite, and out of every range
            found = _hits(rule.find(evidence), rule, settings, first, len(evidence))
    except Exception as error:  # noqa: BLE001 - whatever a defect raises, it must harm no other rule and no other reading
        if len(evidence) > 1:
            half = len(evidence) // 2
            parts = (evidence.part(0, half), first), (evidence.part(half, len(evidence)), first + half)
            return np.concatenate([hits_of(rule, part, settings, defects, start) for part, start in parts])
        defects.setdefault(rule.card.id, error)
        found = np.array([(first, 0, Severity.F, True, np.nan, np.nan)] * len(evidence), HIT)
    return found


def _hits(hits: Hits, rule: Rule[Any], settings: Settings, first: int, count: int) -> NDArray[np.void]:
    rows = np.flatnonzero(np.broadcast_to(hits.mask, count))
    found = np.zeros(len(rows), HIT)
    if len(rows):
        own = None if hits.severity is None else hits.severity[rows]
        found["row"] = rows + first
        found["severity"] = settings.severities(rule, rows + first, own)
        found["observed"] = np.broadcast_to(hits.observed, count)[rows]
        found["threshold"] = np.broadcast_to(hits.threshold, count)[rows]
    return found


def _concluded(
    count: int, hits: NDArray[np.void], rules: Sequence[Rule[Evidence]], defects: dict[str, Exception]
) -> Judged:
    hits = hits[np.argsort(hits["row"], kind="stable")]
    rejecting = hits[hits["severity"] == Severity.R]
    rejected_rows, firsts = np.unique(rejecting["row"], return_index=True)
    finding = hits[~np.isin(hits["row"], rejected_rows)]
    validity = np.full(count, Validity.PRELIMINARY, np.uint8)
    validity[rejected_rows] = Validity.RECORDED
    validity[finding["row"][finding["severity"] == Severity.F]] = Validity.RECORDED
    names = [rule.card.id for rule in rules]
    return Judged(validity, _rejections(rejecting[firsts], names), _findings(finding, names), defects)


def _rejections(hits: NDArray[np.void], names: list[str]) -> list[Rejection]:
    return [Rejection(row, names[rule], observed, threshold) for row, rule, _, _, observed, threshold in hits.tolist()]


def _findings(hits: NDArray[np.void], names: list[str]) -> list[Finding]:
    return [
        Finding(row, DEFECT + names[rule] if defect else names[rule], _SEVERITIES[severity], observed, threshold)
        for row, rule, severity, defect, observed, threshold in hits.tolist()
    ]
