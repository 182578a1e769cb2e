"""How punctual a line is, for programs: by gas day or gas month, against what is promised of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import orjson

from services.query.measured.answering import Answer, Reader
from services.query.measured.answers import Layout
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.instants import known_instant
from shared.domain.period import Question, View
from shared.domain.promises import TermsPromised
from shared.domain.punctuality import COUNTS
from shared.runtime.mongo import Database
from shared.store.punctuality import LinePunctuality, read_punctuality_unless_held


async def punctuality(  # noqa: PLR0913 - a question has this many sides
    database: Database,
    caller: Caller,
    line: str,
    question: Question,
    reader: Reader[LinePunctuality],
    *,
    now: datetime,
    known_at_ms: int | None = None,
) -> Answer:
    """Answer how punctual a line is, as known now or at a moment."""
    read = await read_punctuality_unless_held(
        database, caller, line, question, now, is_held=reader.has, known_at_ms=known_at_ms
    )
    return await reader.answer(read)


def written(found: LinePunctuality, _: Layout) -> bytes:
    """Return the answer; it lies in rows."""
    question, told = found.question, found.punctuality
    name = "month" if question.view is View.MONTH else "gas_day"
    labels = [gas_time.month_of(day) if name == "month" else day.isoformat() for day in told.first_days]
    document = {
        "id": found.line.id,
        "name": found.line.name_on(question.end),
        "view": question.view,
        "from": question.shown_from,
        "to": question.shown_to,
        "known_at": known_instant(found.known_at_ms),
        "promises": [_promise(one) for one in found.promises],
        "whole": counts_told(told.whole),
        "rows": [{name: label, **counts_told(row)} for label, row in zip(labels, told.counts, strict=True)],
        "next": None,
    }
    return orjson.dumps(document)


def counts_told(counts: np.void) -> dict[str, int]:
    """Return counts (COUNTS) by their names."""
    return {name: int(counts[name]) for name in COUNTS.names or ()}


def _promise(promise: TermsPromised) -> dict[str, Any]:
    return {
        "from": promise.start.isoformat(),
        "prompt_minutes": promise.prompt_minutes,
        "complete_h": promise.complete_h,
        "definitive_working_day": promise.definitive_working_day,
    }
