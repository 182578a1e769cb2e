"""A step of time: overdue gas days are looked through for missing hours, which are estimated; months close.

Only ticks let time pass, and they carry the time up to which every source has been read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count, groupby

import numpy as np

from services.aggregation.batch import Step
from services.aggregation.closing import By, close
from services.aggregation.decided import decided_document
from services.aggregation.deciding import DEFAULTS, Deciding, candidate_of
from services.aggregation.estimating import check_of, estimated_values, tape_of
from services.aggregation.judging import judge_own
from services.aggregation.needs import REESTIMATED_DAYS
from services.aggregation.settled import Found
from shared.domain import gas_time
from shared.domain.deadlines import MISSING_RULE, closing_months, delay_h, due_days, setting
from shared.domain.decision import DecisionKind
from shared.domain.estimation import Method, estimate
from shared.domain.reading import Provenance, Quality, Validity
from shared.domain.revision import Outcome, apply, lacks_value
from shared.domain.rules.rule import Severity
from shared.domain.topology import Line
from shared.events.line_log import Tick
from shared.events.topics import RECORDED, SOURCES

BY_DEADLINE = By("deadline", "the working day has come on which this month closes by itself")
_GUESSED = (Quality.ESTIMATED, Quality.MISSING)


def take_tick(deciding: Deciding, step: Step, *, is_sound: bool = True) -> None:
    """Let time pass up to a tick; one on which our own code fails (not sound) does nothing else."""
    assert isinstance(step.asked, Tick)  # noqa: S101 - the caller matched it
    before_ms, deciding.until_ms = deciding.until_ms, step.asked.until_ms
    if not is_sound:
        return
    places = count()
    for line in deciding.register.lines:
        for day in due_days(line, before_ms, deciding.until_ms, DEFAULTS):
            _look_through(deciding, step, line, day, places)
        for month in closing_months(line, before_ms, deciding.until_ms, DEFAULTS):
            _close(deciding, step, line, month)


def has_holes(rollup: np.void, day: date) -> bool:
    """Say whether a gas day's rollup lacks hours that nobody has accepted as missing."""
    return int(rollup["hours_present"]) + int(rollup["hours_waived"]) < len(gas_time.hours_of_day(day))


def _look_through(deciding: Deciding, step: Step, line: Line, day: date, places: Iterator[int]) -> None:
    key = (line.id, gas_time.month_of(day))
    if key in deciding.closed or not has_holes(deciding.rollup(line.id, day), day):
        return
    terms = line.terms_on(day) or line.terms[-1]
    severity = Severity(int(setting(terms, f"{MISSING_RULE}.severity", DEFAULTS)))
    blocks = severity is Severity.F
    missing = [hour for hour in gas_time.hours_of_day(day) if lacks_value(deciding.table.row(line.id, hour))]
    changed: list[int] = []
    for gap in _gaps(deciding, line.id, missing):
        changed += _fill(deciding, step, line, gap, places, blocks=blocks)
    name, allowed = f"{deciding.next_name(step)}/{line.id}|{MISSING_RULE}", delay_h(terms, DEFAULTS)
    observed: list[float | None] = [None] * len(missing)
    threshold: list[float | None] = [allowed] * len(missing)
    deciding.settled.findings.append(
        Found(name, line.id, MISSING_RULE, severity.name, missing, observed, threshold, step.known_at_ms, step.offset)
    )
    if changed:
        judge_own(deciding, step, line.id, sorted(changed))


def _is_guessed(deciding: Deciding, line: str, hour: int) -> bool:
    """Say whether an hour was estimated or told missing at a deadline before, and may be estimated anew now."""
    row = deciding.table.row(line, hour)
    by_tick = row["source_topic"] == SOURCES.index(RECORDED.name) and row["failed"] == MISSING_RULE.encode()
    automatic = row["revision"] > 0 and row["quality"] in _GUESSED and by_tick
    kept = row["provenance"] & np.uint8(Provenance.PINNED | Provenance.WAIVED | Provenance.ACCEPTED)
    return bool(automatic) and not kept and not deciding.is_closed(line, hour)


def _gaps(deciding: Deciding, line: str, missing: list[int]) -> list[range]:
    """Return the runs of missing hours, each from where the guesses right before it begin: an outage is one gap."""
    gaps = []
    for _, run in groupby(enumerate(missing), lambda pair: pair[1] - pair[0]):
        hours = [hour for _, hour in run]
        first = earliest = hours[0]
        earliest -= (REESTIMATED_DAYS - 1) * 24
        while first > earliest and _is_guessed(deciding, line, first - 1):
            first -= 1
        gaps.append(range(first, hours[-1] + 1))
    return gaps


def _fill(  # noqa: PLR0913 - a gap of a line at a step
    deciding: Deciding, step: Step, line: Line, gap: range, places: Iterator[int], *, blocks: bool
) -> list[int]:
    """Estimate a gap; where no method can, its hours are told missing. Return the hours that changed."""
    found = estimate(tape_of(deciding, line.id, gap), gap, check_of(deciding, line, gap))
    values = [{} for _ in gap] if found is None else estimated_values(found)
    changed = []
    for hour, told in zip(gap, values, strict=True):
        candidate = _overdue(deciding, step, next(places), blocks=blocks)
        for name, value in told.items():
            candidate[name] = value
        applied = apply(deciding.table.row(line.id, hour), candidate)
        if applied.outcome is Outcome.ACCEPTED:
            deciding.take_row(line.id, hour, applied.row)
            deciding.settled.estimated[candidate["method"].decode()] += 1
            changed.append(hour)
    return changed


def _overdue(deciding: Deciding, step: Step, place: int, *, blocks: bool) -> np.void:
    """Return an hour that is told missing because its deadline has passed."""
    row = candidate_of(deciding, step, place)
    row["quality"], row["sent"] = Quality.MISSING, deciding.until_ms
    row["failed"], row["method"] = MISSING_RULE.encode(), Method.NONE.encode()
    row["provenance"] = Provenance.FOUND | (Provenance.BLOCKED if blocks else 0)
    if blocks:
        row["validity"] = Validity.RECORDED
    return row


def _close(deciding: Deciding, step: Step, line: Line, month: str) -> None:
    if (line.id, month) in deciding.closed:
        return
    refusal = close(deciding, step, line, month, BY_DEADLINE)
    identity = {"_id": f"close/{line.id}/{month}", "kind": DecisionKind.CLOSE.value, "line": line.id, "document": b""}
    by = {"author": BY_DEADLINE.author, "reason": BY_DEADLINE.reason}
    state = deciding.month_state(line.id, month)
    deciding.settled.decided.append(decided_document(step, {**identity, **by}, refusal, state))
