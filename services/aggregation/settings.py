"""Settings of aggregation."""

from __future__ import annotations

from pydantic import Field

from shared.runtime.faust_worker import BATCH_RECORDS
from shared.runtime.settings import KafkaSettings


class AggregationSettings(KafkaSettings):
    """What aggregation must know."""

    batch_records: int = Field(BATCH_RECORDS, ge=1, le=1_000, description="Most answers in one batch.")
