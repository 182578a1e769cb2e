"""The languages of the pages: which one is chosen, how numbers and dates are written, plural forms."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from services.query.pages.languages import LOCALES, chosen, language

DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "code"),
    [
        ("", "", "", "en"),
        ("fr", "nl", "de", "fr"),
        ("xx", "nl", "de", "nl"),
        ("", "xx", "de", "de"),
        ("", "", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("", "", "nl-BE;q=0.5, de-AT;q=0.7", "de"),
        ("", "", "es, it;q=0.9", "en"),
        ("", "", "es, NL;q=0.2", "nl"),
        ("", "", "fr;q=0, de;q=0.1", "de"),
        ("", "", "fr;q=many, *;q=0.1, ;;,", "en"),
    ],
)
def test_the_readers_language(asked: str, remembered: str, accepted: str, code: str) -> None:
    """The address, then what was chosen before, then the browser's dearest that we speak, then English."""
    assert chosen(asked, remembered, accepted).code == code


@pytest.mark.parametrize(
    ("code", "number", "count", "title", "month", "short", "moment"),
    [
        ("en", "1,234,567.891", "26,304", "Tuesday 3 November 2026", "November 2026", "3 Nov", "3 Nov 06:00"),
        (
            "fr",
            "1\u202f234\u202f567,891",
            "26\u202f304",
            "mardi 3 novembre 2026",
            "novembre 2026",
            "3 nov.",
            "3 nov. 06:00",
        ),
        ("nl", "1.234.567,891", "26.304", "dinsdag 3 november 2026", "november 2026", "3 nov", "3 nov 06:00"),
        ("de", "1.234.567,891", "26.304", "Dienstag, 3. November 2026", "November 2026", "3. Nov.", "3. Nov. 06:00"),
    ],
)
def test_numbers_and_dates_are_written_as_in_the_country(  # noqa: PLR0917 - what is compared
    code: str, number: str, count: str, title: str, month: str, short: str, moment: str
) -> None:
    """With the signs of Belgium for the languages of Belgium; places stay as many as they are."""
    speaking = language(code)
    assert (speaking.number("1234567.891"), speaking.count(26_304)) == (number, count)
    assert (speaking.day(DAY), speaking.date(DAY, "yMMMM"), speaking.date(DAY, "MMMd")) == (title, month, short)
    assert speaking.moment(datetime(2026, 11, 3, 6)) == moment  # noqa: DTZ001 - it is local already


def test_numbers_keep_their_places_up_to_a_most() -> None:
    """None stays None: missing is not 0."""
    english = language("en")
    assert [english.number(text) for text in ("7.500", "-1234.5", "0", None)] == ["7.500", "-1,234.5", "0", None]
    assert english.number("1234.567", 0) == "1,235"


@pytest.mark.parametrize(("code", "none"), [("en", "hours"), ("fr", "heure"), ("nl", "uren"), ("de", "Stunden")])
def test_words_follow_the_number(code: str, none: str) -> None:
    """Each language by its own rule: French says 0 heure; a million has no form of its own here."""
    speaking = language(code)
    assert speaking.counted("findings.hours", 0) == f"0 {none}"
    assert speaking.counted("findings.hours", 1) != speaking.counted("findings.hours", 2).replace("2", "1")
    assert speaking.counted("findings.hours", 1_000_000).endswith(speaking.counted("findings.hours", 2).lstrip("2"))


def test_every_language_names_itself() -> None:
    """And has a tag that browsers know."""
    assert [language(code).tag for code in LOCALES] == ["en-GB", "fr-BE", "nl-BE", "de-BE"]
    assert [language(code)("language.name") for code in LOCALES] == ["English", "Français", "Nederlands", "Deutsch"]


def test_french_signs_never_begin_a_line() -> None:
    """The space before them does not break; nor does one before %, in any language."""
    french = language("fr")
    assert french("start.none_at_all").startswith("Rien ne correspond à «\u00a0{words}\u00a0». ")
    assert french("line.chart") == "Graphique\u00a0: {measure}, {unit}\u202f; {period}"
    assert [language(code).colon for code in LOCALES] == [":", "\u00a0:", ":", ":"]
    everything = [*french.words.values(), *french.rules.values()]
    assert [text for text in everything if re.search(r" [:;?!»%]|« ", text)] == []
    assert language("de")("gas.shares") == "Gas, Mol-%"
    assert language("nl")("gas.shares") == "Gas, mol\u00a0%"
