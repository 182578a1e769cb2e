"""Closing a gas month of a line, and opening it again: by a decision, or by its deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.aggregation.batch import Step
from services.aggregation.deciding import Deciding
from services.aggregation.settled import MonthStatus
from services.aggregation.table import MonthKey
from shared.domain import gas_time
from shared.domain.deadlines import month_end_ms
from shared.domain.decision import DecisionKind, Refusal
from shared.domain.reading import KEPT_BACK
from shared.domain.revision import lacks_value
from shared.domain.rollup import fold_days
from shared.domain.topology import Issue, Line

MOST_LISTED = 100
"""Hours that a refusal lists; the counts beside it are of all."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes a status and why; `decision` is its place in `operations`, None for a deadline."""

    author: str
    reason: str
    decision: int | None = None
    confirmed_by: str = ""

    @property
    def cause(self) -> str:
        """What the change came from."""
        return "deadline" if self.decision is None else "decision"


def close(deciding: Deciding, step: Step, line: Line, month: str, by: By) -> Refusal | None:
    """Close a month, or say why it cannot be closed: hours are missing, or findings keep them back."""
    if (line.id, month) in deciding.closed:
        return Refusal((Issue("CLOSED", "month", f"{month} is closed already"),))
    if month_end_ms(month) > deciding.until_ms:
        return Refusal((Issue("FUTURE", "month", f"{month} has not ended yet"),), conflicts=False)
    expected = line.active_hours(gas_time.hours_of_month(month))
    if not expected:
        return Refusal((Issue("INACTIVE", "month", f"line {line.id} was not active in {month}"),), conflicts=False)
    whole = fold_days(deciding.slots((line.id, month)))
    missing = len(expected) - int(whole["hours_present"]) - int(whole["hours_waived"])
    if missing > 0 or whole["hours_blocked"]:
        return Refusal(_what_blocks(deciding, line, expected, missing, int(whole["hours_blocked"])))
    _change(deciding, step, (line.id, month), by, closes=True)
    return None


def reopen(deciding: Deciding, step: Step, line: Line, month: str, by: By) -> Refusal | None:
    """Open a closed month again."""
    if (line.id, month) not in deciding.closed:
        return Refusal((Issue("NOT_CLOSED", "month", f"{month} is not closed"),))
    _change(deciding, step, (line.id, month), by, closes=False)
    return None


def note_hours(deciding: Deciding, step: Step, kind: DecisionKind, line: str, hours: dict[int, int], by: By) -> None:  # noqa: PLR0913, PLR0917 - what, of whom, by whom
    """Note that somebody accepted or released hours; `hours` tells what the validity of each was before."""
    months = [gas_time.month_of(gas_time.gas_day(hour)) for hour in hours]
    for month in dict.fromkeys(months):
        status = deciding.status((line, month))
        deciding.settled.months[line, month] = MonthStatus(status.closed, status.statuses + 1, step.known_at_ms)
    told = {"hours": list(hours), "before": list(hours.values())}
    key, bounds = (line, months[0]), range(min(hours), max(hours) + 1)
    _note(deciding, key, bounds, {"kind": kind.value, "log_offset": step.offset, **_told(step, by), **told})


def _change(deciding: Deciding, step: Step, key: MonthKey, by: By, *, closes: bool) -> None:
    line, month = key
    told, statuses = _told(step, by), deciding.status(key).statuses + 1
    deciding.settled.months[key] = MonthStatus(told if closes else None, statuses, step.known_at_ms)
    kind = {"kind": (DecisionKind.CLOSE if closes else DecisionKind.REOPEN).value, "log_offset": step.offset}
    _note(deciding, key, gas_time.hours_of_month(month), {**kind, **told})
    deciding.table.close(line, month, closed=closes)
    if closes:
        deciding.closed.add(key)
    else:
        deciding.closed.discard(key)


def _told(step: Step, by: By) -> dict[str, Any]:
    told = {"cause": by.cause, "author": by.author, "reason": by.reason, "decision": by.decision}
    return {"known_at": step.known_at_ms, **told, **({"confirmed_by": by.confirmed_by} if by.confirmed_by else {})}


def _note(deciding: Deciding, key: MonthKey, hours: range, told: dict[str, Any]) -> None:
    """Keep a change of status with the range of hours that it concerns."""
    line, month = key
    identity = {"_id": f"{line}|{month}|{deciding.status(key).statuses}", "line": line, "month": month}
    deciding.settled.closings.append({**identity, "first_hour": hours.start, "end_hour": hours.stop, **told})


def _what_blocks(deciding: Deciding, line: Line, expected: range, missing: int, blocked: int) -> tuple[Issue, ...]:
    """List the first hours that are missing, or that findings keep back."""
    issues = []
    if missing > 0:
        text = f"{missing} of {len(expected)} hours are missing: deliver, estimate or accept them as missing"
        issues.append(Issue("HOURS_MISSING", "month", text))
    if blocked:
        text = f"{blocked} hours are kept back by findings: /v1/findings?line={line.id}&severity=F&state=open"
        issues.append(Issue("HOURS_BLOCKED", "month", text))
    listed = len(issues) + MOST_LISTED
    for hour in expected:
        if len(issues) == listed:
            break
        row = deciding.table.row(line.id, hour)
        start = gas_time.hour_text(hour)
        if lacks_value(row):
            issues.append(Issue("HOUR_MISSING", start, "no value"))
        elif row["provenance"] & KEPT_BACK:
            issues.append(Issue("HOUR_BLOCKED", start, "an open finding of severity F concerns it"))
    return tuple(issues)
