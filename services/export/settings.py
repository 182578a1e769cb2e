"""Settings of the export service, by environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import HttpSettings, KafkaSettings


class ExportSettings(KafkaSettings, HttpSettings):
    """What the export service must know: its servers and ports, the demo identity, and how exports are worked on."""

    export_results: str = Field(
        "gridfs",
        pattern="^(gridfs|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?)$",
        description="Where files of exports rest: in MongoDB, or s3://bucket/prefix (extra `s3`; keys by AWS_*).",
    )
    export_s3_endpoint: str = Field(
        "",
        pattern="^(https?://[^/ ]+)?$",
        description="Address of a storage that speaks S3; empty: that of the region.",
    )
    export_workers: int = Field(1, ge=0, le=16, description="Exports that one process works on at a time; 0: none.")
    export_lease_seconds: float = Field(
        30.0, gt=0, le=3_600, description="Silence after which a worker is dead and another begins its export anew."
    )
    export_attempts: int = Field(5, ge=1, le=100, description="Attempts after which an export fails.")
    export_kept_hours: float = Field(72.0, gt=0, le=8_784, description="How long the file of an export is kept.")
    export_deliveries_kept_hours: float = Field(
        336.0, gt=0, le=8_784, description="How long the file of a delivery is kept, and half of how long it is told."
    )
    export_sftp_key: str = Field(
        "", description="File with our private SSH key for deliveries by SFTP (extra `sftp`); empty: none are offered."
    )
    export_webhook_loopback: bool = Field(
        default=False, description="For tests and the demo: deliveries may go to this machine, and webhooks by http."
    )
    export_most_open: int = Field(
        20, ge=1, le=10_000, description="Exports of one caller that may wait and run; those of his schedules beside."
    )
    export_signing_key_file: Path | None = Field(
        None,
        description="PEM file with the Ed25519 key that signs manifests of files; without one the service makes a "
        "key at first use and keeps it in MongoDB.",
    )
