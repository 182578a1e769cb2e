"""How readings travel: msgpack around raw little-endian columns, which numpy reads at no cost per reading.

`[lines, meters, sources, count, columns]`; a column that is all default (ABSENT, or 0) is left out.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from shared.domain.reading import MEASURES, READING, Readings, Source, empty_rows

MAX_READINGS = 2_000
"""Most readings in one message of ours: 1,000 to 2,000 are a hundred times faster than one, and more gain nothing."""
_NARROW = tuple(name for name in READING.names or () if name not in MEASURES)
_SOURCE_FIELDS = 7
"""What a later version writes behind these is left alone."""
_ENCODER = msgspec.msgpack.Encoder()
_ABSENT = np.iinfo(np.int64).min


class MalformedEventError(ValueError):
    """Bytes that are no event of ours; the message says why."""


class AnotherVersionError(Exception):
    """An event that a newer version of this software wrote. No stage catches it, and so its process ends.

    What is malformed is passed over with a dead letter; to pass over this would lose what it says.
    """


def pack(value: object) -> bytes:
    """Return msgpack of plain values."""
    return _ENCODER.encode(value)


def unpack(packed: bytes) -> Any:
    """Return the plain values of msgpack.

    Raises:
        MalformedEventError: the bytes are no msgpack.
    """
    try:
        return msgspec.msgpack.decode(packed)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise MalformedEventError(str(fault)) from fault


def pack_readings(readings: Readings) -> bytes:
    """Return readings as one msgpack array."""
    rows = readings.rows
    columns = {name: rows[name].tobytes() for name in _NARROW if rows[name].any()}
    columns |= {name: rows[name].tobytes() for name in MEASURES if (rows[name] != _ABSENT).any()}
    sources = [_packed(source) for source in readings.sources]
    return pack([readings.lines, readings.meters, sources, len(rows), columns])


def _packed(source: Source) -> list[object]:
    """Return a source as a list; the time of receipt is left out where it is not known, as version 0.1 began."""
    told = [source.topic, source.partition, source.offset, source.telegram, source.station, source.sent_ms]
    return [*told, source.received_ms] if source.received_ms else told


def unpack_readings(packed: bytes) -> Readings:
    """Return the readings of a msgpack array.

    Raises:
        AnotherVersionError: it has a column that this software does not know.
        MalformedEventError: the bytes are not such an array.
    """
    try:
        lines, meters, sources, count, columns = unpack(packed)
        if unknown := columns.keys() - set(READING.names or ()):
            raise AnotherVersionError(f"readings have columns that this software does not know: {sorted(unknown)}")
        rows = empty_rows(count)
        rows["quality"] = 0
        for name, raw in columns.items():
            rows[name] = np.frombuffer(raw, READING[name])
        return Readings(rows, lines, [Source(*source[:_SOURCE_FIELDS]) for source in sources], meters)
    except (AttributeError, TypeError, ValueError, KeyError) as fault:
        raise MalformedEventError(str(fault)) from fault
