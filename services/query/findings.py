"""Findings: what the rules found in accepted readings and why readings were held, with the words that explain it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.query.finding_hours import open_hours, settlements, starts_of
from services.query.paging import Document, Listed, newest_first
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.finding_words import words_of
from shared.domain.instants import known_instant
from shared.domain.quantities import ABSENT, ENERGY, VOLUME, Quantity
from shared.runtime.mongo import Database
from shared.store import forms
from shared.store.documents import Collection
from shared.store.views import registered


@dataclass(frozen=True, slots=True)
class FindingsAsked:
    """Which findings; empty: any. Of gas days `first` to `end` (exclusive) are those that concern an hour of them."""

    line: str = ""
    first: date | None = None
    end: date | None = None
    rule: str = ""
    severity: str = ""
    state: str = ""
    chromatograph: str = ""


async def findings(database: Database, caller: Caller, asked: FindingsAsked, after: str, limit: int) -> Listed:
    """List findings, those that became known last first.

    Raises:
        ProblemError: 404 for another's line; 422 for a cursor that no answer gave.
    """
    if asked.line:
        await registered(database, caller, asked.line)
    listed = await newest_first(database, Collection.FINDINGS, condition_of(asked), after, limit)
    seen = [document for document in listed.rows if _is_gas(document) or caller.may_read(document["line"])]
    return Listed([_finding(document) for document in seen], listed.last_id)


def condition_of(asked: FindingsAsked) -> Document:
    """Return what the store is asked."""
    named = {name: getattr(asked, name) for name in ("line", "chromatograph", "rule", "severity", "state")}
    condition: Document = {name: value for name, value in named.items() if value}
    bounds = (("$gte", asked.first), ("$lt", asked.end))
    within = {sign: gas_time.hours_of_day(day).start for sign, day in bounds if day is not None}
    return {**condition, "hours": {"$elemMatch": within}} if within else condition


def _is_gas(document: Document) -> bool:
    """Say whether something was found in an analysis: chromatographs are everybody's."""
    return "chromatograph" in document


def _finding(document: Document) -> Document:
    """Return what a rule found: its hours, for each what was observed beside the threshold, and what became of it."""
    words = words_of(document["rule"])
    told = {
        "id": document["_id"],
        "line": document["line"] or None,
        "chromatograph": document.get("chromatograph"),
        "rule": document["rule"],
        "title": words.title,
        "words": words.words,
        "severity": document["severity"],
        "state": document["state"],
        "known_at": known_instant(document["known_at"]),
        "rules_version": document.get("rules_version"),
        "starts": starts_of(document["hours"]),
        "open_starts": starts_of(open_hours(document)),
        "settled": [{"starts": starts_of(settled.hours), **settled.told} for settled in settlements(document)],
        "observed": document["observed"],
        "threshold": document["threshold"],
    }
    held = document.get("rows")
    return {**told, **_held_values(held, len(document["hours"]))} if held else told


def _held_values(packed: bytes, count: int) -> dict[str, Any]:
    """Return what a held reading said of each hour."""
    rows = forms.hours(packed, count)
    return {
        f"held_{VOLUME.field}": _numbers(rows["volume"].tolist(), VOLUME),
        f"held_{ENERGY.field}": _numbers(rows["energy"].tolist(), ENERGY),
    }


def _numbers(scaled: list[int], quantity: Quantity) -> list[float | None]:
    return [None if number == ABSENT else number / quantity.scale for number in scaled]
