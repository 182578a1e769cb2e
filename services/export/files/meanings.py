"""What each column of a file means, in one sentence, and its unit: for machines (CSVW, parquet) as for people."""

from __future__ import annotations

from shared.domain.period import REFERENCE, Question, View
from shared.domain.published import COMPOSITION_GROUP, Column

_MEANINGS = {
    "line": "Id of the metering line.",
    "node": "Id of the node.",
    "name": "Official name on that gas day.",
    "start": "Start, UTC.",
    "end": "End, UTC.",
    "local_start": "Start in local time (Europe/Brussels), with its offset.",
    "gas_day": "Gas day: 06:00 to 06:00 local time.",
    "month": "Gas month: the gas days whose date lies in it.",
    "hour": "Hour of the gas day, 1 to 25.",
    "volume_m3n": "Volume, normalised (0 °C, 1.01325 bar) unless volume_basis says operating.",
    "energy": "Energy.",
    "gcv": "Gross calorific value; of a period energy divided by volume.",
    "temperature_c": "Gas temperature; of a period the mean weighted by volume.",
    "validity": "RECORDED, PRELIMINARY or DEFINITIVE; of several values the weakest.",
    "quality": "MEASURED, CALCULATED, SUBSTITUTED, ESTIMATED, EDITED or MISSING.",
    "revision": "How often it was told; of a node, how many changes of its lines.",
    "volume_basis": "normalised, or operating as the operator publishes it.",
    "method": "How it was estimated: M0 to M8.",
    "known_at": "When this revision became known, UTC.",
    "hours_expected": "Hours that the period should hold.",
    "hours_present": "Hours of them that carry values.",
    "lines_expected": "Lines that the node should add up.",
    "lines_complete": "Lines of them of which nothing is missing.",
    "lines_missing": "Ids of lines of which something is missing.",
    "density": "Density of the gas.",
    "wobbe": "Gross Wobbe index.",
    "ncv": "Net calorific value.",
    "kref": "Compression factor at 0 °C and 1.01325 bar.",
    "chromatograph": "Id of the chromatograph that told the gas.",
    "gas_quality": "How the gas was found: ANALYSIS, HELD, OTHER, MONTH_MEAN or CONTRACT.",
    "analysis_start": "Start of the hour of the analysis, UTC.",
}


def meaning_of(column: Column, view: View) -> str:
    """Return what a column means."""
    if column.group == COMPOSITION_GROUP:
        return f"Share of {column.name.replace('_', ' ')}{'' if view is View.HOUR else ', weighted by flow'}."
    if column.group:
        what, _, by = column.group.partition("_by_")
        return f"{what.capitalize()} whose {by} is {column.name}."
    return _MEANINGS[column.name]


def unit_of(column: Column, question: Question) -> str:
    """Return the unit of a column as people write it, "" where there is none."""
    per = "m³(n)" if question.reference == REFERENCE else f"m³ at {question.reference}"
    energy = question.unit.value
    if column.group == COMPOSITION_GROUP:
        return "mol %"
    of_gas = {"gcv": f"{energy}/{per}", "ncv": f"{energy}/{per}", "wobbe": f"{energy}/{per}", "density": f"kg/{per}"}
    return {"volume_m3n": "m³(n)", "energy": energy, "temperature_c": "°C", **of_gas}.get(column.name, "")
