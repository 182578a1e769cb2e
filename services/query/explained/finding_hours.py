"""The hours of a finding: which are still open, how the others were settled, and what was found in each."""

from __future__ import annotations

from dataclasses import dataclass

from services.query.asked.paging import Document
from shared.domain import gas_time
from shared.domain.instants import known_instant


@dataclass(frozen=True, slots=True)
class Settlement:
    """How hours of a finding were settled: by another value, or by a decision (its number, else None)."""

    hours: tuple[int, ...]
    how: str
    known_at_ms: int
    decision: int | None

    @property
    def told(self) -> Document:
        """The settlement as answers tell it."""
        return {"how": self.how, "known_at": known_instant(self.known_at_ms), "decision": self.decision}


def open_hours(document: Document) -> list[int]:
    """Return the hours that nothing has settled; findings of before settlements were kept are open as a whole."""
    hours: list[int] = document["open"] if "open" in document else document["hours"]
    return hours


def settlements(document: Document) -> list[Settlement]:
    """Return how the other hours were settled, in the order in which they were.

    What settles hours of a line is noted on each of its findings that has one of them open, with all the hours that it
    settled: only those count here that the finding names, and that nothing had settled before.
    """
    left = set(document["hours"]) - set(open_hours(document))
    found = []
    for entry in document.get("settled", ()):
        hours = tuple(hour for hour in entry["hours"] if hour in left)
        left -= set(hours)
        if hours:
            found.append(Settlement(hours, entry["how"], int(entry["known_at"]), entry.get("decision")))
    return found


def settled_of(document: Document) -> dict[int, Settlement]:
    """Return, by hour, how it was settled."""
    return {hour: settled for settled in settlements(document) for hour in settled.hours}


def starts_of(hours: list[int] | tuple[int, ...]) -> list[str]:
    """Return the starts of hours as answers write them."""
    return [gas_time.hour_text(hour) for hour in hours]
