"""What a gateway wrote to its own topic, as it goes on to `telemetry`: pure.

Whose stations these are is decided here, at the moment of passing on, and written beside the telegram: what follows
reads it from there, so that reading it again gives the same.
"""

from __future__ import annotations

from enum import StrEnum

from services.ingest.source_record import RECEIVED_HEADER, delivered_by
from services.ingest.telegram import station_of
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.events.topics import MAX_GATEWAY_MESSAGE_BYTES, TELEMETRY
from shared.runtime.transactions import Message


class Whose(StrEnum):
    """Whose station a message tells of."""

    OWN = "own"
    FOREIGN = "foreign"
    NONE = "none"
    """It names no station: it is no telegram."""


def passed_on(gateway: str, caller: Caller, value: bytes | None, received_ms: int = 0) -> tuple[Message, Whose]:
    """Return a gateway's message as it goes on, and whose station it tells of.

    Of what the gateway sent only the value stays: its key and its headers are ours to write. What is no telegram goes
    on too, and becomes a dead letter like any other. The station is the key, as it is of what comes by the doors, so
    that one station's telegrams keep one partition.

    Args:
        gateway: Whose topic it stood in.
        caller: The gateway as the access register knows it at this moment.
        value: The message.
        received_ms: When it came into that topic, ms since 1970; 0 where that is not known.
    """
    # The topic takes no more; if somebody made it so that it does, the rest would hold up all others for ever.
    kept = None if value is None else value[:MAX_GATEWAY_MESSAGE_BYTES]
    station = station_of(kept or b"")
    is_own = bool(station) and caller.may(Task.DELIVER) and caller.delivers_for(station)
    received = ((RECEIVED_HEADER, str(received_ms).encode()),) if received_ms else ()
    headers = (*delivered_by(gateway, station if is_own else ""), *received)
    whose = Whose.OWN if is_own else Whose.FOREIGN if station else Whose.NONE
    return Message(TELEMETRY.name, (station or gateway).encode(), kept, headers), whose
