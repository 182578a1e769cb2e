"""Findings: what the rules found in accepted readings and why readings were held, with the words that explain it."""

from __future__ import annotations

from typing import Any

from services.query.asked.paging import Document, Listed, newest_first
from services.query.explained.finding_hours import open_hours, settlements, starts_of
from services.query.explained.findings_asked import FindingsAsked, FindingsSight, condition_of
from shared.access.caller import Caller
from shared.domain.finding_words import words_of
from shared.domain.instants import known_instant
from shared.domain.quantities import ABSENT, ENERGY, VOLUME, Quantity
from shared.runtime.mongo import Database
from shared.store import forms
from shared.store.documents import Collection
from shared.store.readable_gas import readable_gas
from shared.store.views import registered


async def findings(database: Database, caller: Caller, asked: FindingsAsked, after: str, limit: int) -> Listed:
    """List findings, those that became known last first.

    Raises:
        ProblemError: 404 for another's line; 422 for a cursor that no answer gave.
    """
    if asked.line:
        await registered(database, caller, asked.line)
    sight = FindingsSight(caller, await readable_gas(database, caller))
    condition = condition_of(asked) if caller.rights.has_all else sight.condition(asked)
    listed = await newest_first(database, Collection.FINDINGS, condition, after, limit)
    return Listed([_finding(sight.shown(document)) for document in listed.rows], listed.last_id)


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
