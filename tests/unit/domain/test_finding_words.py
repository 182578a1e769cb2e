"""What findings say in words."""

from __future__ import annotations

import pytest

from shared.domain.finding_words import HELD, words_of
from shared.domain.revision import HeldReason
from shared.domain.rules.catalogue import CARDS


def test_every_rule_and_every_held_reason_has_words() -> None:
    """Nothing that aggregation writes is left unexplained."""
    told = [words_of(rule) for rule in (*(card.id for card in CARDS), *(f"{HELD}{reason}" for reason in HeldReason))]
    assert all(words.title and words.words.endswith(".") for words in told)


@pytest.mark.parametrize(("rule", "title"), [("DEFECT:C1", "rule C1 failed"), ("Z9", "Z9")])
def test_what_is_no_rule_of_ours_is_named(rule: str, title: str) -> None:
    """A rule that failed, and one of another version."""
    assert words_of(rule).title == title
