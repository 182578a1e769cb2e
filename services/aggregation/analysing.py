"""A step of analyses: every partition keeps what their gas is worth, and tells the hours again that they serve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from services.aggregation.batch import Step
from services.aggregation.counting import count_analyses
from services.aggregation.deciding import Deciding, Registered, day_to_change
from services.aggregation.defects import blamed
from services.aggregation.giving import tell_again
from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.analysis import ANALYSIS, Analyses
from shared.domain.gas_told import GAS_TOLD, gas_told, take_over
from shared.domain.retelling import Unit, online, units_of_analyses
from shared.domain.retention import first_gas_day, first_online_hour
from shared.domain.rules.analysis_judging import JudgedAnalyses, judge_analyses, online_only
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
    judged = None if is_aside else _judged_here(deciding, told)
    if deciding.partition == COUNTING_PARTITION:
        count_analyses(deciding, step, told, judged)
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
    units = units_of_analyses(register.gas.items(), *told_of(step.asked.analyses))
    return online(units, register.register.online_from)


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


def _judged_here(deciding: Deciding, told: Analyses) -> JudgedAnalyses:
    """Judge analyses where they stand in the log: those that can serve no hour online any more are rejected."""
    first_day = first_gas_day(deciding.register.register.online_from)
    return online_only(_judged(told), told.rows["hour"], first_online_hour(first_day))


def _note(deciding: Deciding, told: Analyses, judged: JudgedAnalyses) -> bool:
    """Keep the calorific values of analyses; say whether any was taken over."""
    doubtful = np.isin(np.arange(len(told.rows)), list(judged.doubts))
    coming, has_changed = gas_told(judged.gcv, told.ranks_ms, doubtful), False
    days, indexes = gas_time.days_and_indexes(told.rows["hour"])
    for row in range(len(told.rows)):
        if row in judged.rejected:
            continue
        key, place = (told.chromatograph, gas_time.day_of_number(int(days[row]))), int(indexes[row]) - 1
        kept = day_to_change(deciding.settled.gas, deciding.gas, key, GAS_TOLD)
        has_changed |= bool(take_over(kept[place : place + 1], coming[row : row + 1])[0])
    return has_changed
