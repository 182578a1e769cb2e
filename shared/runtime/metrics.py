"""The catalogue of metrics: name, type, unit and meaning of each; docs/metrics.md is generated from it.

Count per batch, never per reading. No label names a line or a client: their number has no bound.
"""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

CATALOGUE = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

RECEIVED = Counter("gastrack_ingest_readings_received", "Readings taken from the source topics.", registry=CATALOGUE)
RECORDED = Counter("gastrack_ingest_readings_recorded", "Readings written to the line log.", registry=CATALOGUE)
INGEST_DEAD = Counter(
    "gastrack_ingest_dead_letters", "Readings dead-lettered at the door, by reason.", ["reason"], registry=CATALOGUE
)
RELAYED = Counter(
    "gastrack_relay_messages",
    "Messages of gateways' own topics passed on to telemetry, by whose station they tell of; none: they name none.",
    ["whose"],
    registry=CATALOGUE,
)
RELAY_WAITING = Gauge(
    "gastrack_relay_waiting_messages",
    "Messages of gateways' own topics that are still to be passed on; no deadline passes meanwhile.",
    registry=CATALOGUE,
)
RELAY_TOPICS = Gauge("gastrack_relay_topics", "Topics of gateways that this process relays.", registry=CATALOGUE)
RELAY_BEGUN = Counter(
    "gastrack_relay_begun", "Times the relay began, after a start, a change of hands or an error.", registry=CATALOGUE
)
JUDGED = Counter(
    "gastrack_validation_readings_judged", "Readings judged, by what came of it.", ["verdict"], registry=CATALOGUE
)
FINDINGS = Counter("gastrack_validation_findings", "Findings, by rule.", ["rule"], registry=CATALOGUE)
OUTCOMES = Counter("gastrack_aggregation_readings", "Readings settled, by outcome.", ["outcome"], registry=CATALOGUE)
OPERATIONS = Counter("gastrack_aggregation_store_operations", "Write operations sent to MongoDB.", registry=CATALOGUE)
CONTEXT_FINDINGS = Counter(
    "gastrack_aggregation_findings", "Findings told by aggregation, by rule.", ["rule"], registry=CATALOGUE
)
ESTIMATED = Counter(
    "gastrack_aggregation_estimates",
    "Hours estimated because their deadline passed, by method; M8: none could.",
    ["method"],
    registry=CATALOGUE,
)
GIVEN = Counter(
    "gastrack_aggregation_gas_given",
    "Hours whose energy follows from a chromatograph, each time that it does, by how the gas was found.",
    ["how"],
    registry=CATALOGUE,
)
DECIDED = Counter(
    "gastrack_aggregation_decisions",
    "Decisions taken, by kind and outcome; automatic closes included.",
    ["kind", "outcome"],
    registry=CATALOGUE,
)
END_TO_END = Histogram(
    "gastrack_aggregation_readable_seconds",
    "Seconds from the receipt of a batch's oldest record to its hours and rollups being readable, without replays.",
    buckets=(*_SECONDS, 300.0, 1800.0),
    registry=CATALOGUE,
)
READABLE = Counter(
    "gastrack_aggregation_readable_readings",
    "Readings settled, by how soon after their receipt they were readable; replays do not count.",
    ["within"],
    registry=CATALOGUE,
)
HOURS_DUE = Counter(
    "gastrack_aggregation_values_due",
    "Hourly values whose deadline passed, by what was there then; replays do not count.",
    ["found"],
    registry=CATALOGUE,
)
READ_UP_TO = Gauge(
    "gastrack_aggregation_read_up_to_timestamp_seconds",
    "All that was received before this moment is readable, by partition of the line log: the last tick that was taken.",
    ["partition"],
    registry=CATALOGUE,
)
YOUNGEST_HOUR = Gauge(
    "gastrack_aggregation_youngest_hour_timestamp_seconds",
    "Start of the youngest gas hour that is readable, by partition of the line log.",
    ["partition"],
    registry=CATALOGUE,
)
RETENTION_REMOVED = Counter(
    "gastrack_aggregation_retention_documents_removed",
    "Documents removed because all of them lies before the first gas day online, by collection.",
    ["collection"],
    registry=CATALOGUE,
)
RETENTION_BEHIND = Gauge(
    "gastrack_aggregation_retention_partitions_behind",
    "Partitions of this worker from which documents before the first gas day online are still to be removed.",
    registry=CATALOGUE,
)
LAG = Gauge(
    "gastrack_worker_lag_records",
    "Records of the topic that this worker has still to read, by topic and partition.",
    ["topic", "partition"],
    registry=CATALOGUE,
)
LAG_SECONDS = Gauge(
    "gastrack_worker_lag_seconds",
    "Seconds that this worker is behind a topic: the age of what it took last, or since when something waits for it.",
    ["topic", "partition"],
    registry=CATALOGUE,
)
BATCH_SECONDS = Histogram(
    "gastrack_worker_batch_seconds", "Seconds one batch took.", ["stage"], buckets=_SECONDS, registry=CATALOGUE
)
SINK_RETRIES = Counter(
    "gastrack_worker_sink_retries", "Batches tried again because a server was away.", ["stage"], registry=CATALOGUE
)
SERVER_FAULTS = Counter(
    "gastrack_server_faults",
    "Times that work was put off, or a request refused, because a server did not answer.",
    ["server"],
    registry=CATALOGUE,
)
STORE_DISK = Gauge(
    "gastrack_store_disk_bytes",
    "Bytes of the disk under MongoDB, as the member tells that answers, by whether they are used or free.",
    ["state"],
    registry=CATALOGUE,
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
LEDGER_STUCK = Gauge(
    "gastrack_ledger_stuck_readings",
    "Readings by which blocks of the ledger are off since five minutes; with nothing behind: lost, or counted twice.",
    registry=CATALOGUE,
)
SENDING_LINES = Gauge(
    "gastrack_query_sending_lines",
    "Lines that send live, by whether their youngest hour with a value ended less than three hours ago.",
    ["state"],
    registry=CATALOGUE,
)
ROLLUPS_COMPARED = Counter(
    "gastrack_query_rollups_compared",
    "Days and months that were computed again from their parts, by this process.",
    registry=CATALOGUE,
)
ROLLUP_MISMATCHES = Gauge(
    "gastrack_query_rollup_mismatches",
    "Months of lines whose rollups are not what their hours say, of those that this process has compared.",
    registry=CATALOGUE,
)
STREAMS = Gauge("gastrack_query_streams", "Streams of the change feed that are open.", registry=CATALOGUE)
CUT_OFF = Counter(
    "gastrack_http_answers_cut_off", "Answers under way that ended because a right did.", ["code"], registry=CATALOGUE
)
EXPORT_JOBS = Gauge("gastrack_export_jobs", "Exports that wait or run, by state.", ["state"], registry=CATALOGUE)
EXPORT_ATTEMPTS = Counter(
    "gastrack_export_attempts",
    "Attempts at exports, by what became of them; again: the storage was away, lost: taken away or over.",
    ["outcome"],
    registry=CATALOGUE,
)
EXPORT_SECONDS = Histogram(
    "gastrack_export_attempt_seconds",
    "Seconds that an attempt at an export took.",
    buckets=(*_SECONDS, 300.0, 1800.0),
    registry=CATALOGUE,
)
EXPORT_ROWS = Counter("gastrack_export_rows", "Rows of the files of exports.", registry=CATALOGUE)
EXPORT_BYTES = Counter("gastrack_export_bytes", "Bytes of the files of exports.", registry=CATALOGUE)
EXPORT_HOPELESS = Counter(
    "gastrack_export_hopeless", "Exports that failed because workers died over them.", registry=CATALOGUE
)
DELIVERIES_MADE = Counter("gastrack_export_deliveries_made", "Deliveries made by schedules.", registry=CATALOGUE)
DELIVERIES = Counter(
    "gastrack_export_delivery_tries",
    "Tries to hand over what schedules made, by way and outcome.",
    ["where", "outcome"],
    registry=CATALOGUE,
)
ACCESS_CLIENTS = Gauge("gastrack_access_clients", "Clients whose access has not been ended.", registry=CATALOGUE)
ACCESS_CERTIFICATES = Gauge(
    "gastrack_access_certificates",
    "Clients by how long their last certificate is still good: at most 60, 30 or 7 days, longer, or "
    "expired; without those whose certificates were all revoked.",
    ["left"],
    registry=CATALOGUE,
)
DOWNLOADS = Gauge("gastrack_export_downloads", "Files that are being sent to readers.", registry=CATALOGUE)
TRAIL_READINGS = Counter(
    "gastrack_trail_readings",
    "Readings of measurements and files told to the trail, by this process.",
    registry=CATALOGUE,
)
TRAIL_WAITING = Gauge(
    "gastrack_trail_waiting_names",
    "Lines and nodes, and one a reading, that wait to be told to the trail; where there is no room nobody reads.",
    registry=CATALOGUE,
)
TRAIL_REFUSED = Counter(
    "gastrack_trail_refused_readings", "Readings refused because the trail could not take them.", registry=CATALOGUE
)
TRAIL_ENTRIES = Counter("gastrack_trail_entries", "Entries chained by this process.", registry=CATALOGUE)
TRAIL_LOST = Counter(
    "gastrack_trail_lost_messages", "Messages to the trail that never came, by their numbers.", registry=CATALOGUE
)
TRAIL_CHECKPOINTS = Counter("gastrack_trail_checkpoints", "Checkpoints of the trail signed.", registry=CATALOGUE)
TRAIL_CUT = Counter(
    "gastrack_trail_cut_entries", "Entries of the trail removed because their time is over.", registry=CATALOGUE
)
TRAIL_ERASED = Counter(
    "gastrack_trail_erased_addresses", "Addresses of readers erased because their time is over.", registry=CATALOGUE
)
HTTP_SECONDS = Histogram(
    "gastrack_http_request_seconds",
    "Seconds until an HTTP answer began, by route, method and status class.",
    ["route", "method", "status"],
    buckets=_SECONDS,
    registry=CATALOGUE,
)
HTTP_UNDER_WAY = Gauge("gastrack_http_requests_under_way", "Requests that are being answered.", registry=CATALOGUE)

_FEW_VALUES: dict[Counter, tuple[str, ...]] = {
    READABLE: ("60s", "later"),
    HOURS_DUE: ("delivered", "estimated", "missing"),
    SERVER_FAULTS: ("store", "broker"),
    JUDGED: ("preliminary", "recorded", "rejected"),
}
for _counter, _values in _FEW_VALUES.items():
    for _value in _values:
        _counter.labels(_value)  # begins at 0: of a series that begins at 7, Prometheus sees no increase

UNITS: dict[Counter | Gauge | Histogram, str] = {
    RECEIVED: "readings",
    RECORDED: "readings",
    INGEST_DEAD: "readings",
    RELAYED: "messages",
    RELAY_WAITING: "messages",
    RELAY_TOPICS: "topics",
    RELAY_BEGUN: "times",
    JUDGED: "readings",
    FINDINGS: "findings",
    OUTCOMES: "readings",
    OPERATIONS: "write operations",
    CONTEXT_FINDINGS: "findings",
    ESTIMATED: "hours",
    GIVEN: "hours",
    DECIDED: "decisions",
    END_TO_END: "seconds",
    READABLE: "readings",
    HOURS_DUE: "hours",
    READ_UP_TO: "seconds since 1970 UTC",
    YOUNGEST_HOUR: "seconds since 1970 UTC",
    RETENTION_REMOVED: "documents",
    RETENTION_BEHIND: "partitions",
    LAG: "records",
    LAG_SECONDS: "seconds",
    BATCH_SECONDS: "seconds",
    SINK_RETRIES: "tries",
    SERVER_FAULTS: "times",
    STORE_DISK: "bytes",
    FENCED: "batches",
    GAPS: "gaps",
    LEDGER_DIFFERENCE: "readings",
    LEDGER_READINGS: "readings",
    LEDGER_STUCK: "readings",
    SENDING_LINES: "lines",
    ROLLUPS_COMPARED: "documents",
    ROLLUP_MISMATCHES: "months",
    STREAMS: "streams",
    CUT_OFF: "answers",
    EXPORT_JOBS: "exports",
    EXPORT_ATTEMPTS: "attempts",
    EXPORT_SECONDS: "seconds",
    EXPORT_ROWS: "rows",
    EXPORT_BYTES: "bytes",
    EXPORT_HOPELESS: "exports",
    DELIVERIES_MADE: "deliveries",
    DELIVERIES: "tries",
    ACCESS_CLIENTS: "clients",
    ACCESS_CERTIFICATES: "clients",
    DOWNLOADS: "files",
    TRAIL_READINGS: "readings",
    TRAIL_WAITING: "names",
    TRAIL_REFUSED: "readings",
    TRAIL_ENTRIES: "entries",
    TRAIL_LOST: "messages",
    TRAIL_CHECKPOINTS: "checkpoints",
    TRAIL_CUT: "entries",
    TRAIL_ERASED: "addresses",
    HTTP_SECONDS: "seconds",
    HTTP_UNDER_WAY: "requests",
}
"""Every metric with the unit of its values, in the order of the document."""
_SERIES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


@dataclass(frozen=True, slots=True)
class MetricCard:
    """What a reader must know of a metric: `name` without suffix, `series` the names that Prometheus stores."""

    name: str
    kind: str
    unit: str
    labels: tuple[str, ...]
    meaning: str
    series: tuple[str, ...]


def cards() -> list[MetricCard]:
    """Return the catalogue as it is published."""
    return [_card(metric, unit) for metric, unit in UNITS.items()]


def _card(metric: Counter | Gauge | Histogram, unit: str) -> MetricCard:
    family = next(iter(metric.describe()))
    labels = tuple(metric._labelnames)  # noqa: SLF001 - the library offers no other way to ask for the names
    series = tuple(family.name + suffix for suffix in _SERIES[family.type])
    return MetricCard(family.name, family.type, unit, labels, family.documentation, series)
