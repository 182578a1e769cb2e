"""What those who follow the changes are told of a batch: one document, written in the transaction of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.aggregation.settled import Settled
from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.decision import DecisionKind
from shared.domain.effects import ChangedPart
from shared.domain.hour_changes import HourChange
from shared.store.changes import WORKED_OFF, Place, change_id
from shared.store.progress import Progress

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Told = dict[str, Any]


def change_document(
    partition: int, before: Progress, after: Progress, settled: Settled, parts: Sequence[Told]
) -> Told | None:
    """Return the document of what a batch changed, from one position to another; None where it changed nothing."""
    runs, statuses = _without_accepted(settled), [_status(one) for one in settled.closings]
    analyses = _analyses(settled.analysed.days)
    count = len(runs) + len(statuses) + len(analyses) + len(parts)
    if not count:
        return None
    document: Told = {
        "_id": change_id(partition, place_after(before, after)),
        "p": partition,
        "epoch": after.epoch,
        "at": _EPOCH + timedelta(milliseconds=after.known_at_ms),
        "known_at": after.known_at_ms,
        "n": count,
    }
    if len(runs):
        document |= {"lines": settled.lines, "count": len(runs), "runs": runs.tobytes()}
    lists = {"statuses": statuses, "analyses": analyses, "parts": list(parts)}
    return document | {name: told for name, told in lists.items() if told}


def place_after(before: Progress, after: Progress) -> Place:
    """Return the place to which a batch leads; every place is one that no batch before it led to."""
    if before.retelling is None:
        return Place(after.offset, after.part)
    return Place(after.offset, after.part, WORKED_OFF if after.retelling is None else after.retelling.done)


def told_parts(parts: Sequence[ChangedPart], decision: int, known_at_ms: int) -> list[Told]:
    """Return what the change at an offset of `operations` changed of the register, as it is kept."""
    return [
        {
            "kind": part.kind,
            "id": part.id,
            "new": part.is_new,
            "from": part.start.isoformat() if part.start else None,
            "nodes": [{"node": effect.node, "from": effect.start.isoformat()} for effect in part.nodes],
            "lines": list(part.lines),
            "decision": decision,
            "known_at": known_at_ms,
        }
        for part in parts
    ]


def _without_accepted(settled: Settled) -> NDArray[np.void]:
    """Leave out runs of hours whose status alone changed because somebody accepted them: that is told by itself."""
    accepted = [one for one in settled.closings if one["kind"] == DecisionKind.ACCEPT]
    if not accepted:
        return settled.runs
    numbers = {name: number for number, name in enumerate(settled.lines)}
    is_told = np.zeros(len(settled.runs), np.bool_)
    for one in accepted:
        within = (settled.runs["first"] >= one["first_hour"]) & (settled.runs["end"] <= one["end_hour"])
        is_told |= within & (settled.runs["line"] == numbers.get(one["line"], -1))
    left: NDArray[np.void] = settled.runs[~(is_told & (settled.runs["kind"] == HourChange.STATUS))]
    return left


def _status(closing: Told) -> Told:
    hours = closing.get("hours")  # of a month as a whole the line tells how many are its
    return {
        "line": closing["line"],
        "kind": closing["kind"],
        "month": closing["month"],
        "first": closing["first_hour"],
        "end": closing["end_hour"],
        "hours": len(hours) if hours else None,
        "known_at": closing["known_at"],
        "cause": closing["cause"],
        "decision": closing["decision"],
    }


def _analyses(days: dict[DayKey, NDArray[np.void]]) -> list[Told]:
    """Return the gas days of which chromatographs told something else, as runs."""
    told: list[Told] = []
    for (chromatograph, day), rows in sorted(days.items(), key=lambda one: one[0]):
        known_at = int(rows["known_at"].max())
        if told and (told[-1]["chromatograph"], told[-1]["end"]) == (chromatograph, day.isoformat()):
            told[-1] |= {"end": _next(day), "known_at": max(known_at, told[-1]["known_at"])}
        else:
            identity = {"chromatograph": chromatograph, "first": day.isoformat(), "end": _next(day)}
            told.append({**identity, "known_at": known_at})
    return told


def _next(day: date) -> str:
    return gas_time.day_of_number(gas_time.day_number(day) + 1).isoformat()
