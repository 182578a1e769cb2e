"""The catalogue: complete, in order, and versioned."""

from __future__ import annotations

import re
from hashlib import sha256
from types import ModuleType

import pytest

from shared.domain.rules import gas, message, time, value
from shared.domain.rules.catalogue import CARDS, CATALOGUE, RULES, RULES_VERSION
from shared.domain.rules.rule import Card, JudgedBy, Rule

_JUDGED_AS = {"1": "e5aa894e1c48ed17"}
"""Per version: the beginning of the digest of all formulas, thresholds and severities. Change both together."""


def _digest() -> str:
    facts = [(card.id, card.formula, card.severity, card.judged_by, sorted(card.thresholds.items())) for card in CARDS]
    return sha256(repr(facts).encode()).hexdigest()


@pytest.mark.parametrize("family", [message, time, value, gas])
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
    """Form is judged at the door, repetition by aggregation, the rest here."""
    assert [card.id for card in CARDS if card.judged_by is JudgedBy.DOOR] == ["A1", "A4", "B4"]
    assert [card.id for card in CARDS if card.judged_by is JudgedBy.AGGREGATION] == ["A2"]
    assert len(RULES) == len(CARDS) - 4


def test_every_card_is_filled_in() -> None:
    """A title, a formula, a source, and an explanation that is a sentence."""
    for card in CARDS:
        assert all((card.title, card.formula, card.source)), card.id
        assert card.words.endswith("."), card.id


def test_the_version_rises_with_the_catalogue() -> None:
    """Results carry the version: other formulas, thresholds or severities are another version."""
    assert _digest().startswith(_JUDGED_AS.get(RULES_VERSION, "missing")), _digest()[:16]
