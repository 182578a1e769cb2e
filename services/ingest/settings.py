"""Settings of ingest."""

from __future__ import annotations

from pydantic import Field

from shared.runtime.settings import HttpSettings, KafkaSettings


class IngestSettings(KafkaSettings, HttpSettings):
    """What ingest must know."""

    batch_records: int = Field(1_000, ge=1, le=10_000, description="Most source records in one batch.")
    kafka_replication: int = Field(
        1, ge=1, le=9, description="Copies of topics that ingest makes: those of gateways, and of ours what is missing."
    )
    tick_seconds: float = Field(60.0, gt=0, le=3_600, description="How often a tick tells that time has passed.")
    outcome_seconds: float = Field(5.0, gt=0, le=60, description="How long a change of the register is waited for.")
