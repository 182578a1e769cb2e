"""Settings of the query service, by environment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography.x509 import Certificate
from pydantic import Field, model_validator

from shared.access.certificates.certificate import read_authorities
from shared.runtime.settings import HttpSettings, KafkaSettings


class QuerySettings(KafkaSettings, HttpSettings):
    """What query must know: MongoDB, Kafka, its ports, whose certificates it takes, how the trail is kept."""

    trail_kept_days: int = Field(37 * 31, ge=1, le=36_525, description="How long is kept who read what: 37 months.")
    trail_addresses_kept_days: int = Field(
        90, ge=1, le=36_525, description="How long the addresses of readers are kept beside it."
    )
    trail_signing_key_file: Path | None = Field(
        None,
        description="PEM file with the Ed25519 key that signs checkpoints of the trail; without one the service makes "
        "a key at first use and keeps it in MongoDB, where whoever may write the trail may sign it too.",
    )
    access_authorities_file: Path | None = Field(
        None,
        description="Bundle (PEM) of the authorities whose certificates can be registered; without one nobody applies.",
    )

    @property
    def authorities(self) -> Sequence[Certificate]:
        """The trusted authorities.

        Raises:
            ValueError: the file cannot be read, or is no bundle of certificates.
        """
        if self.access_authorities_file is None:
            return ()
        try:
            return read_authorities(self.access_authorities_file.read_bytes())
        except (OSError, ValueError):
            message = f"access_authorities_file: {self.access_authorities_file} holds no certificates as PEM"
            raise ValueError(message) from None

    @model_validator(mode="after")
    def _can_read_authorities(self) -> QuerySettings:
        _ = self.authorities
        return self
