"""A step of time: overdue gas days are looked through for missing hours, which are estimated; months close.

Only ticks let time pass, and they carry the time up to which every source has been read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import count, groupby

import numpy as np

from services.aggregation.batch import Step
from services.aggregation.closing import By, close
from services.aggregation.decided import FAILED, decided_document
from services.aggregation.deciding import DEFAULTS, Deciding, Seen, candidate_of
from services.aggregation.defects import blamed
from services.aggregation.estimating import check_of, estimated_values, is_operating, tape_of
from services.aggregation.judging import judge_own
from services.aggregation.needs import REESTIMATED_DAYS
from shared.domain import gas_time
from shared.domain.deadlines import MISSING_RULE, closing_months, delay_h, due_days, setting
from shared.domain.decision import DecisionKind, Refusal
from shared.domain.estimation import Method, estimate
from shared.domain.reading import Provenance, Quality, Validity
from shared.domain.revision import Outcome, apply, has_values, lacks_value
from shared.domain.rules.judging import DEFECT
from shared.domain.rules.rule import Severity
from shared.domain.topology import Line
from shared.events.line_log import Tick
from shared.events.topics import RECORDED, SOURCES

BY_DEADLINE = By("deadline", "the working day has come on which this month closes by itself")
JUDGED_AT_ONCE = 2048
"""Estimates that are judged together: rules look at four weeks of each, 22 MB of them."""
_GUESSED = (Quality.ESTIMATED, Quality.MISSING)


def take_tick(deciding: Deciding, step: Step) -> None:
    """Let time pass up to a tick: estimate what is overdue, then close months."""
    assert isinstance(step.asked, Tick)  # noqa: S101 - the caller matched it
    before_ms, deciding.until_ms = deciding.until_ms, step.asked.until_ms
    aside, places = deciding.batch.aside(step), count()
    if "" in aside:
        return
    for lines in _rounds(deciding, step, before_ms):
        _look_through_all(deciding, step, lines, places)
    for line in deciding.register.lines:
        with blamed(step.offset, line.id):
            for month in closing_months(line, before_ms, deciding.until_ms, DEFAULTS):
                _close(deciding, step, line, month, FAILED if line.id in aside else None)


def _rounds(deciding: Deciding, step: Step, before_ms: int) -> list[list[tuple[Line, date]]]:
    """Return the lines with overdue gas days, in rounds: each is judged before the next one may look at its estimates.

    A later gas day looks back on an earlier one, a line on the line that checks it.
    """
    rounds: dict[tuple[date, int], list[tuple[Line, date]]] = defaultdict(list)
    for line in deciding.register.lines:
        with blamed(step.offset, line.id):
            for day in due_days(line, before_ms, deciding.until_ms, DEFAULTS):
                rounds[day, _checks_behind(deciding, line, day)].append((line, day))
    return [rounds[key] for key in sorted(rounds)]


def _checks_behind(deciding: Deciding, line: Line, day: date) -> int:
    """Return how many lines stand behind a line: its check line, that one's check line, until there is no other."""
    seen = {line.id}
    while (terms := line.terms_on(day)) and terms.check and terms.check.line not in seen:
        line = deciding.register.register.lines[terms.check.line]
        seen.add(line.id)
    return len(seen) - 1


def _look_through_all(deciding: Deciding, step: Step, lines: list[tuple[Line, date]], places: Iterator[int]) -> None:
    """Look through one overdue gas day of lines, and judge what was estimated."""
    aside, estimated = deciding.batch.aside(step), dict[str, list[int]]()
    for line, day in lines:
        with blamed(step.offset, line.id):
            if line.id in aside:
                _tell_failed(deciding, step, line, day)
            elif hours := _look_through(deciding, step, line, day, places):
                estimated[line.id] = hours
        if sum(map(len, estimated.values())) >= JUDGED_AT_ONCE:
            judge_own(deciding, step, estimated)
            estimated = {}
    if estimated:
        judge_own(deciding, step, estimated)


def has_holes(rollup: np.void, day: date) -> bool:
    """Say whether a gas day's rollup lacks hours that nobody has accepted as missing."""
    return int(rollup["hours_present"]) + int(rollup["hours_waived"]) < len(gas_time.hours_of_day(day))


def _look_through(deciding: Deciding, step: Step, line: Line, day: date, places: Iterator[int]) -> list[int]:
    """Estimate the missing hours of an overdue gas day, and tell that they were missing. Return all that changed."""
    missing = _missing(deciding, line, day)
    if not missing:
        _count_due(deciding, line, day, missing)
        return []
    terms = line.terms_on(day) or line.terms[-1]
    severity = Severity(int(setting(terms, f"{MISSING_RULE}.severity", DEFAULTS)))
    blocks = severity is Severity.F
    gaps = _gaps(deciding, line.id, missing)
    changed = {hour for gap in gaps for hour in _fill(deciding, step, line, gap, places, blocks=blocks)}
    allowed = delay_h(terms, DEFAULTS)
    deciding.find(step, line.id, MISSING_RULE, severity, [(hour, None, allowed) for hour in missing])
    _count_due(deciding, line, day, missing)
    return sorted(changed)


def _count_due(deciding: Deciding, line: Line, day: date, missing: list[int]) -> None:
    """Count the hours of an overdue gas day: those that were `missing` may have been estimated by now."""
    present = int(deciding.rollup(line.id, day)["hours_present"])
    estimated = sum(bool(has_values(deciding.table.row(line.id, hour))) for hour in missing)
    left = len(gas_time.hours_of_day(day)) - present
    deciding.settled.due.update(delivered=present - estimated, estimated=estimated, missing=left)


def _missing(deciding: Deciding, line: Line, day: date) -> list[int]:
    """Return the hours of a gas day that are missing, as far as its month is open."""
    is_closed = (line.id, gas_time.month_of(day)) in deciding.closed
    if is_closed or not has_holes(deciding.rollup(line.id, day), day):
        return []
    return [hour for hour in gas_time.hours_of_day(day) if lacks_value(deciding.table.row(line.id, hour))]


def _tell_failed(deciding: Deciding, step: Step, line: Line, day: date) -> None:
    """Tell that missing hours were not estimated because our own code failed on this line."""
    seen: list[Seen] = [(hour, None, None) for hour in _missing(deciding, line, day)]
    if seen:
        deciding.find(step, line.id, f"{DEFECT}{MISSING_RULE}", Severity.W, seen)


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
    """Estimate a gap; where no method can, its hours are told missing. Return the hours that changed.

    What was found of an earlier guess goes with it; that the hour was missing stays told.
    """
    found = estimate(tape_of(deciding, line.id, gap), gap, check_of(deciding, line, gap))
    values = [{} for _ in gap] if found is None else estimated_values(deciding, line.id, gap, found)
    kind = Provenance.VOLUME_OPERATING if found is not None and is_operating(deciding, line.id, gap) else 0
    changed, rows = [], []
    for hour, told in zip(gap, values, strict=True):
        candidate = _overdue(deciding, step, next(places), blocks=blocks)
        for name, value in told.items():
            candidate[name] = value
        candidate["provenance"] |= np.uint8(kind)
        applied = apply(deciding.table.row(line.id, hour), candidate)
        if applied.outcome is Outcome.ACCEPTED:
            deciding.settled.estimated[candidate["method"].decode()] += 1
            changed.append(hour)
            rows.append(applied.row)
    guessed = [hour for hour, row in zip(changed, rows, strict=True) if row["revision"] > 1]
    deciding.lift(step, line.id, guessed, "superseded", spared=MISSING_RULE)
    deciding.take_rows(line.id, changed, rows)
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


def _close(deciding: Deciding, step: Step, line: Line, month: str, refusal: Refusal | None) -> None:
    """Close a month by its deadline, or keep why not; `refusal`: why it is not even tried."""
    if (line.id, month) in deciding.closed:
        return
    refusal = refusal or close(deciding, step, line, month, BY_DEADLINE)
    identity = {"_id": f"close/{line.id}/{month}", "kind": DecisionKind.CLOSE.value, "line": line.id, "document": b""}
    by = {"author": BY_DEADLINE.author, "reason": BY_DEADLINE.reason}
    state = deciding.month_state(line.id, month)
    deciding.settled.decided.append(decided_document(step, {**identity, **by}, refusal, state))
