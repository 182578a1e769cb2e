"""Findings as they rest: new ones, and those that something has settled, in the order of the line log."""

from __future__ import annotations

from typing import Any

from pymongo import InsertOne, UpdateMany

from services.aggregation.settled import Found, Lifted
from shared.domain.rules.catalogue import RULES_VERSION
from shared.domain.rules.rule import Severity

OPEN, SETTLED = "open", "settled"


def finding_operations(partition: int, told: Found | Lifted) -> list[InsertOne[dict[str, Any]] | UpdateMany]:
    """Return the operations that keep a finding, or that settle those of some hours."""
    if isinstance(told, Found):
        return [InsertOne(_document(partition, told))]
    entry = {"hours": told.hours, "how": told.how, "known_at": told.known_at_ms, "decision": told.decision}
    owner = {"line": told.line, **({"chromatograph": told.chromatograph} if told.chromatograph else {})}
    concerned: dict[str, Any] = {**owner, "open": {"$in": told.hours}}
    if told.spared:
        concerned["rule"] = {"$ne": told.spared}
    if told.rule:
        concerned["rule"] = told.rule
        if not told.graver:
            concerned["severity"] = Severity.W.name
    return [
        UpdateMany(concerned, {"$pull": {"open": {"$in": told.hours}}, "$push": {"settled": entry}}),
        UpdateMany({**owner, "open": [], "state": OPEN}, {"$set": {"state": SETTLED}}),
    ]


def _document(partition: int, found: Found) -> dict[str, Any]:
    document = {
        "_id": found.id,
        "p": partition,
        "line": found.line,
        "rule": found.rule,
        "severity": found.severity,
        "hours": found.hours,
        "observed": found.observed,
        "threshold": found.threshold,
        "open": found.hours,
        "settled": [],
        "state": OPEN,
        "known_at": found.known_at_ms,
        "log_offset": found.log_offset,
        "rules_version": RULES_VERSION,
    }
    others = {"rows": found.rows, "chromatograph": found.chromatograph}
    return {**document, **{name: value for name, value in others.items() if value}}
