"""Every topic: its name, partitions, how long it keeps, who writes and who reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

_DAY_MS = 24 * 3600 * 1000
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""A telegram of 10,000 hours with every field is 2.5 MB; a line-log message of 2,000 readings 0.2 MB."""


class Party(StrEnum):
    """Who writes or reads topics; each is a principal of Kafka by this name, but for the gateways.

    A gateway is a principal of its own, by its id in the access register, and has one topic.
    """

    GATEWAY = "gateway"
    TELECONTROL = "telecontrol"
    """The grid's own stations: their way in, the plain topics, lies inside the trust boundary."""
    INGEST = "ingest"
    VALIDATION = "validation"
    AGGREGATION = "aggregation"
    QUERY = "query"
    EXPORT = "export"
    COMMAND = "command"
    """`gastrack replay` and `gastrack doctor`, run by an operator."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. `partitions` None: as many as the line log (a setting at install)."""

    name: str
    writers: tuple[Party, ...]
    partitions: int | None
    retention_ms: int
    settings: dict[str, str] = field(default_factory=dict)
    readers: tuple[Party, ...] = ()
    emptied_by: tuple[Party, ...] = ()
    """Who may remove what stands in it."""
    max_message_bytes: int = MAX_MESSAGE_BYTES


_BROKER_TIME = {"message.timestamp.type": "LogAppendTime"}
_SENDERS = (Party.TELECONTROL, Party.INGEST)
TELEMETRY = Topic("telemetry", _SENDERS, None, 14 * _DAY_MS, readers=(Party.INGEST, Party.COMMAND))
OPERATIONS = Topic(
    "operations",
    (Party.INGEST,),
    1,
    -1,
    _BROKER_TIME,
    readers=(Party.INGEST, Party.VALIDATION, Party.AGGREGATION, Party.COMMAND),
)
ANALYSES = Topic("analyses", _SENDERS, 1, 14 * _DAY_MS, _BROKER_TIME, readers=(Party.INGEST, Party.COMMAND))
"""One partition, so that every partition of the line log hears of analyses in the same order."""
RECORDED = Topic(
    "readings.recorded",
    (Party.INGEST,),
    None,
    37 * 31 * _DAY_MS,
    _BROKER_TIME,
    readers=(Party.VALIDATION, Party.AGGREGATION, Party.COMMAND),
)
"""The line log: its offset is the order of what happened, its append time the time at which it became known."""
VALIDATED = Topic(
    "readings.validated",
    (Party.VALIDATION,),
    None,
    14 * _DAY_MS,
    readers=(Party.AGGREGATION, Party.COMMAND),
    emptied_by=(Party.COMMAND,),
)
TRAIL_PARTITIONS = 4
ACCESS_READ = Topic(
    "access.read",
    (Party.QUERY, Party.EXPORT),
    TRAIL_PARTITIONS,
    14 * _DAY_MS,
    readers=(Party.QUERY,),
)
"""Who read what; the readings of a company (crc32 of its id) stand in one partition, which is one chain. A few thousand
readings a second are one consumer's work, so the number is no setting: the fewer chains, the fewer to verify."""
COUNTING_PARTITION = 0
"""What stands in every partition of the line log is kept and counted by the owner of this one."""
TOPICS = (TELEMETRY, OPERATIONS, ANALYSES, RECORDED, VALIDATED, ACCESS_READ)
INTAKE = (TELEMETRY.name, OPERATIONS.name, ANALYSES.name)
"""Topics that ingest reads: what they say goes into the line log."""
GROUPS = {
    "gastrack-ingest": INTAKE,
    "gastrack-validation": (RECORDED.name,),
    "gastrack-aggregation": (VALIDATED.name,),
}
"""The consumer groups of the workers, with the topics that each reads."""
INGEST_GROUP, VALIDATION_GROUP, AGGREGATION_GROUP = GROUPS
SOURCES = (TELEMETRY.name, OPERATIONS.name, RECORDED.name, ANALYSES.name)
"""Topics that source positions name; their place here is kept in every hour at rest, so only append."""

GATEWAY_PREFIX = f"{TELEMETRY.name}."
"""Topics of gateways that belong to others begin with this; what follows is the gateway's id."""
_GATEWAY_SETTINGS = {**_BROKER_TIME, "compression.type": "uncompressed", "segment.ms": str(_DAY_MS)}
"""Nothing that the sender says decides how long a record is kept, or how large it becomes when it is read: with its own
clock wrong it would be removed unread, and 8 MB of zeros are some hundred bytes of zstd. With segments of a day
nothing stays much longer than the retention says: the broker must remember for longer how far the relay is."""
MAX_GATEWAY_MESSAGE_BYTES = 6 * 1024 * 1024
"""Above the largest telegram (5 MB), so that a larger one becomes a dead letter; below what `telemetry` takes, with
room for what the relay adds."""


def gateway_topic(gateway: str) -> Topic:
    """Return the topic of a gateway: one partition, so that its telegrams keep their order."""
    return Topic(
        f"{GATEWAY_PREFIX}{gateway}",
        (Party.GATEWAY,),
        1,
        14 * _DAY_MS,
        _GATEWAY_SETTINGS,
        readers=(Party.INGEST,),
        max_message_bytes=MAX_GATEWAY_MESSAGE_BYTES,
    )


def gateway_of(topic: str) -> str:
    """Return whose topic this is by its name; "" where it is no gateway's."""
    return topic.removeprefix(GATEWAY_PREFIX) if topic.startswith(GATEWAY_PREFIX) else ""
