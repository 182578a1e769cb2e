"""Every topic: its name, partitions, how long it keeps, and who writes it."""

from __future__ import annotations

from dataclasses import dataclass, field

_DAY_MS = 24 * 3600 * 1000
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""A telegram of 10,000 hours with every field is 2.5 MB; a line-log message of 2,000 readings 0.2 MB."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. `partitions` None: as many as the line log (a setting at install)."""

    name: str
    writer: str
    partitions: int | None
    retention_ms: int
    settings: dict[str, str] = field(default_factory=dict)


TELEMETRY = Topic("telemetry", "gateways; ingest's doors", None, 14 * _DAY_MS)
_BROKER_TIME = {"message.timestamp.type": "LogAppendTime"}
OPERATIONS = Topic("operations", "ingest's doors", 1, -1, _BROKER_TIME)
ANALYSES = Topic("analyses", "chromatographs; ingest's doors", 1, 14 * _DAY_MS, _BROKER_TIME)
"""One partition, so that every partition of the line log hears of analyses in the same order."""
RECORDED = Topic("readings.recorded", "ingest", None, 37 * 31 * _DAY_MS, {"message.timestamp.type": "LogAppendTime"})
"""The line log: its offset is the order of what happened, its append time the time at which it became known."""
VALIDATED = Topic("readings.validated", "validation", None, 14 * _DAY_MS)
TRAIL_PARTITIONS = 4
ACCESS_READ = Topic("access.read", "query, export", TRAIL_PARTITIONS, 14 * _DAY_MS)
"""Who read what; the readings of a company (crc32 of its id) stand in one partition, which is one chain. A few thousand
readings a second are one consumer's work, so the number is no setting: the fewer chains, the fewer to verify."""
COUNTING_PARTITION = 0
"""What stands in every partition of the line log is kept and counted by the owner of this one."""
TOPICS = (TELEMETRY, OPERATIONS, ANALYSES, RECORDED, VALIDATED, ACCESS_READ)
INTAKE = (TELEMETRY.name, OPERATIONS.name, ANALYSES.name)
"""Topics that ingest reads: what they say goes into the line log."""
SOURCES = (TELEMETRY.name, OPERATIONS.name, RECORDED.name, ANALYSES.name)
"""Topics that source positions name; their place here is kept in every hour at rest, so only append."""
