"""The catalogue of all rules in order, its version, and the names under which thresholds and severities are set."""

from __future__ import annotations

import math
from typing import Any

from shared.domain.rules import gas, message, time, value
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.rule import SEVERITY, Card, JudgedBy, Rule, Severity

RULES_VERSION = "1"
"""Travels with every result. Raised whenever a rule can judge a reading otherwise than before."""

CATALOGUE: tuple[Rule[Any] | Card, ...] = (
    message.well_formed,
    message.repeated,
    message.hour_alignment,
    message.hour_in_reach,
    message.line_active,
    message.partners_there,
    time.local_time_resolved,
    time.in_time,
    value.within_capacity,
    value.not_backwards,
    gas.energy_identity,
    gas.gcv_of_network,
    gas.temperature_plausible,
)
_JUDGED = tuple(entry for entry in CATALOGUE if isinstance(entry, Rule))


def _judged_by(place: JudgedBy) -> tuple[Rule[Any], ...]:
    return tuple(rule for rule in _JUDGED if rule.card.judged_by is place)


RULES: tuple[Rule[Evidence], ...] = _judged_by(JudgedBy.VALIDATION)
"""The rules that validation judges, on each reading by itself."""

CARDS = tuple(entry.card if isinstance(entry, Rule) else entry for entry in CATALOGUE)


def default_settings() -> dict[str, float]:
    """Return every threshold and severity that can be set, by its name ("D7.relative", "D7.severity")."""
    settings: dict[str, float] = {}
    for rule in _JUDGED:
        settings |= {f"{rule.card.id}.{name}": default for name, default in rule.card.thresholds.items()}
        settings[f"{rule.card.id}.{SEVERITY}"] = float(rule.severity)
    return settings


def setting_refusal(name: str, number: float) -> str | None:
    """Return why a setting cannot be taken, in one sentence, or None where it can."""
    if name not in default_settings():
        return f"{name} is no setting of a rule: write the rule's id and its threshold, as D7.relative"
    if not math.isfinite(number):
        return f"{name} is not a finite number"
    if name.endswith(f".{SEVERITY}") and number not in list(Severity):
        return f"{name} is {number:g}: write {', '.join(f'{s.value} ({s.name})' for s in Severity)}"
    return None
