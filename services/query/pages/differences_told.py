"""What a change of the register changed, in words: since when, of what, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.query.pages.hour_page import local_moment
from services.query.pages.languages import Language
from services.query.pages.node_parts import during

WEIGHTS = ("weight of line", "weight of node")
_DAY = len("2026-11-23")


@dataclass(frozen=True, slots=True)
class Told:
    """A difference: since when, the fact, and what it said before and after.

    `kind` says how it is told: `changed` from one to the other, `new` where there was none, `gone` where there is none
    any more; `began` and `ended` of a line or node as a whole.
    """

    when: str
    kind: str
    fact: str
    of: str
    before: str
    after: str


def told(one: Mapping[str, Any], names: Mapping[str, str], language: Language) -> Told:
    """Return a difference in words; `names` of lines by their ids."""
    what, of, before, after = one["what"], one["of"] or "", one["before"], one["after"]
    when = _when(one["from"], one["to"], language)
    if what == "active":
        return Told(when, "began" if after else "ended", "", "", "", "")
    kind = "new" if before is None else "gone" if after is None else "changed"
    fact = language(f"fact.{what.replace(' ', '_')}")
    called = names.get(of, of)
    if what == "code":  # that it is one says all
        return Told(when, kind, fact, "", of if before else "", of if after else "")
    texts = [_text(value, what, language) for value in (before, after)]
    return Told(when, kind, fact, called, *texts)


def _when(start: str, end: str | None, language: Language) -> str:
    first = language.date(date.fromisoformat(start[:_DAY]), "yMMMMd")
    if len(start) > _DAY:  # of gas: an hour
        moment: datetime | None = local_moment(start)
        return language("change.since", day=f"{first} {moment:%H:%M}")
    if end is None:
        return language("change.since", day=first)
    return during(date.fromisoformat(start), date.fromisoformat(end), language)


def _text(value: object, what: str, language: Language) -> str:
    match value:
        case None:
            return ""
        case bool():
            return language("change.yes" if value else "change.no")
        case int() | float():
            plain = language.number(f"{value:.6f}".rstrip("0").rstrip("."))
            return f"+{plain}" if what in WEIGHTS and value > 0 else str(plain)
        case list():
            return ", ".join(_text(one, what, language) for one in value) or language("change.nothing")
        case _:
            return str(value)
