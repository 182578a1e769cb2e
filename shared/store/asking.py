"""Who asks what, and when: with this every reading of a period of a line or node begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.access.caller import Caller
from shared.domain.period import Question


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as a caller asks it.

    Attributes:
        caller: Who asks: he sees what he may read.
        question: The view, the period, the units.
        now: Time of the clock: rows exist for hours that have ended.
        known_at_ms: The moment as known at which it is asked (ms since 1970); None: as known now.
    """

    caller: Caller
    question: Question
    now: datetime
    known_at_ms: int | None = None
