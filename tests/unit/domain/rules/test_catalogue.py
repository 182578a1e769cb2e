"""The catalogue: complete, in order, and versioned."""

from __future__ import annotations

import re
from hashlib import sha256
from types import ModuleType

import pytest

from shared.domain.rules import analysis, gas, level, message, meter, run, served, step, time, value
from shared.domain.rules.catalogue import CARDS, CATALOGUE, IN_CONTEXT, ON_GAS, RULES, RULES_VERSION
from shared.domain.rules.rule import Card, JudgedBy, Rule

_JUDGED_AS = {"1": "e5aa894e1c48ed17", "2": "2574023185582a32", "3": "cfdba48090d80993"}
"""Per version: the beginning of the digest of all formulas, thresholds and severities. Change both together."""


def _digest() -> str:
    facts = [(card.id, card.formula, card.severity, card.judged_by, sorted(card.thresholds.items())) for card in CARDS]
    return sha256(repr(facts).encode()).hexdigest()


@pytest.mark.parametrize("family", [message, time, value, level, run, step, meter, gas, analysis, served])
def test_every_rule_of_a_family_is_listed(family: ModuleType) -> None:
    """A rule that is written but not listed would judge nobody."""
    written = [entry for entry in vars(family).values() if isinstance(entry, Rule | Card)]
    assert written
    assert all(entry in CATALOGUE for entry in written)


def test_catalogue_order() -> None:
    """By family, then by number; each id once."""
    ids = [card.id for card in CARDS]
    assert ids == sorted(set(ids), key=lambda i: (i[0], int(i[1:])))
    assert all(re.fullmatch(r"[A-D][0-9]+", each) for each in ids)


def test_who_judges() -> None:
    """Form is judged at the door, a reading by itself in validation, repetition, gaps and context by aggregation."""
    by_door = [card.id for card in CARDS if card.judged_by is JudgedBy.DOOR]
    by_aggregation = {card.id for card in CARDS if card.judged_by is JudgedBy.AGGREGATION}
    assert by_door == ["A1", "A4", "A11", "B4"]
    assert by_aggregation == {"A2", "B2", *(rule.card.id for rule in IN_CONTEXT)}
    of_analyses = [card.id for card in CARDS if card.judged_by is JudgedBy.ANALYSIS]
    assert of_analyses == ["D1", "D3", "D4", "D5", "D6"]
    on_gas = [card.id for card in CARDS if card.judged_by is JudgedBy.GAS]
    assert on_gas == ["D13"]
    assert {"D8", "D13", "D15"} == {rule.card.id for rule in ON_GAS}
    others = {*by_door, *by_aggregation, *of_analyses, *on_gas}
    assert {rule.card.id for rule in RULES} == {card.id for card in CARDS} - others


def test_the_bits_of_the_rules_in_context() -> None:
    """Hours at rest keep one bit of 16 for each rule: its place never changes, new ones are appended."""
    bits = ["A8", "C3", "C5", "C7", "C8", "C9", "C11", "C13", "C15", "C17", "D15"]
    assert [rule.card.id for rule in IN_CONTEXT][: len(bits)] == bits
    assert len(IN_CONTEXT) <= 16


def test_every_card_is_filled_in() -> None:
    """A title, a formula, a source, and an explanation that is a sentence."""
    for card in CARDS:
        assert all((card.title, card.formula, card.source)), card.id
        assert card.words.endswith("."), card.id


def test_the_version_rises_with_the_catalogue() -> None:
    """Results carry the version: other formulas, thresholds or severities are another version."""
    assert _digest().startswith(_JUDGED_AS.get(RULES_VERSION, "missing")), _digest()[:16]
