"""Settings of the export service, by environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import HttpSettings


class ExportSettings(HttpSettings):
    """What the export service must know: MongoDB, its two ports, the demo identity, and with what it signs."""

    signing_key_file: Path | None = Field(
        None,
        description="PEM file with the Ed25519 key that signs manifests of files; without one the service makes a "
        "key at first use and keeps it in MongoDB.",
    )
