"""Settings of the query service, by environment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography.x509 import Certificate
from pydantic import Field, model_validator

from shared.access.certificates.certificate import read_authorities
from shared.runtime.settings import HttpSettings


class QuerySettings(HttpSettings):
    """What the query service must know: MongoDB, its two ports, the demo identity, and whose certificates it takes."""

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
