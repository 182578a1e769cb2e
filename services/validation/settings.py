"""Settings of validation."""

from __future__ import annotations

from pydantic import Field

from shared.runtime.faust_worker import BATCH_RECORDS
from shared.runtime.settings import KafkaSettings


class ValidationSettings(KafkaSettings):
    """What validation must know."""

    batch_records: int = Field(BATCH_RECORDS, ge=1, le=1_000, description="Most records of the line log in one batch.")
