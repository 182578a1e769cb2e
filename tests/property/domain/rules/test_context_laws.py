"""Rules in context as laws: each finds what its formula says, whatever happens to lines and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.line_context import CONTEXT, PRESENT, Contexts
from shared.domain.rules.catalogue import IN_CONTEXT
from shared.domain.rules.context_evidence import ContextEvidence
from shared.domain.rules.context_judging import FOUND, JudgedInContext, judge_in_context
from shared.domain.rules.rule import Rule
from tests.property.domain.rules.context_oracles import ORACLES, concerned
from tests.property.domain.rules.context_series import TABLE, Series, series
from tests.unit.domain.rules.one_context import At, evidence_of

_EASE = Fraction(1, 10**9)
_FEW = settings(max_examples=25)
_EXTREMES = (-(2**63), -(2**63) + 1, 2**63 - 1, -1, 0, 1)
Said = set[tuple[str, int, str]]
"""Line, hour, rule."""


def _judge(contexts: Contexts, judged: Sequence[At], rules: Sequence[Rule[ContextEvidence]]) -> JudgedInContext:
    return judge_in_context(evidence_of(contexts, TABLE, judged), TABLE, rules=rules)


def _said(result: JudgedInContext, rules: Sequence[Rule[ContextEvidence]] = IN_CONTEXT) -> Said:
    assert not result.defects
    names = ("A", "B")
    return {(names[line], hour, rules[rule].card.id) for line, hour, rule, *_ in result.found.tolist()}


def test_every_rule_has_a_law() -> None:
    """No rule without an oracle."""
    assert set(ORACLES) == {rule.card.id for rule in IN_CONTEXT}


@pytest.mark.parametrize("rule", IN_CONTEXT, ids=lambda rule: rule.card.id)
@_FEW
@given(given_=series())
def test_a_rule_finds_what_its_formula_says(rule: Rule[ContextEvidence], given_: Series) -> None:
    """Of both lines, over gaps, stops, faults, estimates, other meters and switches of the clock."""
    result = _judge(given_.contexts(), given_.judged, (rule,))
    found = {(line, hour) for line, hour, _ in _said(result, (rule,))}
    assert concerned(rule.card.id, given_, -_EASE) <= found <= concerned(rule.card.id, given_, _EASE)


@_FEW
@given(given_=series(), data=st.data())
def test_an_hour_is_judged_as_if_it_were_alone(given_: Series, data: st.DataObject) -> None:
    """What is found when many hours are judged at once is what is found when each is judged by itself."""
    some = data.draw(st.lists(st.sampled_from(given_.judged), max_size=6, unique=True))
    alone = [_said(_judge(given_.contexts(), [at], IN_CONTEXT)) for at in some]
    assert _said(_judge(given_.contexts(), some, IN_CONTEXT)) == set().union(*alone)


@_FEW
@given(given_=series(), data=st.data())
def test_the_order_of_the_lines_never_matters(given_: Series, data: st.DataObject) -> None:
    """Records of other lines may come before, after or in between: the same is found, with the same numbers."""
    contexts, cut = given_.contexts(), data.draw(st.integers(1, 60))
    by_line = {name: [at for at in given_.judged if at[0] == name] for name in ("A", "B")}
    order = data.draw(st.permutations([(name, place) for name in by_line for place in range(0, 50, cut)]))
    order.sort(key=lambda record: record[1])
    found = [_judge(contexts, by_line[name][place : place + cut], IN_CONTEXT).found for name, place in order]
    at_once = _judge(given_.contexts(), given_.judged, IN_CONTEXT).found
    assert _sorted(np.concatenate(found)) == _sorted(at_once)


def _sorted(found: np.ndarray) -> list[str]:
    return sorted(map(repr, found.tolist()))


@_FEW
@given(given_=series())
def test_judging_again_finds_nothing_new(given_: Series) -> None:
    """A finding is told once a revision, however often an hour is looked at; and each hour once by each rule."""
    contexts = given_.contexts()
    found = _judge(contexts, given_.judged, IN_CONTEXT).found
    assert len(found) == len({tuple(row)[:3] for row in found[["line", "hour", "rule"]].tolist()})
    again = _judge(contexts, given_.judged, IN_CONTEXT)
    assert len(again.found) == 0
    assert again.found.dtype == FOUND


@st.composite
def _anything(draw: st.DrawFn) -> Contexts:
    """Draw contexts in which columns say the most and the least that their types can."""
    count, seed = draw(st.sampled_from([1, 2, 30, 200])), draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    rows = np.zeros(2 * count, CONTEXT)
    for name in ("volume", "volume_operating", "index"):
        rows[name] = random.choice(np.array(_EXTREMES), 2 * count)
    for name in ("gcv", "temperature"):
        rows[name] = random.choice(np.array([-(2**31), -(2**31) + 1, 2**31 - 1, -1, 0, 1]), 2 * count)
    rows["meter"], rows["found"] = random.integers(0, 3, 2 * count), random.choice([0, 0, 65_535], 2 * count)
    rows["state"] = random.integers(0, 16, 2 * count)
    first = draw(st.sampled_from([500_000, 175_320, 1_139_500 - count, -5, 2**31 - 1 - count]))
    return Contexts.of({"A": (first, rows[:count]), "B": (first, rows[count:])})


@_FEW
@given(contexts=_anything())
def test_a_rule_never_raises(contexts: Contexts) -> None:
    """Whatever the columns say, at the end of the calendar and beyond; and says nothing of hours without values."""
    judged = [(line, contexts.span(line)[0] + place) for line in "AB" for place in range(int(contexts.length[0]))]
    result = _judge(contexts, judged, IN_CONTEXT)
    assert not result.defects
    position = contexts.positions(result.found["line"], result.found["hour"])
    assert (contexts.rows["state"][position] & PRESENT).all()
