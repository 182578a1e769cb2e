"""The settings of each service, by its name."""

from __future__ import annotations

from services.aggregation.settings import AggregationSettings
from services.export.settings import ExportSettings
from services.ingest.settings import IngestSettings
from services.query.settings import QuerySettings
from services.validation.settings import ValidationSettings
from shared.runtime.settings import ServiceSettings

SERVICES: dict[str, type[ServiceSettings]] = {
    "ingest": IngestSettings,
    "validation": ValidationSettings,
    "aggregation": AggregationSettings,
    "query": QuerySettings,
    "export": ExportSettings,
}
