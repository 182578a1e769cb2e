"""A step of a decision: whether it can be taken with what stands now, and what it does to hours and months.

All of a decision happens or none of it. What was seen by its author must still stand: of two who decide at once the
first in the log wins, and the second is told what stands now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.aggregation.batch import Step
from services.aggregation.closing import By, close, note_hours, reopen
from services.aggregation.decided import FAILED, decided_document
from services.aggregation.deciding import Deciding, candidate_of
from services.aggregation.estimating import check_of, estimated_values, is_operating, tape_of
from services.aggregation.giving import tell_again
from services.aggregation.judging import judge_own
from shared.domain import gas_time
from shared.domain.deadlines import HOUR_MS, MISSING_RULE
from shared.domain.decision import Decision, DecisionKind, Refusal
from shared.domain.estimation import Estimate, Method, estimate, node_balance, with_energy
from shared.domain.quantities import ABSENT, energies_of
from shared.domain.reading import ACTUAL_QUALITIES, KEPT_BACK, MEASURES, Provenance, Quality, Validity
from shared.domain.retelling import units_of_hours
from shared.domain.revision import OF_GAS, has_values, revised
from shared.domain.topology import Issue, Line
from shared.events import decision as decisions
from shared.events.line_log import DecisionAsked
from shared.events.topics import OPERATIONS


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision under way: what it says, its line, and its place in `operations`."""

    decided: Decision
    line: Line
    offset: int

    @property
    def by(self) -> By:
        """Who decided, and why."""
        return By(self.decided.author, self.decided.reason, self.offset, self.decided.confirmed_by)


def take_decision(deciding: Deciding, step: Step) -> None:
    """Take a decision, or keep why it is refused; one on which our own code fails is refused."""
    asked = step.asked
    assert isinstance(asked, DecisionAsked)  # noqa: S101 - the caller matched it
    text = decisions.parsed(asked.document)
    identity = {"_id": f"{OPERATIONS.name}/{asked.offset}", "document": asked.document}
    if isinstance(text, tuple):
        told = {**identity, "kind": "", "line": "", "author": "", "reason": ""}
        deciding.settled.decided.append(decided_document(step, told, Refusal(text, conflicts=False), {}))
        return
    decided, is_sound = text.decision(), not deciding.batch.aside(step)
    refusal = _outcome(deciding, step, decided, asked.offset) if is_sound else FAILED
    told = {**identity, "kind": decided.kind.value, "line": decided.line}
    told |= {"author": decided.author, "reason": decided.reason}
    state = _state(deciding, decided) if is_sound else {}
    deciding.settled.decided.append(decided_document(step, told, refusal, state))


def _outcome(deciding: Deciding, step: Step, decided: Decision, offset: int) -> Refusal | None:
    line = deciding.register.register.lines.get(decided.line)
    if line is None or line not in deciding.register.lines:
        text = f"line {decided.line} is not registered here"
        return Refusal((Issue("UNKNOWN_LINE", "line", text),), conflicts=False)
    if decided.month:
        return _decide_month(deciding, step, Taken(decided, line, offset))
    issues = [issue for place in range(len(decided.hours)) for issue in _hour_issues(deciding, decided, line, place)]
    if issues:
        conflicts = all(issue.code not in ("FUTURE", "INACTIVE") for issue in issues)
        return Refusal(tuple(issues), conflicts=conflicts)
    return _HOURS[decided.kind](deciding, step, Taken(decided, line, offset))


def _decide_month(deciding: Deciding, step: Step, taken: Taken) -> Refusal | None:
    decided, line = taken.decided, taken.line
    version = deciding.version((line.id, decided.month))
    if decided.version is not None and decided.version != version:
        text = f"the month has moved on from version {decided.version} to {version}: look again, then decide"
        return Refusal((Issue("VERSION", "version", text),))
    if decided.kind is DecisionKind.CLOSE:
        return close(deciding, step, line, decided.month, taken.by)
    if _person(decided.confirmed_by) == _person(decided.author):
        issue = Issue("SAME_PERSON", "confirmed_by", "a second person must confirm a reopening")
        return Refusal((issue,), conflicts=False)
    refusal = reopen(deciding, step, line, decided.month, taken.by)
    if refusal is None:
        _tell_again(deciding, step, line.id, gas_time.hours_of_month(decided.month))
    return refusal


def _person(name: str) -> str:
    """Return a name so that it is the same however it is typed."""
    return " ".join(name.split()).casefold()


def _hour_issues(deciding: Deciding, decided: Decision, line: Line, place: int) -> list[Issue]:
    """Say why an hour cannot be decided on: what its author saw no longer stands, or it can hold nothing."""
    hour, position = decided.hours[place], f"hours[{place}]"
    if (hour + 1) * HOUR_MS > deciding.until_ms:
        return [Issue("FUTURE", position, "the hour has not ended yet")]
    if line.terms_on(gas_time.gas_day(hour)) is None:
        return [Issue("INACTIVE", position, "the line is not active in this hour")]
    row = deciding.table.row(line.id, hour)
    if int(row["revision"]) != decided.revisions[place]:
        text = f"revision {decided.revisions[place]} is superseded: the hour stands at {int(row['revision'])}"
        return [Issue("REVISION", position, text)]
    if deciding.is_closed(line.id, hour) and decided.kind is not DecisionKind.CORRECT:
        return [Issue("CLOSED", position, "the month is closed: correct the hour, or reopen the month")]
    return _kind_issues(decided.kind, row, position)


def _kind_issues(kind: DecisionKind, row: np.void, position: str) -> list[Issue]:
    if kind is DecisionKind.ACCEPT and not has_values(row):
        return [
            Issue("NOTHING_THERE", position, "the hour has no value to accept: estimate it, or accept it as missing")
        ]
    if kind is DecisionKind.ACCEPT_MISSING and has_values(row):
        return [Issue("NOT_MISSING", position, "the hour has a value")]
    if kind is DecisionKind.RELEASE and not row["provenance"] & Provenance.PINNED:
        return [Issue("NOT_PINNED", position, "the hour is not pinned")]
    return []


def _accept(deciding: Deciding, step: Step, taken: Taken) -> None:
    """Flagged hours are right: nothing keeps them back, and they are PRELIMINARY; no revision, for no value changes."""
    line, hours, before, rows = taken.line.id, taken.decided.hours, {}, []
    for hour in hours:
        row = deciding.table.row(line, hour)
        before[hour] = int(row["validity"])
        row["provenance"] &= np.uint8(~int(KEPT_BACK | Provenance.FOUND) & 0xFF)
        row["provenance"] |= np.uint8(Provenance.ACCEPTED)
        row["validity"] = max(int(row["validity"]), Validity.PRELIMINARY)
        rows.append(row)
    deciding.take_rows(line, hours, rows)
    note_hours(deciding, step, DecisionKind.ACCEPT, line, before, taken.by)
    deciding.lift(step, line, list(before), "accepted", taken.offset)


def _correct(deciding: Deciding, step: Step, taken: Taken) -> None:
    """Hours say what somebody decided, are pinned, and are judged like any other.

    What a correction leaves out stays as it stands; energy that it leaves out follows from volume and GCV.
    """
    rows = []
    for place, hour in enumerate(taken.decided.hours):
        row, standing = candidate_of(deciding, step, place, taken.offset), deciding.table.row(taken.line.id, hour)
        _keep_measured(row, standing)
        told = {name: column[place] for name, column in taken.decided.values.items() if column[place] != ABSENT}
        for name, value in told.items():
            row[name] = value
        if "energy" not in told and told.keys() & {"volume", "gcv"}:
            row["energy"] = energies_of(row["volume"], row["gcv"])
        kind = 0 if "volume" in told else standing["provenance"] & np.uint8(Provenance.VOLUME_OPERATING)
        row["quality"], row["provenance"] = Quality.EDITED, kind | Provenance.PINNED
        rows.append(row)
    _replace(deciding, step, taken, rows, "corrected")


def _keep_measured(row: np.void, standing: np.void) -> None:
    """Let a row start from what stands, where that has values: its measures and its meter.

    What followed from the gas was not measured: it follows anew, unless somebody says otherwise.
    """
    if has_values(standing):
        for name in (*MEASURES, "meter"):
            row[name] = ABSENT if standing["gas"] and name in OF_GAS else standing[name]


def _estimate(deciding: Deciding, step: Step, taken: Taken) -> Refusal | None:
    """Hours are estimated as somebody decided; where that replaces a measured value, it is pinned."""
    decided, line = taken.decided, taken.line
    runs = _runs(decided.hours)
    found = [(run, _estimated(deciding, taken, run)) for run in runs]
    values = [
        told for run, each in found if each is not None for told in estimated_values(deciding, line.id, run, each)
    ]
    if len(values) < len(decided.hours):
        text = f"{decided.method} is not possible here: it needs {decided.method.needs}"
        return Refusal((Issue("METHOD", "method", text),), conflicts=False)
    rows = []
    for place, (hour, told) in enumerate(zip(decided.hours, values, strict=True)):
        row, standing = candidate_of(deciding, step, place, taken.offset), deciding.table.row(line.id, hour)
        _keep_measured(row, standing)
        for name, value in told.items():
            row[name] = value
        row["failed"] = standing["failed"] or MISSING_RULE.encode()
        if standing["revision"] and standing["quality"] in ACTUAL_QUALITIES:
            row["provenance"] = Provenance.PINNED
        if is_operating(deciding, line.id, range(hour, hour + 1)):
            row["provenance"] |= np.uint8(Provenance.VOLUME_OPERATING)
        rows.append(row)
    _replace(deciding, step, taken, rows, "estimated")
    return None


def _estimated(deciding: Deciding, taken: Taken, run: range) -> Estimate | None:
    """Estimate a run of hours by the method that was named; M5 from the inputs of the decision alone."""
    tape, decided, inputs = tape_of(deciding, taken.line.id, run), taken.decided, taken.decided.inputs
    if inputs is None:
        return estimate(tape, run, check_of(deciding, taken.line, run), decided.method)
    chosen = [place for place, hour in enumerate(decided.hours) if hour in run]
    others = [(other.weight, other.volume[chosen]) for other in inputs.others]
    volume = node_balance(inputs.node_volume[chosen], others, inputs.own_weight)
    return None if (volume == ABSENT).any() else with_energy(tape, run, Method.NODE_BALANCE, volume)


def _accept_missing(deciding: Deciding, step: Step, taken: Taken) -> None:
    """Hours are missing for good: their month closes without them; a value that comes before is still taken."""
    rows = []
    for place in range(len(taken.decided.hours)):
        row = candidate_of(deciding, step, place, taken.offset)
        row["quality"], row["provenance"], row["method"] = Quality.MISSING, Provenance.WAIVED, Method.NONE.encode()
        rows.append(row)
    _replace(deciding, step, taken, rows, "accepted_missing")


def _release(deciding: Deciding, step: Step, taken: Taken) -> None:
    """Pinned hours keep what they say until something else comes."""
    line, hours = taken.line.id, taken.decided.hours
    rows = [deciding.table.row(line, hour) for hour in hours]
    for row in rows:
        row["provenance"] &= np.uint8(~int(Provenance.PINNED) & 0xFF)
    deciding.take_rows(line, hours, rows)
    before = {hour: int(row["validity"]) for hour, row in zip(hours, rows, strict=True)}
    note_hours(deciding, step, DecisionKind.RELEASE, line, before, taken.by)
    for run in _runs(hours):
        _tell_again(deciding, step, line, run)


def _tell_again(deciding: Deciding, step: Step, line: str, hours: range) -> None:
    """Let hours that were closed or pinned have the gas that has become theirs meanwhile."""
    for unit in units_of_hours(line, hours):
        tell_again(deciding, step, unit)


def _replace(deciding: Deciding, step: Step, taken: Taken, rows: Sequence[np.void], how: str) -> None:
    """Let hours say what was decided: each the next revision, judged in context as any other."""
    line, hours, taking = taken.line.id, list(taken.decided.hours), []
    deciding.lift(step, line, hours, how, taken.offset)
    for hour, row in zip(hours, rows, strict=True):
        row["sent"] = step.known_at_ms
        taking.append(revised(deciding.table.row(line, hour), row))
    deciding.take_rows(line, hours, taking)
    judge_own(deciding, step, {line: hours})


def _runs(hours: Sequence[int]) -> list[range]:
    """Return the consecutive runs of ascending hours."""
    edges = [place for place in range(1, len(hours)) if hours[place] != hours[place - 1] + 1]
    bounds = zip([0, *edges], [*edges, len(hours)], strict=True)
    return [range(hours[begin], hours[end - 1] + 1) for begin, end in bounds]


def _state(deciding: Deciding, decided: Decision) -> dict[str, Any]:
    """Return what stands now: the month with its version, or the hours with their revisions."""
    if decided.month:
        return deciding.month_state(decided.line, decided.month)
    known = [hour for hour in decided.hours if (decided.line, gas_time.gas_day(hour)) in deciding.table.number]
    return {"hours": [deciding.hour_state(decided.line, hour) for hour in known]}


_HOURS: dict[DecisionKind, Callable[[Deciding, Step, Taken], Refusal | None]] = {
    DecisionKind.ACCEPT: _accept,
    DecisionKind.CORRECT: _correct,
    DecisionKind.ESTIMATE: _estimate,
    DecisionKind.ACCEPT_MISSING: _accept_missing,
    DecisionKind.RELEASE: _release,
}
