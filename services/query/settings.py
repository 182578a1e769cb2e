"""Settings of the query service, by environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import HttpSettings, KafkaSettings


class QuerySettings(KafkaSettings, HttpSettings):
    """What the query service must know: MongoDB, Kafka, its two ports, the demo identity, how the trail is kept."""

    trail_kept_days: int = Field(37 * 31, ge=1, le=36_525, description="How long is kept who read what: 37 months.")
    trail_addresses_kept_days: int = Field(
        90, ge=1, le=36_525, description="How long the addresses of readers are kept beside it."
    )
    trail_signing_key_file: Path | None = Field(
        None,
        description="PEM file with the Ed25519 key that signs checkpoints of the trail; without one the service makes "
        "a key at first use and keeps it in MongoDB, where whoever may write the trail may sign it too.",
    )
