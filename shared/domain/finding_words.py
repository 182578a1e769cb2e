"""What a finding says in words: the rule that was broken, why a reading was held, or that our own code failed."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.revision import HeldReason
from shared.domain.rules.catalogue import CARDS
from shared.domain.rules.judging import DEFECT

HELD = "HELD:"
"""Stands before the reason for which a reading was held; its values stand in the finding."""
HELD_WORDS = {
    HeldReason.DEFINITIVE: "The hour is closed: only a decision changes it.",
    HeldReason.PINNED: "The hour was edited by hand and is kept until the pin is released.",
    HeldReason.OUTRANKED: "The hour has a value of a stronger quality: measured or calculated before substituted, "
    "estimated, missing.",
    HeldReason.OLDER: "The hour has a value of the same rank that was sent later.",
}
"""Why a reading is held; it is not lost: its values stand in the finding `HELD:<reason>`."""
_CARDS = {card.id: card for card in CARDS}


@dataclass(frozen=True, slots=True)
class FindingWords:
    """A finding's title, and its explanation with the unit of what was observed; empty for a rule unknown here."""

    title: str
    words: str


def words_of(rule: str) -> FindingWords:
    """Return what a finding's rule (`C1`, `HELD:OLDER`, `DEFECT:C1`) says to a reader."""
    if rule.startswith(HELD):
        return FindingWords("another value, held", HELD_WORDS[HeldReason(rule.removeprefix(HELD))])
    if rule.startswith(DEFECT):
        failed = rule.removeprefix(DEFECT)
        return FindingWords(f"rule {failed} failed", "Our own code failed on this reading; somebody must look.")
    card = _CARDS.get(rule)
    return FindingWords(rule, "") if card is None else FindingWords(card.title, card.words)
