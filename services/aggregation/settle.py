"""Settling a batch: its steps in the order of the line log, and what days, months and contexts say then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.aggregation.analysing import take_analyses, tell_units
from services.aggregation.arriving import take_readings
from services.aggregation.batch import Batch, Step
from services.aggregation.contexts import Kept, contexts_of
from services.aggregation.deciding import Deciding, Registered
from services.aggregation.decisions import take_decision
from services.aggregation.defects import blamed
from services.aggregation.places import Places
from services.aggregation.settled import DEAD, MonthStatus, Settled
from services.aggregation.table import DayKey, MonthKey, Table
from services.aggregation.ticking import take_tick
from shared.domain import gas_time
from shared.domain.hour_changes import Stood, hour_runs
from shared.domain.line_context import kept_of
from shared.domain.retelling import Retelling
from shared.domain.rollup import fold_hours
from shared.domain.rows import taken
from shared.events.line_log import Analysed, Tick, TopologyAsked


@dataclass(frozen=True, slots=True)
class Given:
    """All that a batch is decided with; nothing of it is changed.

    `days`, `months`, `statuses` and `kept` are as the store has them; `keys` the days that may change, those of
    `places` first; `spans` and `beside` say what context each line needs, and which days of it are not kept. `register`
    holds at the batch's begin, `registers` after each change in it; `register_offset` is the last of these.
    """

    partition: int
    batch: Batch
    places: Places
    days: Mapping[DayKey, NDArray[np.void]]
    months: Mapping[MonthKey, NDArray[np.void]]
    statuses: Mapping[MonthKey, MonthStatus]
    kept: Kept
    keys: list[DayKey]
    spans: Mapping[str, tuple[int, int]]
    beside: Mapping[str, list[date]]
    register: Registered
    registers: Mapping[int, Registered]
    register_offset: int
    until_ms: int
    analyses: Mapping[DayKey, NDArray[np.void]]
    gas: Mapping[DayKey, NDArray[np.void]]


def settle(given: Given) -> Settled:
    """Decide every step of a batch, in order."""
    batch = given.batch
    closed = {key for key, status in given.statuses.items() if status.closed}
    contexts = contexts_of(given.spans, given.kept, given.beside, given.days)
    settled = Settled(np.zeros(len(batch.candidates), np.uint8))
    settled.outcome[list(batch.rejected)] = DEAD
    table = Table.of(given.keys, given.days, closed)
    stood = Stood.of(table.days)
    deciding = Deciding(
        given.partition,
        batch,
        table,
        contexts,
        settled,
        given.register,
        given.registers,
        given.months,
        given.statuses,
        given.until_ms,
        np.array([contexts.numbers.get(line, -1) for line in batch.lines], np.int64),
        closed,
        analyses=given.analyses,
        gas=given.gas,
    )
    for step in batch.steps:
        match step.asked:
            case None:
                take_readings(deciding, given.places, step)
            case TopologyAsked(offset):
                deciding.register = given.registers[offset]
            case _:
                _take_alone(deciding, step)
    _conclude(deciding, stood)
    return settled


def _take_alone(deciding: Deciding, step: Step) -> None:
    """Take a tick, a decision, analyses, or a part of what is to be told again.

    Raises:
        StepError: our own code fails on it.
    """
    with blamed(step.offset):
        match step.asked:
            case Tick():
                take_tick(deciding, step)
            case Analysed():
                take_analyses(deciding, step)
            case Retelling():
                tell_units(deciding, step, step.units)
            case _:
                take_decision(deciding, step)


def _conclude(deciding: Deciding, stood: Stood) -> None:
    """Roll up the days that changed, tell which of their hours did, and keep the contexts."""
    changed = deciding.table.changed_days()
    places = np.array([place for _, place in changed], np.int64)
    days = taken(deciding.table.days, places)
    for (key, _), hours, rollup in zip(changed, days, fold_hours(days), strict=True):
        deciding.settled.days[key] = hours, rollup
    _tell_runs(deciding, [key for key, _ in changed], stood.only(places), days, places)
    contexts = deciding.contexts
    deciding.settled.contexts = {line: kept_of(*contexts.span(line)) for line in contexts.numbers}


def _tell_runs(
    deciding: Deciding, keys: list[DayKey], stood: Stood, days: NDArray[np.void], places: NDArray[np.int64]
) -> None:
    """Tell which hours of days say something else than they did; `places` of the days in the table."""
    settled, numbers = deciding.settled, dict[str, int]()
    line = np.array([numbers.setdefault(name, len(numbers)) for name, _ in keys], np.int64)
    first_hour = gas_time.first_hours(np.array([gas_time.day_number(day) for _, day in keys], np.int64))
    regiven = np.zeros(deciding.table.days.size, np.bool_)
    for slots in settled.regiven:
        regiven[slots] = True
    of_days = regiven.reshape(deciding.table.days.shape)[places]
    settled.runs, settled.lines = hour_runs(line, first_hour, stood, days, of_days), list(numbers)
