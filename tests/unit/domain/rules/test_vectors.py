"""The published vectors of rules: what is given, and what every program must find."""

from __future__ import annotations

from collections import defaultdict

import pytest

from shared.domain.line_terms import TermsTable
from shared.domain.register import Register
from shared.domain.rules.catalogue import IN_CONTEXT, RULES
from shared.domain.rules.judging import judge
from shared.domain.rules.rule import Severity
from shared.domain.topology import Station
from tests.unit.domain.rules.one_context import STATION, found
from tests.unit.domain.rules.vectors import CASES, FILES, FOLDER, Expected, Vector, read

_ALONE = {rule.card.id: rule for rule in RULES}
_IN_CONTEXT = [rule.card.id for rule in IN_CONTEXT]
_LARGEST_FILE_BYTES = 10_000


def _found_alone(code: str, vector: Vector) -> Expected:
    """Judge each reading by itself."""
    table = TermsTable.of(Register({STATION.id: Station(STATION.id, "")}, {vector.line.id: vector.line}))
    result = judge(vector.readings(), table, vector.known_at_ms, rules=(_ALONE[code],))
    hits = [(rejection.row, Severity.R) for rejection in result.rejected]
    hits += [(finding.row, finding.severity) for finding in result.findings]
    return {(vector.hours[row], code, severity.name) for row, severity in hits}


def _found_in_context(code: str, vector: Vector) -> Expected:
    """Judge all given hours in the context of the others."""
    first, told, check = vector.told()
    hits = found(code, told, line=vector.line, check=check, first=first, at=[hour - first for hour in vector.hours])
    return {(first + hit.hour, hit.rule, hit.severity.name) for hit in hits}


@pytest.mark.parametrize("case", CASES)
def test_a_vector_is_met(case: str) -> None:
    """Exactly the hours that are expected, with their severities."""
    code, vector = case.split("/", maxsplit=1)[0], read(case)
    judged = _found_alone if code in _ALONE else _found_in_context
    assert judged(code, vector) == vector.expected


def test_each_rule_that_judges_hours_has_vectors() -> None:
    """At least one in which it finds something, and one in which it does not."""
    found_by_rule: dict[str, set[bool]] = defaultdict(set)
    for case in CASES:
        found_by_rule[case.split("/")[0]].add(bool(read(case).expected))
    assert found_by_rule == {code: {True, False} for code in (*_ALONE, *_IN_CONTEXT)}


def test_vectors_are_small_and_complete() -> None:
    """Three files each, of which nobody's spreadsheet is afraid."""
    for case in CASES:
        files = {path.name: path.stat().st_size for path in (FOLDER / case).iterdir()}
        assert set(files) == set(FILES), case
        assert max(files.values()) < _LARGEST_FILE_BYTES, case
