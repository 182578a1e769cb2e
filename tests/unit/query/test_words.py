"""No string is missing in any language, none is unused, and no page has words of its own beside the catalogues."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import services.query
import shared.access
import shared.store.access
from services.query.pages.languages import LOCALES, language
from services.query.pages.page_rows import MEASURES
from shared.access.application import State
from shared.access.roles import Role
from shared.domain.attribution import GasHow
from shared.domain.estimation import Method
from shared.domain.period import View
from shared.domain.physics.components import COMPONENTS
from shared.domain.published import CHARACTERISTIC_UNITS
from shared.domain.reading import Quality
from shared.domain.revision import HeldReason
from shared.domain.rules.catalogue import CARDS

FOLDER = Path(services.query.__file__).parent
ROOMS = ("pages", "access/pages")
"""Whose modules speak to people."""
FOR_PROGRAMMERS = {"api.html"}
"""English in every language, as the documents that it shows."""
TEMPLATES = sorted(
    path
    for path in (FOLDER / "pages" / "templates").rglob("*")
    if path.suffix in {".html", ".svg"} and path.name not in FOR_PROGRAMMERS
)
SPEAKERS = [*TEMPLATES, *FOLDER.glob("*.py"), *(path for room in ROOMS for path in (FOLDER / room).glob("*.py"))]
ENGLISH = language("en").words
OTHERS = [code for code in LOCALES if code != "en"]
WHOLE_KEY = re.compile(r"""["']([a-z]+(?:\.[A-Za-z0-9_]+)+)["']""")
KEY_BEGIN = re.compile(r"""["']([a-z]+\.)(?:["'] ~|\{)""")
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "label", "placeholder", "title"}
REFUSED = re.compile(r"""\b(?:conflict|wrong|Issue)\(\s*"([A-Z][A-Z_]+)\"""")
REFUSALS = sorted(
    {
        code
        for folder in (Path(shared.access.__file__).parent, Path(shared.store.access.__file__).parent)
        for path in folder.rglob("*.py")
        for code in REFUSED.findall(path.read_text(encoding="utf-8"))
    }
)
"""Why the access register refuses something, as its code writes it."""
NO_WORDS = re.compile(r"Gastrack|kWh|mol %|m³\(n\)|/v1/(findings|decisions|access/(me|rights))|\b[A-Z]{3,4}\b")
"""What is the same in every language: our name, units, addresses, formats."""


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_says_everything(code: str) -> None:
    """The same keys; the other plural forms fall back to `.other`."""
    assert set(language(code).words) == set(ENGLISH)


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_fills_in_the_same_places(code: str) -> None:
    """A name that a translation lacks would be lost, one that it adds would fail on the page."""
    words = language(code).words
    assert [key for key in ENGLISH if _places(words[key]) != _places(ENGLISH[key])] == []


@pytest.mark.parametrize("code", LOCALES)
def test_no_words_are_empty_or_padded(code: str) -> None:
    """Somebody began to translate and did not finish."""
    assert [key for key, text in language(code).words.items() if not text or text != text.strip()] == []


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_key_is_used_and_every_used_key_exists() -> None:
    """In templates and in code: whole keys, and beginnings that are completed by what is shown."""
    used, begun = set[str](), set[str]()
    for path in SPEAKERS:
        text = path.read_text(encoding="utf-8")
        used |= {key for key in WHOLE_KEY.findall(text) if key.partition(".")[0] in _SECTIONS} - {
            path.name for path in TEMPLATES
        }
        begun |= {begin for begin in KEY_BEGIN.findall(text) if begin.rstrip(".") in _SECTIONS}
    known = {re.sub(r"\.(one|other)$", "", key) for key in ENGLISH} | set(ENGLISH)
    assert used - known == set()
    unused = {key for key in ENGLISH if key not in used and re.sub(r"\.(one|other)$", "", key) not in used}
    assert [key for key in sorted(unused) if not key.startswith(tuple(begun))] == []


_SECTIONS = {key.partition(".")[0] for key in ENGLISH}


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("measure", MEASURES),
        ("view", [view.value for view in View]),
        ("validity", ["RECORDED", "PRELIMINARY", "DEFINITIVE"]),
        ("state", [quality.name.lower() for quality in Quality]),
        ("rule", [card.id for card in CARDS]),
        ("held", [reason.value for reason in HeldReason]),
        ("method", [method.value for method in Method]),
        ("served", [how.name for how in GasHow if how is not GasHow.NONE]),
        ("attributed", [how.name for how in GasHow if how is not GasHow.NONE]),
        ("component", COMPONENTS),
        ("role", list(Role)),
        ("progress", list(State)),
        ("progressing", list(State)),
        ("issue", REFUSALS),
        ("characteristic", CHARACTERISTIC_UNITS),
    ],
)
def test_everything_that_is_named_has_words(section: str, names: list[str]) -> None:
    """What the domain adds tomorrow needs its words."""
    assert [name for name in names if f"{section}.{name}" not in ENGLISH] == []


def test_english_titles_of_rules_are_those_of_the_catalogue() -> None:
    """docs/rules.md and the page call a rule by one name."""
    assert {card.id: ENGLISH[f"rule.{card.id}"] for card in CARDS} == {card.id: card.title for card in CARDS}
    assert {method.value: ENGLISH[f"method.{method.value}"] for method in Method} == {
        method.value: method.words for method in Method
    }


class _Spoken(HTMLParser):
    """Gathers the texts of a template that a person would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the attributes that are spoken."""
        self.texts += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_data(self, data: str) -> None:
        """Take the text between the tags."""
        self.texts.append(data)


def _spoken(path: Path) -> Iterator[str]:
    parser = _Spoken()
    parser.feed(JINJA.sub("", path.read_text(encoding="utf-8")))
    yield from (NO_WORDS.sub("", text) for text in parser.texts)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_words_of_its_own(path: Path) -> None:
    """Every word that a person reads comes from a catalogue."""
    assert [text for text in _spoken(path) if re.search(r"[^\W\d_]{2,}", text)] == []
