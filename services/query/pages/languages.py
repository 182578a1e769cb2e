"""The languages of the pages: their words, and numbers and dates as people write them there. Never used in files.

Words rest in one catalogue a language under `words`, by keys such as `line.status`; `{n}` and other names in braces are
filled in. What depends on a number has a key for each form that the language has: `line.hidden.one`, `.other`. What the
rules say rests in catalogues of its own under `words/rules`, by the rule's id; English is that of the rules themselves.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_skeleton
from babel.numbers import get_decimal_symbol, get_group_symbol

LOCALES = {"en": "en_GB", "fr": "fr_BE", "nl": "nl_BE", "de": "de_BE"}
"""Language codes, the first is that of who prefers none of them; with the country whose habits of writing count."""
OF_THE_RULES = "en"
"""The language in which the catalogue's rules explain themselves."""
_FOLDER = Path(__file__).parent / "words"
_NARROW, _WIDE = re.compile(r" (?=[;?!])"), re.compile(r"(?<=«) | (?=[:»%°])")
"""Spaces at which a line never breaks: those of French before and within its signs, those before % and °C."""
_DATES_KEPT = 8_192


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages. Called with a key it returns the words.

    `rules` are explanations of rules by their ids; what is not there, a rule of tomorrow, is told in English alone.
    """

    code: str
    locale: Locale
    words: Mapping[str, str]
    signs: dict[int, str]
    rules: Mapping[str, str]

    def __call__(self, key: str, **given: object) -> str:
        """Return the words of a key, its places filled in.

        Raises:
            KeyError: There is no such key; a test has looked for all of them.
        """
        text = self.words[key]
        return text.format(**given) if given else text

    def known(self, key: str) -> str | None:
        """Return the words of a key that may have none: codes and rules of tomorrow."""
        return self.words.get(key)

    def counted(self, key: str, count: int) -> str:
        """Return the words that fit a number, with the number in them."""
        form = f"{key}.{self.locale.plural_form(count)}"
        return self.words.get(form, self.words[f"{key}.other"]).format(n=self.count(count))

    @property
    def tag(self) -> str:
        """The language and country as HTML names them."""
        return str(self.locale).replace("_", "-")

    @property
    def colon(self) -> str:
        """A colon as it follows a word."""
        return "\N{NO-BREAK SPACE}:" if self.code == "fr" else ":"

    def count(self, number: int) -> str:
        """Return a whole number with its digits grouped."""
        return f"{number:,}".translate(self.signs)

    def number(self, figure: str | None, most_places: int = 9) -> str | None:
        """Return 1234567.891 as 1,234,567.891 or 1.234.567,891, with at most so many places; None stays None."""
        if figure is None:
            return None
        number = Decimal(figure)
        places = min(max(0, -int(number.as_tuple().exponent)), most_places)
        return f"{number:,.{places}f}".translate(self.signs)

    def day(self, day: date) -> str:
        """Return a day with its weekday: Monday 23 November 2026."""
        return _full(self.locale, day)

    def date(self, day: date, parts: str) -> str:
        """Return a date with the parts that a CLDR skeleton names: `yMMMM` is November 2026, `MMMd` 23 Nov."""
        return _by_skeleton(self.locale, parts, day)

    def moment(self, moment: datetime) -> str:
        """Return a local day and time without year: 23 Nov 10:00."""
        return f"{self.date(moment.date(), 'MMMd')} {moment:%H:%M}"


@lru_cache(_DATES_KEPT)
def _full(locale: Locale, day: date) -> str:
    return (
        format_date(day, "full", locale=locale).replace(",", "")
        if locale.language == "en"
        else format_date(day, "full", locale=locale)
    )


@lru_cache(_DATES_KEPT)
def _by_skeleton(locale: Locale, parts: str, day: date) -> str:
    return format_skeleton(parts, day, locale=locale)


@cache
def language(code: str) -> Language:
    """Return a language by its code, one of LOCALES."""
    locale = Locale.parse(LOCALES[code])
    signs = str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
    return Language(code, locale, _flat(_read(f"{code}.toml")), signs, _explanations(code))


def chosen(asked: str, remembered: str, accepted: str) -> Language:
    """Return the language of a reader: what the address asks for, what was chosen before, what the browser prefers."""
    first = next((code for code in (asked, remembered) if code in LOCALES), None)
    return language(first or negotiate_locale(_preferred(accepted), LOCALES, sep="-") or next(iter(LOCALES)))


def _preferred(accepted: str) -> list[str]:
    """Return the tags of an Accept-Language header, the dearest first; what is unreadable or refused (q=0) is left out.

    `*` and territories that we do not have mean nothing here; `fr-CH` is fr.
    """
    weighed = []
    for place, part in enumerate(accepted[:400].split(",")):
        tag, _, weight = part.strip().lower().partition(";")
        try:
            share = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if share > 0:
            weighed.append((-share, place, tag.strip().partition("-")[0]))
    return [tag for _, _, tag in sorted(weighed)]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _explanations(code: str) -> dict[str, str]:
    """Return what the rules say, by their ids, without the marks of names of settings."""
    told = {} if code == OF_THE_RULES else _read(f"rules/{code}.toml")
    return {rule: _unbroken(entry["words"]).replace("`", "") for rule, entry in told.items()}


def _flat(words: Mapping[str, Any], lead: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in words.items():
        flat |= _flat(value, f"{lead}{key}.") if isinstance(value, dict) else {f"{lead}{key}": _unbroken(value)}
    return flat


def _unbroken(text: str) -> str:
    return _WIDE.sub("\N{NO-BREAK SPACE}", _NARROW.sub("\N{NARROW NO-BREAK SPACE}", text))
