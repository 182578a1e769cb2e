"""What rules say to a reader: in his language, faithful to the English of the catalogue, which is their only source."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import services.query.pages
from services.query.pages.languages import LOCALES, OF_THE_RULES, language
from services.query.pages.rule_words import RuleTold, rule_told
from shared.domain.finding_words import HELD
from shared.domain.revision import HeldReason
from shared.domain.rules.catalogue import CARDS
from shared.domain.rules.judging import DEFECT

FOLDER = Path(services.query.pages.__file__).parent / "words" / "rules"
ENGLISH = {card.id: card.words for card in CARDS}
OTHERS = [code for code in LOCALES if code != OF_THE_RULES]
LETTERS_OF_DIGEST = 8
KEPT = re.compile(r"`\w+`|\([WFR]\)|\blive_from\b|\bUTC\b|\bISO\b|m³\(n\)|\bkWh\b|%|\d+(?:[.,]\d+)?")
"""What no translation changes: names of settings, severities, units, numbers."""


def translated(code: str) -> dict[str, dict[str, Any]]:
    """Return the explanations in a language as they rest."""
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def digest(english: str) -> str:
    """Return the first letters of the SHA-256 of an English explanation."""
    return hashlib.sha256(english.encode()).hexdigest()[:LETTERS_OF_DIGEST]


@pytest.mark.parametrize("code", OTHERS)
def test_every_rule_is_explained_in_every_language(code: str) -> None:
    """In the order of the catalogue, and no rule that has gone; nothing but the words and what they translate."""
    assert list(translated(code)) == list(ENGLISH), (
        f"explain these rules in services/query/pages/words/rules/{code}.toml"
    )
    assert {tuple(entry) for entry in translated(code).values()} == {("of", "words")}


@pytest.mark.parametrize("code", OTHERS)
def test_explanations_translate_the_english_of_today(code: str) -> None:
    """Somebody who changes an English explanation is told which translations to look at, and how to say that he did."""
    told = translated(code)
    stale = [rule for rule, english in ENGLISH.items() if rule in told and told[rule]["of"] != digest(english)]
    assert stale == [], "\n".join(
        f"The English of {rule} has changed: read it, correct `words` of [{rule}] in services/query/pages/words/rules/"
        f'{code}.toml where they no longer say the same, then write of = "{digest(ENGLISH[rule])}" there.'
        for rule in stale
    )


@pytest.mark.parametrize("rule", ENGLISH)
@pytest.mark.parametrize("code", OTHERS)
def test_numbers_units_and_names_are_those_of_the_english(code: str, rule: str) -> None:
    """A slip in a number would tell people another rule than the one that was judged."""
    words = translated(code)[rule]["words"]
    assert _kept(words) == _kept(ENGLISH[rule])
    assert words == words.strip()
    assert words.endswith(".")


def _kept(text: str) -> set[str]:
    return {found.replace(",", ".") for found in KEPT.findall(text)}


@pytest.mark.parametrize("code", OTHERS)
def test_rules_speak_the_readers_language(code: str) -> None:
    """Marks of names of settings are not shown; nothing is said to be English."""
    told = {rule: rule_told(rule, language(code)) for rule in ENGLISH}
    assert [rule for rule, one in told.items() if one.is_english or one.words == ENGLISH[rule]] == []
    assert [rule for rule, one in told.items() if "`" in one.words + one.title] == []


def test_english_is_that_of_the_catalogue() -> None:
    """There is one source of it."""
    assert not (FOLDER / f"{OF_THE_RULES}.toml").exists()
    told = {rule: rule_told(rule, language(OF_THE_RULES)) for rule in ENGLISH}
    assert {rule: one.words for rule, one in told.items()} == {
        rule: words.replace("`", "") for rule, words in ENGLISH.items()
    }
    assert not any(one.is_english for one in told.values())


def test_a_rule_of_tomorrow_is_told_in_english_and_marked() -> None:
    """The catalogue has it, the reader's language not yet; in English nothing is marked."""
    french, english = (replace(language(code), rules={}) for code in ("fr", "en"))
    assert rule_told("C1", french) == RuleTold("plage physique", ENGLISH["C1"], is_english=True)
    assert rule_told("C1", english) == RuleTold("physical range", ENGLISH["C1"])


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_no_rule_of_the_catalogue_speaks_as_well(code: str) -> None:
    """Readings that were held, and our own failures."""
    for rule in (*(f"{HELD}{reason.value}" for reason in HeldReason), f"{DEFECT}C1"):
        told, english = rule_told(rule, language(code)), rule_told(rule, language("en"))
        assert told.is_english is False
        assert told.words != english.words
