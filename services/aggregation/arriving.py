"""A step of readings: what becomes of each, first arrivals at once, others one by one; then the rules in context.

The rules see the state after the whole record, so what they find does not depend on how records are cut into batches.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Step
from services.aggregation.deciding import Deciding
from services.aggregation.giving import give_gas
from services.aggregation.hours import Hours
from services.aggregation.judging import followed_by, judge
from services.aggregation.places import Places
from services.aggregation.settled import ACCEPTED, DEAD, HELD, REPEATED, Found
from shared.domain import gas_time
from shared.domain.finding_words import HELD as HELD_RULE
from shared.domain.reading import Provenance
from shared.domain.revision import HeldReason, Outcome, apply, apply_first
from shared.domain.rows import put, taken
from shared.domain.rules.rule import Severity
from shared.events.answer import FindingTold

_POSITION = ("source_topic", "source_partition", "source_offset", "source_place")


def take_readings(deciding: Deciding, places: Places, step: Step) -> None:
    """Decide the readings of a record."""
    rows = np.arange(step.rows.start, step.rows.stop)
    living = rows[deciding.settled.outcome[rows] != DEAD]
    hours, slot = deciding.table.days.reshape(-1), places.slot
    distinct, first, counts = np.unique(slot[living], return_index=True, return_counts=True)
    open_days = ~deciding.table.closed[distinct // gas_time.MAX_HOURS_PER_DAY]
    alone = (counts == 1) & (hours["revision"][distinct] == 0) & open_days
    arrivals = living[first[alone]]
    put(hours, distinct[alone], apply_first(taken(deciding.batch.candidates, arrivals)))
    deciding.table.changed[places.day[arrivals]] = True
    lifted: dict[str, list[int]] = defaultdict(list)
    for row in np.setdiff1d(living, arrivals, assume_unique=True).tolist():
        _decide_one(deciding, row, divmod(int(slot[row]), gas_time.MAX_HOURS_PER_DAY), lifted)
    for line, concerned in lifted.items():
        deciding.lift(step, line, sorted(set(concerned)), "superseded")
    _tell_findings(deciding, step, slot[step.rows.start : step.rows.stop])
    accepted = living[deciding.settled.outcome[living] == ACCEPTED]
    _give_gas(deciding, step, accepted, slot)
    _judge(deciding, step, accepted, slot)


def _decide_one(deciding: Deciding, row: int, place: tuple[int, int], lifted: dict[str, list[int]]) -> None:
    """Apply a candidate; `lifted` gathers, by line, the hours whose findings no longer concern what they say."""
    batch, table, settled = deciding.batch, deciding.table, deciding.settled
    before = table.days[place].copy()
    applied = apply(before, batch.candidates[row], closed=bool(table.closed[place[0]]))
    table.days[place] = applied.row
    match applied.outcome:
        case Outcome.HELD:
            settled.outcome[row] = HELD
            settled.held[row] = applied.reason or HeldReason.OUTRANKED
            if applied.row["provenance"] == before["provenance"]:
                return
        case Outcome.REPEATED:
            settled.outcome[row] = REPEATED
            if applied.row["sent"] == before["sent"]:
                return
        case _:
            if before["revision"] > 0:
                line, hour = batch.lines[batch.line[row]], int(batch.hour[row])
                settled.superseded.append((line, hour, before))
                if before["provenance"] & Provenance.FOUND:
                    lifted[line].append(hour)
    table.changed[place[0]] = True


def _tell_findings(deciding: Deciding, step: Step, slot: NDArray[np.int64]) -> None:
    """Tell what rules found in accepted readings, and why readings were held: one finding a source, line and rule.

    Of an hour that a record tells twice, what was found in the reading that did not stay is not told.
    """
    batch, settled = deciding.batch, deciding.settled
    if not batch.findings and not settled.held:
        return
    own, standing = batch.candidates[step.rows.start : step.rows.stop], taken(deciding.table.days.reshape(-1), slot)
    stays = np.logical_and.reduce([standing[name] == own[name] for name in _POSITION])
    told = [
        (row, finding)
        for row in step.rows
        if row in batch.findings and settled.outcome[row] == ACCEPTED and stays[row - step.rows.start]
        for finding in batch.findings[row]
    ]
    told += [
        (row, FindingTold(row, f"{HELD_RULE}{settled.held[row]}", Severity.W.name, None, None))
        for row in step.rows
        if row in settled.held
    ]
    groups: dict[tuple[int, int, str, str], list[tuple[int, FindingTold]]] = defaultdict(list)
    for row, finding in sorted(told, key=lambda pair: pair[0]):
        groups[int(batch.source[row]), int(batch.line[row]), finding.rule, finding.severity].append((row, finding))
    for (_, line, rule, severity), found in groups.items():
        rows = [row for row, _ in found]
        settled.findings.append(
            Found(
                f"{batch.position(rows[0])}|{rule}",
                batch.lines[line],
                rule,
                severity,
                batch.hour[rows].tolist(),
                [one.observed for _, one in found],
                [one.threshold for _, one in found],
                step.known_at_ms,
                step.offset,
                batch.candidates[rows].tobytes() if rule.startswith(HELD_RULE) else b"",
            )
        )


def _give_gas(deciding: Deciding, step: Step, accepted: NDArray[np.intp], slot: NDArray[np.int64]) -> None:
    """Give the hours that were accepted their gas, each once."""
    batch = deciding.batch
    slots, first = np.unique(slot[accepted], return_index=True)
    rows = accepted[first]
    give_gas(deciding, step, Hours(batch.lines, batch.line[rows], batch.hour[rows], slots))


def _judge(deciding: Deciding, step: Step, accepted: NDArray[np.intp], slot: NDArray[np.int64]) -> None:
    """Let the contexts know what was accepted, and judge it there; of an hour told twice the last word counts."""
    if not len(accepted):
        return
    _, last = np.unique(slot[accepted[::-1]], return_index=True)
    rows = np.sort(accepted[::-1][last])
    line, hour = deciding.numbers[deciding.batch.line[rows]], deciding.batch.hour[rows]
    followed = followed_by(deciding, line, hour)
    deciding.contexts.tell(line, hour, taken(deciding.table.days.reshape(-1), slot[rows]))
    judge(deciding, step, line, hour, followed)
