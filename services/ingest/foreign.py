"""What a gateway tells of a station that is not its own: every reading is a dead letter, and says nothing more.

A station that nobody registered and one of somebody else look the same, because only the gateway's own list was asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.ingest.files.told import Fault
from shared.domain.reason import Reason

ADVICE = "is none that you deliver for: ask the grid's operator to have it added to yours"


def foreign(places: Iterable[int], position: str, what: str) -> list[Fault]:
    """Return the faults of readings that somebody delivered for a station or chromatograph that is not his."""
    return [Fault(place, Reason.A9_STATION, position, f"{what} {ADVICE}") for place in places]
