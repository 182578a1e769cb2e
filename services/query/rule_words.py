"""What a finding's rule is called and what it says, in the language of a page as far as it is told there."""

from __future__ import annotations

from dataclasses import dataclass

from services.query.languages import Language
from shared.domain.finding_words import HELD, words_of
from shared.domain.rules.judging import DEFECT


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule's title, and what it says. Explanations of the catalogue are English in every language: `is_english`."""

    title: str
    words: str
    is_english: bool = False


def rule_told(rule: str, language: Language) -> RuleTold:
    """Return the words of a finding's rule (`C1`, `HELD:OLDER`, `DEFECT:C1`), also of one that is unknown here."""
    if rule.startswith(HELD):
        return RuleTold(language("rule.held"), language(f"held.{rule.removeprefix(HELD)}"))
    if rule.startswith(DEFECT):
        return RuleTold(language("rule.failed", rule=rule.removeprefix(DEFECT)), language("held.DEFECT"))
    catalogue = words_of(rule)
    return RuleTold(
        language.known(f"rule.{rule}") or catalogue.title, catalogue.words.replace("`", ""), language.code != "en"
    )
