"""The strip on every page of somebody whose access ends soon: by what, and in how many days.

Of what the door found with who asks: nothing is read for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.access.acting import gas_day
from shared.access.caller import Caller
from shared.access.certificates.expiry import Left, step

STATES = {Left.DAYS_60: "ahead", Left.DAYS_30: "soon", Left.DAYS_7: "urgent"}
"""The steps in which somebody is warned, by the words and colours of pages."""

URGENCIES = frozenset(STATES.values())


@dataclass(frozen=True, slots=True)
class Warned:
    """What ends, how urgent that is, and the whole days that are left."""

    what: Literal["certificate", "agreement"]
    state: str
    days: int


def warned(caller: Caller, now: datetime) -> Iterator[Warned]:
    """Yield what is worth a warning at a moment: a certificate that none follows, an agreement."""
    ends = caller.ends
    if ends.certificate is not None:
        yield from _warned("certificate", ends.certificate - now)
    if ends.agreement is not None:
        yield from _warned("agreement", ends.agreement - gas_day(now))


def _warned(what: Literal["certificate", "agreement"], left: timedelta) -> Iterator[Warned]:
    state = STATES.get(step(left))
    if state is not None:
        yield Warned(what, state, left.days)
