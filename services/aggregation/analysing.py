"""A step of analyses: what becomes of each, in the one partition whose owner keeps and counts them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import ANALYSES_SOURCE, Step
from services.aggregation.deciding import Deciding
from services.aggregation.settled import AnalysesSettled
from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.analysis import ANALYSIS, KEPT_ANALYSIS, Analyses, apply_analysis
from shared.domain.revision import Outcome
from shared.domain.rules.analysis_judging import AnalysisFinding, judge_analyses
from shared.events.line_log import Analysed


def analysed_days(steps: Iterable[Step]) -> set[DayKey]:
    """Return the gas days of chromatographs that steps tell of."""
    days: set[DayKey] = set()
    for step in steps:
        if isinstance(step.asked, Analysed):
            told = step.asked.analyses
            days |= {(told.chromatograph, gas_time.gas_day(hour)) for hour in told.rows["hour"].tolist()}
    return days


def take_analyses(deciding: Deciding, step: Step) -> None:
    """Judge analyses and let them say what they tell; what is rejected becomes a dead letter."""
    assert isinstance(step.asked, Analysed)  # noqa: S101 - the caller matched it
    told, settled = step.asked.analyses, deciding.settled.analysed
    if deciding.batch.aside(step):
        for place in told.rows["place"].tolist():
            _reject(settled, told, place, {"reason": "DEFECT"})
        return
    judged = judge_analyses(told.rows, told.known_at_ms)
    for row, coming in enumerate(_coming(told, step.known_at_ms)):
        if row in judged.rejected:
            place, hour = int(told.rows[row]["place"]), int(told.rows[row]["hour"])
            _reject(settled, told, place, {**_why(judged.rejected[row]), "hour": hour})
        else:
            coming["doubt"] = judged.doubts.get(row, "").encode()
            _take(deciding, told, coming)


def _coming(told: Analyses, known_at_ms: int) -> NDArray[np.void]:
    """Return the rows as they would rest: known since the log of this partition has them, as readings are."""
    rows = np.zeros(len(told.rows), KEPT_ANALYSIS)
    for name in ANALYSIS.names or ():
        rows[name] = told.rows[name]
    rows["sent"], rows["known_at"], rows["offset"] = told.sent_ms, known_at_ms, told.offset
    return rows


def _take(deciding: Deciding, told: Analyses, coming: np.void) -> None:
    settled, hour = deciding.settled.analysed, int(coming["hour"])
    slots, place = _day(deciding, (told.chromatograph, gas_time.gas_day(hour))), gas_time.hour_index(hour) - 1
    became = apply_analysis(slots[place], coming)
    settled.counts[told.offset, became.value] += 1
    if became is Outcome.HELD:
        settled.beside.append((told.chromatograph, hour, f"held|{told.offset}|{int(coming['place'])}", coming))
    if became is Outcome.REPEATED and coming["sent"] > slots[place]["sent"]:
        slots[place]["sent"] = coming["sent"]
    if became is Outcome.ACCEPTED:
        revision = int(slots[place]["revision"])
        if revision:
            settled.beside.append((told.chromatograph, hour, str(revision), slots[place].copy()))
        slots[place] = coming
        slots[place]["revision"] = revision + 1


def _day(deciding: Deciding, key: DayKey) -> NDArray[np.void]:
    """Return a gas day of a chromatograph as it stands now, to be changed."""
    days = deciding.settled.analysed.days
    if key not in days:
        known = deciding.analyses.get(key)
        days[key] = np.zeros(gas_time.MAX_HOURS_PER_DAY, KEPT_ANALYSIS) if known is None else known.copy()
    return days[key]


def _reject(settled: AnalysesSettled, told: Analyses, place: int, why: dict[str, Any]) -> None:
    settled.counts[told.offset, Outcome.DEAD_LETTERED.value] += 1
    settled.letters[f"{ANALYSES_SOURCE}/{told.offset}/{place}"] = {
        "by": "validation",
        "source": f"{ANALYSES_SOURCE}/{told.offset}",
        "telegram": told.telegram,
        "station": told.chromatograph,
        "known_at": told.known_at_ms,
        "state": "open",
        **why,
    }


def _why(found: AnalysisFinding) -> dict[str, Any]:
    numbers = {"observed": found.observed, "threshold": found.threshold}
    return {"reason": found.rule, **{name: told if math.isfinite(told) else None for name, told in numbers.items()}}
