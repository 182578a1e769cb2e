"""docs/metrics.md: every metric that a service publishes."""

from __future__ import annotations

from gastrack.documents.markdown import GENERATED, code, table
from shared.runtime.metrics import MetricCard, cards

_HEAD = f"""# Metrics

{GENERATED}
The catalogue is `shared/runtime/metrics.py`.

Each service publishes them at `/metrics` of its operations port. Prometheus stores a counter as `name_total`, a
histogram as `name_bucket`, `name_sum` and `name_count`, a gauge under its own name. A metric with labels has no series
before its first value, but those on which objectives stand begin at 0. No label names a line or a client: their number
has no bound. The dashboards that show them lie in `deploy/monitoring/grafana/dashboards`, the rules in
`deploy/monitoring/rules`.

"""
_LABELS = """

| label | values |
|---|---|
| `reason` | reason codes of [reason-codes.md](reason-codes.md) |
| `verdict` | `preliminary` (passed), `recorded` (a finding keeps it back), `rejected` (dead letter) |
| `rule` | ids of [rules.md](rules.md) |
| `outcome` | `accepted`, `repeated`, `held`, `dead_lettered` |
| `column` | `received` and the outcomes |
| `within` | `60s`: what is promised; `later` |
| `found` | `delivered`, `estimated` (not delivered, and estimated by us), `missing` |
| `server` | `store` (MongoDB), `broker` (Kafka) |
| `state` | of lines `fresh` or `stale`; of exports their state |
| `left` | `longer` than 60 days, at most `60`, `30` or `7`, `expired` |
| `stage` | `ingest`, `validation`, `aggregation` |
| `topic`, `partition` | the topic that is read, see [events.md](events.md); `partition` alone is one of the line log |
| `route`, `method`, `status` | the route's template, the HTTP method, `2xx` to `5xx` |
"""


def metrics() -> str:
    """Return the metrics as Markdown: one row a metric."""
    heading = ("metric", "type", "unit", "labels", "meaning")
    return _HEAD + table(heading, [_row(card) for card in cards()]) + _LABELS


def _row(card: MetricCard) -> tuple[str, ...]:
    return code(card.name), card.kind, card.unit, ", ".join(code(label) for label in card.labels), card.meaning
