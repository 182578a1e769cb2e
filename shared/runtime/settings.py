"""Settings by environment: every name begins with GASTRACK_, a wrong one stops the start and names itself."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.runtime.brokers import Brokers, PapersError, context
from shared.runtime.edge.door_secrets import DoorSecretError, read_secrets

PREFIX = "GASTRACK_"
WRONG_USE = 2


class ServiceSettings(BaseSettings):
    """What every service must know."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    mongo_uri: str = Field(description="Address of MongoDB (a replica set: transactions are needed).")
    mongo_database: str = Field("gastrack", description="Name of the database.")
    operations_host: str = Field("127.0.0.1", description="Address that the operations port listens on.")
    operations_port: int = Field(ge=1, le=65535, description="Port of /health/live, /health/ready and /metrics.")
    shutdown_seconds: float = Field(
        20.0, gt=0, le=600, description="Deadline for finishing, flushing and closing after SIGTERM."
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error.")


class KafkaSettings(ServiceSettings):
    """What a service that reads or writes Kafka must know as well."""

    kafka_bootstrap: str = Field(description="Kafka's bootstrap servers, host:port, comma between them.")
    partitions: int = Field(
        48, ge=1, le=1024, description="Partitions of the line log, fixed at install: crc32(station) mod this."
    )
    kafka_authorities_file: Path | None = Field(
        None, description="PEM file with the authorities of Kafka's certificates; with one Kafka is reached by TLS."
    )
    kafka_certificate_file: Path | None = Field(
        None, description="PEM file with the certificate by which Kafka knows this service, and so what it may do."
    )
    kafka_key_file: Path | None = Field(None, description="PEM file with the key of that certificate.")

    @model_validator(mode="after")
    def _papers_are_whole(self) -> KafkaSettings:
        try:
            _ = self.brokers
        except PapersError as fault:
            names = ", ".join(f"{PREFIX}KAFKA_{name}_FILE" for name in ("AUTHORITIES", "CERTIFICATE", "KEY"))
            raise ValueError(f"{names}: {fault}") from None
        return self

    @property
    def brokers(self) -> Brokers:
        """Where Kafka is, and by which certificate we come there."""
        papers = self.kafka_authorities_file, self.kafka_certificate_file, self.kafka_key_file
        return Brokers(self.kafka_bootstrap, context(*papers))


class HttpSettings(ServiceSettings):
    """What a service with an HTTP face must know as well."""

    http_host: str = Field("127.0.0.1", description="Address that the HTTP face listens on.")
    http_port: int = Field(ge=1, le=65535, description="Port of the HTTP face.")
    demo_identity: str = Field(
        "",
        max_length=64,
        description="Name under which everybody acts who comes by the demo's door; without secrets: everybody. On a "
        "loopback address only.",
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=120,
        description="How long after SIGTERM requests are still taken, because the edge leads them here until it knows; "
        "a part of the deadline.",
    )
    edge_secret_file: Path | None = Field(
        None, description="File with the secret by which the TLS door of the edge is known (32 characters or more)."
    )
    demo_secret_file: Path | None = Field(
        None, description="File with the secret of the demo's plain door; needs a demo identity and a loopback address."
    )
    issuer: str = Field(
        "",
        pattern="^(https://[^/?# ]+)?$",
        description="The address of the TLS door, as clients know it: issuer and audience of access tokens; empty: no "
        "tokens.",
    )
    requests_per_minute: int = Field(
        3_000, ge=1, le=10_000_000, description="Requests that a client may make a minute, of each process."
    )
    open_requests_per_minute: int = Field(
        600, ge=1, le=10_000_000, description="The same of an address where nobody is known: open routes and refusals."
    )
    demo_requests_per_minute: int = Field(1_000_000, ge=1, le=10_000_000, description="The same of the demo identity.")

    @property
    def finishing_seconds(self) -> float:
        """What answers under way are given after the drain: half of what is left, the rest is for the other parts."""
        return (self.shutdown_seconds - self.drain_seconds) / 2

    @model_validator(mode="after")
    def _drains_within_the_deadline(self) -> HttpSettings:
        if self.drain_seconds >= self.shutdown_seconds:
            raise ValueError(
                f"{PREFIX}DRAIN_SECONDS: {self.drain_seconds:g} leaves nothing of {PREFIX}SHUTDOWN_SECONDS "
                f"({self.shutdown_seconds:g}) to finish in; give less, or more of the other"
            )
        return self

    @model_validator(mode="after")
    def _has_a_door(self) -> HttpSettings:
        if self.edge_secret_file is None and not self.demo_identity:
            raise ValueError(
                f"{PREFIX}EDGE_SECRET_FILE: nobody could come in; name the file with the secret of the edge, or give a "
                f"{PREFIX}DEMO_IDENTITY, for a door that is open to everybody on this machine"
            )
        if self.demo_secret_file is not None and not self.demo_identity:
            raise ValueError(f"{PREFIX}DEMO_IDENTITY: the demo's door needs a name under which everybody acts there")
        try:
            read_secrets(self.edge_secret_file, self.demo_secret_file)
        except DoorSecretError as fault:
            raise ValueError(f"{PREFIX}EDGE_SECRET_FILE, {PREFIX}DEMO_SECRET_FILE: {fault}") from None
        return self

    @model_validator(mode="after")
    def _demo_on_loopback_only(self) -> HttpSettings:
        is_demo = self.demo_secret_file is not None or self.edge_secret_file is None
        if is_demo and not ipaddress.ip_address(self.http_host).is_loopback:
            message = f"{PREFIX}HTTP_HOST: {self.http_host} is no loopback address, and the demo identity may do all"
            raise ValueError(message)
        return self


Settings = TypeVar("Settings", bound=ServiceSettings)


def load(kind: type[Settings]) -> Settings:
    """Read the settings of a service from the environment; on a fault say which, and end with exit code 2."""
    try:
        return kind()
    except ValidationError as fault:
        for error in fault.errors():
            name = "_".join(str(part) for part in error["loc"]).upper()
            told = error["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"{PREFIX}{name}: {told}\n" if name else f"{told}\n")
        raise SystemExit(WRONG_USE) from None
