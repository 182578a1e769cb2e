"""How punctual a line is, or those of a node together, for programs: by gas day or month, against what is promised."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from services.query.measured.answering import Answer, Reader
from services.query.measured.answers import Layout
from shared.domain import gas_time
from shared.domain.instants import known_instant
from shared.domain.period import Question, View
from shared.domain.promises import TermsPromised
from shared.domain.punctuality import COUNTS, Punctuality
from shared.runtime.mongo import Database
from shared.store.asking import Asking
from shared.store.node_punctuality import NodeTold, read_node_punctuality_unless_held
from shared.store.punctuality import LinePunctuality, read_punctuality_unless_held


async def punctuality(database: Database, line: str, asking: Asking, reader: Reader[LinePunctuality]) -> Answer:
    """Answer how punctual a line is, as known now or at a moment."""
    return await reader.answer(await read_punctuality_unless_held(database, line, asking, reader.has))


async def node_punctuality(database: Database, node: str, asking: Asking, reader: Reader[NodeTold]) -> Answer:
    """Answer how punctual the lines of a node are together, as known now or at a moment."""
    return await reader.answer(await read_node_punctuality_unless_held(database, node, asking, reader.has))


def written(found: LinePunctuality, _: Layout) -> bytes:
    """Return the answer that tells of a line; it lies in rows."""
    name, told = found.line.name_on(found.question.end), found.punctuality
    head = _head(found.line.id, name, found.question, found.known_at_ms)
    promises = [_promise(one) for one in found.promises]
    rows = [{**label, **_counts(row)} for label, row in zip(_labels(told), told.counts, strict=True)]
    return orjson.dumps({**head, "promises": promises, "whole": _counts(told.whole), "rows": rows, "next": None})


def written_of_node(found: NodeTold, _: Layout) -> bytes:
    """Return the answer that tells of a node; it names no line."""
    name, told = found.node.name_on(found.question.end), found.punctuality
    lines = zip(told.lines_due.tolist(), told.lines_on_time.tolist(), strict=True)
    rows = [
        {**label, **_lines(*of_lines), **_counts(row)}
        for label, of_lines, row in zip(_labels(told.of_lines), lines, told.of_lines.counts, strict=True)
    ]
    whole = {**_lines(told.whole_lines_due, told.whole_lines_on_time), **_counts(told.of_lines.whole)}
    head = _head(found.node.id, name, found.question, found.known_at_ms)
    return orjson.dumps({**head, "whole": whole, "rows": rows, "next": None})


def _head(name: str, official_name: str, question: Question, known_at_ms: int) -> dict[str, Any]:
    return {
        "id": name,
        "name": official_name,
        "view": question.view,
        "from": question.shown_from,
        "to": question.shown_to,
        "known_at": known_instant(known_at_ms),
    }


def _labels(told: Punctuality) -> list[dict[str, str]]:
    if told.view is View.MONTH:
        return [{"month": gas_time.month_of(day)} for day in told.first_days]
    return [{"gas_day": day.isoformat()} for day in told.first_days]


def _counts(counts: np.void) -> dict[str, int]:
    return {name: int(counts[name]) for name in COUNTS.names or ()}


def _lines(due: int, on_time: int) -> dict[str, int]:
    return {"lines_due": due, "lines_on_time": on_time}


def _promise(promise: TermsPromised) -> dict[str, Any]:
    return {
        "from": promise.start.isoformat(),
        "prompt_minutes": promise.prompt_minutes,
        "complete_h": promise.complete_h,
        "definitive_working_day": promise.definitive_working_day,
    }
