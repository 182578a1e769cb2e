"""The catalogue of all rules in order, its version, and the names under which thresholds and severities are set."""

from __future__ import annotations

import math
from typing import Any

from shared.domain.deadlines import CLOSE_WORKING_DAY, CLOSING_SETTINGS, LATEST_WORKING_DAY, MOST_DAYS
from shared.domain.promises import MOST_PROMPT_MINUTES, PROMPT_MINUTES, PROMPT_SETTINGS
from shared.domain.rules import analysis, gas, level, message, meter, run, served, step, time, value
from shared.domain.rules.analysis_evidence import AnalysisEvidence
from shared.domain.rules.context_evidence import ContextEvidence
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.gas_evidence import GasEvidence
from shared.domain.rules.rule import SEVERITY, Card, JudgedBy, Rule, Severity

RULES_VERSION = "3"
"""Travels with every result. Raised whenever a rule can judge a reading otherwise than before."""

CATALOGUE: tuple[Rule[Any] | Card, ...] = (
    message.well_formed,
    message.repeated,
    message.hour_alignment,
    message.hour_in_reach,
    level.unit_kept,
    message.line_active,
    message.partners_there,
    message.hour_by_hour,
    time.hour_there,
    time.local_time_resolved,
    time.in_time,
    value.within_capacity,
    value.not_backwards,
    run.flow_comes_back,
    step.no_spike,
    level.like_other_days,
    run.values_move,
    level.day_like_others,
    meter.hours_make_the_index,
    meter.index_grows,
    meter.check_meter_agrees,
    run.measured_again,
    analysis.composition_sum,
    analysis.gcv_of_composition,
    analysis.density_of_composition,
    analysis.wobbe_identity,
    analysis.net_to_gross,
    gas.energy_identity,
    gas.gcv_of_network,
    gas.state_plausible,
    served.analysis_fresh,
    step.quality_drifts,
)
_JUDGED = tuple(entry for entry in CATALOGUE if isinstance(entry, Rule))


def _judged_by(place: JudgedBy) -> tuple[Rule[Any], ...]:
    return tuple(rule for rule in _JUDGED if rule.card.judged_by is place)


RULES: tuple[Rule[Evidence], ...] = _judged_by(JudgedBy.VALIDATION)
"""The rules that validation judges, on each reading by itself."""

ON_VALUES: tuple[Rule[Evidence], ...] = (
    value.within_capacity,
    value.not_backwards,
    gas.energy_identity,
    gas.gcv_of_network,
    gas.state_plausible,
)
"""Those of them that look at values alone: what is estimated or decided is judged by them too."""

ON_GAS: tuple[Rule[GasEvidence], ...] = (gas.gcv_of_network, served.analysis_fresh, step.quality_drifts)
"""The rules on the gas that an hour is given by a chromatograph; two of them are judged on a line's own gas as well."""

ON_ANALYSES: tuple[Rule[AnalysisEvidence], ...] = _judged_by(JudgedBy.ANALYSIS)
"""The rules on analyses, in catalogue order."""

IN_CONTEXT: tuple[Rule[ContextEvidence], ...] = (
    level.unit_kept,
    run.flow_comes_back,
    step.no_spike,
    level.like_other_days,
    run.values_move,
    level.day_like_others,
    meter.hours_make_the_index,
    meter.index_grows,
    meter.check_meter_agrees,
    run.measured_again,
    step.quality_drifts,
)
"""The rules that aggregation judges, in context. Hours at rest keep a bit for each: only append, at most 16."""

CARDS = tuple(entry.card if isinstance(entry, Rule) else entry for entry in CATALOGUE)


_BOUNDS = {
    CLOSE_WORKING_DAY: LATEST_WORKING_DAY,
    PROMPT_MINUTES: MOST_PROMPT_MINUTES,
    "B2.teletransmitted_h": MOST_DAYS * 24,
    "B2.file_h": MOST_DAYS * 24,
}
"""Settings of time: whole numbers from 0 on."""


def default_settings() -> dict[str, float]:
    """Return every threshold and severity that can be set, by its name ("D7.relative", "D7.severity")."""
    settings: dict[str, float] = {}
    for card in CARDS:
        settings |= {f"{card.id}.{name}": default for name, default in card.thresholds.items()}
        if card.severity is not None and card.judged_by is not JudgedBy.DOOR:
            settings[f"{card.id}.{SEVERITY}"] = float(card.severity)
    return settings | CLOSING_SETTINGS | PROMPT_SETTINGS


def setting_refusal(name: str, number: float) -> str | None:
    """Return why a setting cannot be taken, in one sentence, or None where it can."""
    if name not in default_settings():
        return f"{name} is no setting of a rule: write the rule's id and its threshold, as D7.relative"
    if not math.isfinite(number):
        return f"{name} is not a finite number"
    if name.endswith(f".{SEVERITY}") and number not in _severities_of(name):
        return f"{name} is {number:g}: write {', '.join(f'{s.value} ({s.name})' for s in _severities_of(name))}"
    if name in _BOUNDS and not (0 <= number <= _BOUNDS[name] and number == int(number)):
        return f"{name} is {number:g}: write a whole number from 0 to {_BOUNDS[name]}"
    return None


def _severities_of(name: str) -> list[Severity]:
    """Return the severities that a rule can have: R refuses a reading, so it is not for hours that stand already."""
    code = name.removesuffix(f".{SEVERITY}")
    standing = (JudgedBy.AGGREGATION, JudgedBy.GAS)
    stands = any(card.id == code and card.judged_by in standing for card in CARDS)
    return [severity for severity in Severity if not (stands and severity is Severity.R)]
