"""The catalogue of metrics: name, type, unit and meaning of each; docs/metrics.md is generated from it.

Count per batch, never per reading. No label names a line or a client: their number has no bound.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

CATALOGUE = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

RECEIVED = Counter("gastrack_ingest_readings_received", "Readings taken from the source topics.", registry=CATALOGUE)
RECORDED = Counter("gastrack_ingest_readings_recorded", "Readings written to the line log.", registry=CATALOGUE)
INGEST_DEAD = Counter(
    "gastrack_ingest_dead_letters", "Readings dead-lettered at the door, by reason.", ["reason"], registry=CATALOGUE
)
JUDGED = Counter(
    "gastrack_validation_readings_judged", "Readings judged, by what came of it.", ["verdict"], registry=CATALOGUE
)
FINDINGS = Counter("gastrack_validation_findings", "Findings, by rule.", ["rule"], registry=CATALOGUE)
OUTCOMES = Counter("gastrack_aggregation_readings", "Readings settled, by outcome.", ["outcome"], registry=CATALOGUE)
OPERATIONS = Counter("gastrack_aggregation_store_operations", "Write operations sent to MongoDB.", registry=CATALOGUE)
END_TO_END = Histogram(
    "gastrack_aggregation_readable_seconds",
    "Seconds from the line log's time of a record to its rollup being readable.",
    buckets=_SECONDS,
    registry=CATALOGUE,
)
YOUNGEST_HOUR = Gauge(
    "gastrack_aggregation_youngest_hour_timestamp_seconds",
    "Start of the youngest gas hour that is readable, by partition of the line log.",
    ["partition"],
    registry=CATALOGUE,
)
LAG = Gauge(
    "gastrack_worker_lag_records",
    "Records of the topic that this worker has still to read, by topic and partition.",
    ["topic", "partition"],
    registry=CATALOGUE,
)
BATCH_SECONDS = Histogram(
    "gastrack_worker_batch_seconds", "Seconds one batch took.", ["stage"], buckets=_SECONDS, registry=CATALOGUE
)
SINK_RETRIES = Counter(
    "gastrack_worker_sink_retries", "Batches tried again because a server was away.", ["stage"], registry=CATALOGUE
)
FENCED = Counter(
    "gastrack_worker_fenced", "Batches dropped because another worker had moved the position.", registry=CATALOGUE
)
GAPS = Counter("gastrack_worker_gaps", "Gaps found in the validated readings.", registry=CATALOGUE)
LEDGER_DIFFERENCE = Gauge(
    "gastrack_ledger_difference_readings",
    "Received minus accepted, repeated, held and dead-lettered: what is under way; 0 at rest, or readings are lost.",
    registry=CATALOGUE,
)
LEDGER_READINGS = Gauge(
    "gastrack_ledger_readings", "Readings in the stored ledgers, by column.", ["column"], registry=CATALOGUE
)
HTTP_SECONDS = Histogram(
    "gastrack_http_request_seconds",
    "Seconds until an HTTP answer began, by route, method and status class.",
    ["route", "method", "status"],
    buckets=_SECONDS,
    registry=CATALOGUE,
)
