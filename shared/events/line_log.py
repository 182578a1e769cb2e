"""What stands in the line log: readings, analyses, changes of the register, decisions, and ticks of time."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.analysis import Analyses
from shared.domain.reading import Readings
from shared.events.analyses import pack_analyses, unpack_analyses
from shared.events.codec import AnotherVersionError, MalformedEventError, pack, pack_readings, unpack, unpack_readings

VERSION = 1
_READINGS, _TOPOLOGY, _TICK, _DECISION, _ANALYSES = "readings", "topology", "tick", "decision", "analyses"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Readings of stations of this partition."""

    readings: Readings


@dataclass(frozen=True, slots=True)
class TopologyAsked:
    """A change of the register as it was asked for; it stands in every partition.

    `offset` is its place in `operations`; `known_at_ms` the time of the original; `document` its text.
    """

    offset: int
    known_at_ms: int
    document: bytes


@dataclass(frozen=True, slots=True)
class DecisionAsked:
    """A decision on a line as it was asked for; it stands in that line's partition only.

    `offset` is its place in `operations`; `known_at_ms` the time of the original; `document` its text.
    """

    offset: int
    known_at_ms: int
    document: bytes


@dataclass(frozen=True, slots=True)
class Tick:
    """Every partition of every source has been read up to this time (ms since 1970)."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Analysed:
    """Analyses of a chromatograph; they stand in every partition, for it may serve lines of any."""

    analyses: Analyses


Entry = Recorded | TopologyAsked | DecisionAsked | Tick | Analysed


def encode(entry: Entry) -> bytes:
    """Return an entry as the bytes of a Kafka record."""
    match entry:
        case Recorded(readings):
            return pack([VERSION, _READINGS, pack_readings(readings)])
        case TopologyAsked(offset, known_at_ms, document):
            return pack([VERSION, _TOPOLOGY, [offset, known_at_ms, document]])
        case DecisionAsked(offset, known_at_ms, document):
            return pack([VERSION, _DECISION, [offset, known_at_ms, document]])
        case Tick(until_ms):
            return pack([VERSION, _TICK, until_ms])
        case Analysed(analyses):
            return pack([VERSION, _ANALYSES, pack_analyses(analyses)])


def decode(record: bytes) -> Entry:
    """Return the entry of a Kafka record.

    Raises:
        AnotherVersionError: of a version, or of a kind, that this software does not know.
        MalformedEventError: the bytes are no entry.
    """
    try:
        version, kind, body = unpack(record)
    except (TypeError, ValueError) as fault:
        raise MalformedEventError(str(fault)) from fault
    if version != VERSION:
        raise AnotherVersionError(f"line log version {version!r}; this software reads {VERSION}")
    if kind == _READINGS:
        return Recorded(unpack_readings(body))
    if kind == _TOPOLOGY:
        return TopologyAsked(*body)
    if kind == _DECISION:
        return DecisionAsked(*body)
    if kind == _TICK:
        return Tick(body)
    if kind == _ANALYSES:
        return Analysed(unpack_analyses(body))
    raise AnotherVersionError(f"line log entry of unknown kind {kind!r}")
