"""Who read what, as it travels in `access.read`: msgpack, readings of half a second together."""

from __future__ import annotations

import msgspec

from shared.events.codec import MalformedEventError

VERSION = 1
_ENCODER = msgspec.msgpack.Encoder()


class ReadingTold(msgspec.Struct, frozen=True, array_like=True):
    """Somebody read something, `times` times from `at_ms` to `until_ms` (ms since 1970, half a second apart at most).

    `client` and `company` are ids of the register, `address` is where he asked from. `first` and `end` are gas days,
    the second not included; empty where the answer was of none in particular.
    """

    at_ms: int
    until_ms: int
    times: int
    client: str
    company: str
    address: str
    what: str
    lines: tuple[str, ...]
    nodes: tuple[str, ...]
    gas: tuple[str, ...]
    first: str
    end: str


class AccessRead(msgspec.Struct, frozen=True, array_like=True):
    """Readings that a process answered: `number` counts its messages in a partition (1, 2, …), so that one is one.

    What comes again has a number that was there; what is lost leaves a number out.
    """

    version: int
    teller: str
    number: int
    readings: tuple[ReadingTold, ...]


_DECODER = msgspec.msgpack.Decoder(AccessRead)


def encode(told: AccessRead) -> bytes:
    """Return readings as the bytes of a Kafka record."""
    return _ENCODER.encode(told)


def decode(record: bytes) -> AccessRead:
    """Return the readings in a Kafka record.

    Raises:
        MalformedEventError: the bytes are none, or of a version that this software does not know.
    """
    try:
        told = _DECODER.decode(record)
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise MalformedEventError(str(fault)) from fault
    if told.version != VERSION:
        raise MalformedEventError(f"readings of version {told.version!r}; this software reads {VERSION}")
    return told
