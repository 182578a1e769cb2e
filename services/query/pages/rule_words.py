"""What a finding's rule is called and what it says, in the language of a page as far as it is told in it."""

from __future__ import annotations

from dataclasses import dataclass

from services.query.pages.languages import OF_THE_RULES, Language
from shared.domain.finding_words import HELD, words_of
from shared.domain.rules.judging import DEFECT


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule's title, and what it says; `is_english`: that is told in English alone, on a page of another language."""

    title: str
    words: str
    is_english: bool = False


def rule_told(rule: str, language: Language) -> RuleTold:
    """Return the words of a finding's rule (`C1`, `HELD:OLDER`, `DEFECT:C1`), also of one that is unknown here."""
    if rule.startswith(HELD):
        return RuleTold(language("rule.held"), language(f"held.{rule.removeprefix(HELD)}"))
    if rule.startswith(DEFECT):
        return RuleTold(language("rule.failed", rule=rule.removeprefix(DEFECT)), language("held.DEFECT"))
    catalogue, words = words_of(rule), language.rules.get(rule)
    title = language.known(f"rule.{rule}") or catalogue.title
    if words is not None:
        return RuleTold(title, words)
    return RuleTold(title, catalogue.words.replace("`", ""), language.code != OF_THE_RULES)
