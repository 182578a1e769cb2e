"""Judging in context as a whole: which hours are concerned, what is remembered, and what a defect may not harm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from shared.domain.quantities import VOLUME
from shared.domain.reading import Quality
from shared.domain.rules.catalogue import IN_CONTEXT
from shared.domain.rules.context_evidence import ContextEvidence
from shared.domain.rules.context_judging import FOUND, JudgedInContext, judge_in_context
from shared.domain.rules.rule import Hits, JudgedBy, Rule, Severity, rule
from tests.unit.domain.rules.one_context import (
    CHECK_LINE,
    DAY,
    FIRST,
    LINE,
    TERMS,
    Told,
    contexts_of,
    everything,
    evidence_of,
    found,
    judged,
    line_with,
    table_of,
)

_BROKEN_AT = 13_000
_BOTH = table_of(LINE, CHECK_LINE)


@rule(
    "X1", "raises", formula="", severity=Severity.W, source="test", thresholds={"most": 20.0}, by=JudgedBy.AGGREGATION
)
def _raising(evidence: ContextEvidence) -> Hits:
    """Raise where one volume is 13 m³(n), hit where one is above 20 m³(n)."""
    volume = evidence.told("volume")
    if (volume == _BROKEN_AT).any():
        raise ZeroDivisionError
    return Hits(volume > evidence.threshold("most") * VOLUME.scale, volume, evidence.threshold("most"))


@rule("X2", "looks back", formula="", severity=Severity.F, source="test", by=JudgedBy.AGGREGATION)
def _looking_back(evidence: ContextEvidence) -> Hits:
    """Hit where a volume is above 20 m³(n): of the hours three, two and one before."""
    return Hits(evidence.told("volume") > 20_000, 1.0, 2.0, since=3, until=1)


@rule("X3", "always raises", formula="", severity=Severity.W, source="test", by=JudgedBy.AGGREGATION)
def _always(evidence: ContextEvidence) -> Hits:
    """Raise."""
    raise LookupError(len(evidence))


@rule("X4", "everything", formula="", severity=Severity.W, source="test", by=JudgedBy.AGGREGATION)
def _everything(evidence: ContextEvidence) -> Hits:
    """Hit each hour, with one answer for all of them."""
    return Hits(np.ones(1, np.bool_) if len(evidence) else np.zeros(0, np.bool_))


def _of(result: JudgedInContext) -> list[tuple[int, int, int, bool]]:
    """Return hour since FIRST, place of the rule, severity, and whether it is a defect."""
    return [(hour - FIRST, place, severity, defect) for _, hour, place, severity, defect, *_ in result.found.tolist()]


def _judged(rules: Sequence[Rule[ContextEvidence]], *volume: int | None) -> JudgedInContext:
    return judged({"volume": volume}, rules=rules)


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_a_rule_that_raises_harms_the_hour_it_raises_on(place: int) -> None:
    """That hour gets a finding of severity F that says whose fault it is; the rule still judges all others."""
    volume = [8_000, 21_000, 8_000, 8_000, 8_000]
    volume[place] = _BROKEN_AT
    result = _judged((_raising,), *volume)
    high = [(hour, 0, Severity.W, False) for hour in range(5) if volume[hour] == 21_000]
    assert sorted(_of(result)) == sorted([(place, 0, Severity.F, True), *high])
    (defect,) = result.found[result.found["defect"]]
    assert math.isnan(defect["observed"])
    assert math.isnan(defect["threshold"])
    assert isinstance(result.defects["X1"], ZeroDivisionError)


def test_a_rule_that_raises_does_not_stop_the_others() -> None:
    """Whatever comes before or after it, on the same hour too."""
    result = _judged((_always, _looking_back, _raising), 8_000, _BROKEN_AT, 21_000)
    assert sorted(_of(result)) == [
        (0, 0, Severity.F, True),
        (0, 1, Severity.F, False),
        (1, 0, Severity.F, True),
        (1, 1, Severity.F, False),
        (1, 2, Severity.F, True),
        (2, 0, Severity.F, True),
        (2, 2, Severity.W, False),
    ]
    assert list(result.defects) == ["X3", "X1"]


def test_thresholds_and_severities_of_lines_survive_the_halving() -> None:
    """A part of the hours is judged by its own thresholds, and meant by its own severity."""
    strict = replace(
        TERMS, start=DAY + timedelta(days=1), thresholds=(("X1.most", 5.0), ("X1.severity", float(Severity.F)))
    )
    volume = [8_000] * 26
    volume[3] = _BROKEN_AT
    result = judged({"volume": volume}, rules=(_raising,), line=replace(LINE, terms=(TERMS, strict)))
    assert sorted(_of(result)) == [(3, 0, Severity.F, True), (24, 0, Severity.F, False), (25, 0, Severity.F, False)]


def test_a_rule_that_raises_on_nothing_is_no_finding() -> None:
    """Without hours there is nobody to say it of, but the defect is told."""
    result = judged({"volume": [None]}, rules=(_always,))
    assert len(result.found) == 0
    assert list(result.defects) == ["X3"]


def test_which_hours_are_concerned() -> None:
    """Those from `since` to `until` hours back; that of them which has no values is passed over."""
    assert _of(_judged((_looking_back,), 1, 1, 1, 21_000)) == [(hour, 0, Severity.F, False) for hour in range(3)]
    assert [hour for hour, *_ in _of(_judged((_looking_back,), 1, None, 1, 21_000))] == [0, 2]
    assert [hour for hour, *_ in _of(_judged((_looking_back,), 1, 21_000))] == [0]
    assert not _of(_judged((_looking_back,), 21_000))


def test_an_hour_is_found_once_however_many_hits_concern_it() -> None:
    """Two hits one after the other have two hours in common."""
    assert [hour for hour, *_ in _of(_judged((_looking_back,), 1, 1, 1, 21_000, 21_000))] == [0, 1, 2, 3]


def test_hours_without_values_are_not_judged() -> None:
    """Neither what is told to be missing nor what is not known, though the rule would hit each hour."""
    missing: Told = {"volume": [5, None, 5], "quality": [Quality.MEASURED, Quality.MISSING, Quality.MEASURED]}
    assert _of(judged(missing, rules=(_everything,))) == [(0, 0, Severity.W, False), (2, 0, Severity.W, False)]
    assert not _of(_judged((_everything,), None, None))
    told_but_missing: Told = {"volume": [5], "quality": [Quality.MISSING]}
    assert not _of(judged(told_but_missing, rules=(_everything,)))


def test_what_was_found_is_remembered() -> None:
    """In the bit of the rule, of the hours that are concerned; another rule finds what it finds."""
    contexts = contexts_of({LINE.id: {"volume": [1, 1, 1, 21_000]}})
    evidence = evidence_of(contexts, _BOTH, everything(contexts))
    rules = (_raising, _looking_back)
    assert len(judge_in_context(evidence, _BOTH, rules=rules).found) == 4
    assert contexts.rows["found"].tolist() == [2, 2, 2, 1]
    assert len(judge_in_context(evidence, _BOTH, rules=rules).found) == 0
    contexts.rows["found"][1] = 0  # another revision
    assert judge_in_context(evidence, _BOTH, rules=rules).found["hour"].tolist() == [FIRST + 1]


def test_a_finding_may_be_remembered_from_before() -> None:
    """An hour at rest brings its bits along."""
    assert not _of(judged({"volume": [21_000], "found": [1]}, rules=(_raising,)))
    assert _of(judged({"volume": [21_000], "found": [2]}, rules=(_raising,)))


def test_no_hours_no_judgement() -> None:
    """Nothing is judged without a word, by all rules."""
    result = judged({"volume": []})
    assert (len(result.found), result.found.dtype, result.defects) == (0, FOUND, {})


def test_all_rules_at_once() -> None:
    """Found rows stand rule by rule and name the place of the rule in IN_CONTEXT."""
    told: Told = {"volume": [7_000] * 6, "gcv": [10_000_000] * 5 + [11_000_000], "index": [9, 8, 9, 9, 9, 9]}
    names = [IN_CONTEXT[place].card.id for place in judged(told).found["rule"]]
    assert names == ["C8"] * 6 + ["C13", "D15"]


def test_severities_ours_the_installations_and_the_lines() -> None:
    """The line's own goes first; a number that is none leaves the rule's."""
    told: Told = {"index": [2, 1]}
    assert found("C13", told)[0].severity is Severity.F
    assert found("C13", told, thresholds={"C13.severity": 1.0})[0].severity is Severity.W
    line = line_with(thresholds=(("C13.severity", 2.0),))
    assert found("C13", told, line=line, thresholds={"C13.severity": 1.0})[0].severity is Severity.F
    assert found("C13", told, thresholds={"C13.severity": 7.0})[0].severity is Severity.F


def test_lines_do_not_see_each_other() -> None:
    """The last hour of one line stands before the first of the next, and is no history of it."""
    contexts = contexts_of({LINE.id: {"index": [5, 6]}, CHECK_LINE.id: {"index": [1, 2]}})
    evidence = evidence_of(contexts, _BOTH, everything(contexts))
    assert len(judge_in_context(evidence, _BOTH).found) == 0
    contexts = contexts_of({LINE.id: {"index": [5, 6]}, CHECK_LINE.id: {"index": [2, 1]}})
    hits = judge_in_context(evidence_of(contexts, _BOTH, everything(contexts)), _BOTH).found
    assert [(hit["line"], hit["hour"] - FIRST, hit["observed"]) for hit in hits] == [(1, 1, 0.001)]
