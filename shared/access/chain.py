"""The chain of events: each says in its hash what it is, and the hash of the one before it.

Whoever changes, removes or inserts an event breaks the chain there, unless he makes all that follow anew; the hash of
the last one, written down elsewhere, shows that as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.domain.instants import instant

FIRST_PREVIOUS = "0" * 64
"""What stands as the hash before the first event."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the access register: when, by whom, what, to which part; `told` are its details.

    No event names a person: `by` and `of` are ids.
    """

    number: int
    at: datetime
    by: str
    what: str
    of: str
    told: dict[str, Any]
    previous: str = FIRST_PREVIOUS
    hash: str = ""

    def chained(self) -> Event:
        """Return it with its hash."""
        return Event(self.number, self.at, self.by, self.what, self.of, self.told, self.previous, self.digest)

    @property
    def digest(self) -> str:
        """What its hash must be: SHA-256 of its canonical JSON, hex."""
        at = instant(round(self.at.timestamp() * 1000))
        said = [self.number, at, self.by, self.what, self.of, self.told, self.previous]
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain of events is broken, and how."""

    number: int
    words: str


def first_break(events: Iterable[Event], count: int) -> Break | None:
    """Return where events, in order, are broken; None: they are whole.

    Args:
        events: From the first one on.
        count: How many there are, by what is written beside them.
    """
    number, previous = 0, FIRST_PREVIOUS
    for event in events:
        number += 1
        if event.number != number:
            return Break(number, f"event {number} is missing: {event.number} follows")
        if event.previous != previous:
            return Break(number, f"event {number} does not follow the one before it")
        if event.hash != event.digest:
            return Break(number, f"event {number} is not what was written")
        previous = event.hash
    return None if number == count else Break(number, f"{count} events were written, {number} are there")
