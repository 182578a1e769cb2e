"""A record of a source topic, with what its headers say: whose file it is part of, and who delivered it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CHUNK_HEADER = "gastrack-file"
"""Name of the header of a record that is a chunk of a file; its value is the receipt."""
SENT_HEADER = "gastrack-sent-ms"
RECEIVED_HEADER = "gastrack-received-ms"
"""When a gateway's message came into the gateway's own topic; written by the relay."""
GATEWAY_HEADER = "gastrack-gateway"
"""Names the gateway that delivered the record; absent where it came from inside the trust boundary."""
OWN_HEADER = "gastrack-own"
"""The station (or chromatograph) that was found to be that gateway's, as the door or the relay read it in the record.

It says what is allowed, not what is forbidden: whoever reads another station in the record than the one who wrote this
header finds a foreign one.
"""
_MOST_DIGITS = 15  # of ms since 1970
Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record of a source topic. `receipt` is that of the file it is a chunk of; "" for a telegram.

    `gateway` is who delivered it, "" where nobody needs a right to; `own` is the station that is known to be his.
    `received_ms` is when it came, ms since 1970 by the broker's clock, 0 where that is not known.
    """

    topic: str
    partition: int
    offset: int
    value: bytes
    receipt: str = ""
    sent_ms: int = 0
    gateway: str = ""
    own: str = ""
    received_ms: int = 0

    def is_foreign(self, station: str) -> bool:
        """Say whether what this record tells of a station comes from a gateway that does not deliver for it."""
        return bool(self.gateway) and (not station or station != self.own)


def source_record(
    place: tuple[str, int, int], value: bytes | None, headers: Iterable[tuple[str, bytes]], appended_ms: int = 0
) -> SourceRecord:
    """Return the record at a place (topic, partition, offset); headers of another form than ours say nothing.

    It was received when it was appended there, or before that to the topic of its gateway, as the relay's header says.
    """
    said = {name: text.decode(errors="replace") for name, text in headers if text}
    sent_ms, received_ms = (_moment(said.get(name, "")) for name in (SENT_HEADER, RECEIVED_HEADER))
    gateway, own = (said.get(name, "") for name in (GATEWAY_HEADER, OWN_HEADER))
    receipt = said.get(CHUNK_HEADER, "")
    return SourceRecord(*place, value or b"", receipt, sent_ms, gateway, own, received_ms or appended_ms)


def _moment(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def delivered_by(gateway: str, own: str) -> Headers:
    """Return the headers of what a gateway delivers; `own` is "" where the record tells of no station of his."""
    return ((GATEWAY_HEADER, gateway.encode()), *(((OWN_HEADER, own.encode()),) if own else ()))
