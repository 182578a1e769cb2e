"""A step of analyses: every partition keeps what their gas is worth, and tells the hours again that they serve.

What becomes of each is kept and counted in the one partition whose owner does that for what stands in every one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import ANALYSES_SOURCE, Step
from services.aggregation.deciding import Deciding, Registered
from services.aggregation.defects import blamed
from services.aggregation.giving import tell_again
from services.aggregation.settled import AnalysesSettled
from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.analysis import ANALYSIS, KEPT_ANALYSIS, Analyses, apply_analysis
from shared.domain.gas_told import GAS_TOLD, gas_told, take_over
from shared.domain.retelling import Unit, units_of_analyses
from shared.domain.revision import Outcome
from shared.domain.rules.analysis_judging import AnalysisFinding, JudgedAnalyses, judge_analyses
from shared.events.line_log import Analysed
from shared.events.topics import COUNTING_PARTITION


def analysed_days(steps: Iterable[Step]) -> set[DayKey]:
    """Return the gas days of chromatographs that steps tell of."""
    days: set[DayKey] = set()
    for step in steps:
        if isinstance(step.asked, Analysed):
            told = step.asked.analyses
            days |= {(told.chromatograph, gas_time.gas_day(hour)) for hour in told.rows["hour"].tolist()}
    return days


def take_analyses(deciding: Deciding, step: Step) -> None:
    """Let analyses say what they tell, and the lines that they serve say what follows; a long step leaves that."""
    assert isinstance(step.asked, Analysed)  # noqa: S101 - the caller matched it
    told, is_aside = step.asked.analyses, "" in deciding.batch.aside(step)
    judged = None if is_aside else _judged(told)
    if deciding.partition == COUNTING_PARTITION:
        _count(deciding, step, told, judged)
    if judged is not None and _note(deciding, told, judged) and not step.is_long:
        tell_units(deciding, step, units_of_step(deciding.register, step))


def tell_units(deciding: Deciding, step: Step, units: Sequence[Unit]) -> None:
    """Tell hours again whose gas may have changed.

    Raises:
        StepError: our own code fails on a line.
    """
    aside = deciding.batch.aside(step)
    for unit in units:
        if unit.line not in aside and "" not in aside:
            with blamed(step.offset, unit.line):
                tell_again(deciding, step, unit)


def units_of_step(register: Registered, step: Step) -> list[Unit]:
    """Return the hours that a step of analyses may change."""
    assert isinstance(step.asked, Analysed)  # noqa: S101 - the caller matched it
    return units_of_analyses(register.gas.items(), *told_of(step.asked.analyses))


def told_of(told: Analyses) -> tuple[str, range]:
    """Return who told, and from the first to the last hour of what is not rejected; none where our own code fails."""
    try:
        rejected = list(_judged(told).rejected)
    except Exception:  # noqa: BLE001 - the step itself fails on it as well, and is set aside there
        return told.chromatograph, range(0)
    hours = np.delete(told.rows["hour"], rejected)
    return told.chromatograph, range(int(hours.min()), int(hours.max()) + 1) if len(hours) else range(0)


@lru_cache(maxsize=64)
def _judged_record(offset: int, known_at_ms: int, packed: bytes) -> JudgedAnalyses:  # noqa: ARG001 - the offset is the key
    return judge_analyses(np.frombuffer(packed, ANALYSIS), known_at_ms)


def _judged(told: Analyses) -> JudgedAnalyses:
    """Judge analyses; all partitions of a worker come by the same ones."""
    return _judged_record(told.offset, told.known_at_ms, told.rows.tobytes())


def _note(deciding: Deciding, told: Analyses, judged: JudgedAnalyses) -> bool:
    """Keep the calorific values of analyses; say whether any was taken over."""
    doubtful = np.isin(np.arange(len(told.rows)), list(judged.doubts))
    coming, has_changed = gas_told(judged.gcv, told.ranks_ms, doubtful), False
    days, indexes = gas_time.days_and_indexes(told.rows["hour"])
    for row in range(len(told.rows)):
        if row in judged.rejected:
            continue
        key, place = (told.chromatograph, gas_time.day_of_number(int(days[row]))), int(indexes[row]) - 1
        kept = deciding.settled.gas.get(key)
        if kept is None:
            before = deciding.gas.get(key)
            kept = np.zeros(gas_time.MAX_HOURS_PER_DAY, GAS_TOLD) if before is None else before.copy()
            deciding.settled.gas[key] = kept
        has_changed |= bool(take_over(kept[place : place + 1], coming[row : row + 1])[0])
    return has_changed


def _count(deciding: Deciding, step: Step, told: Analyses, judged: JudgedAnalyses | None) -> None:
    """Let analyses say what they tell, and count them; what is rejected becomes a dead letter."""
    settled = deciding.settled.analysed
    if judged is None:
        for place in told.rows["place"].tolist():
            _reject(settled, told, place, {"reason": "DEFECT"})
        return
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
    rows["sent"], rows["known_at"], rows["offset"] = told.ranks_ms, known_at_ms, told.offset
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
