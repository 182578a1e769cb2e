"""A broker that is reached by TLS alone, and only by who has a certificate of its authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.local import kafka_jars
from deploy.local.authority import FOR_SERVERS, Pair, Period, founded, issued
from deploy.local.kafka import Kafka
from deploy.local.ports import LOOPBACK, free_ports


@dataclass(frozen=True)
class Papers:
    """Files as Strimzi makes them: the authority of the brokers, a user's certificate, its key."""

    authorities: Path
    certificate: Path
    key: Path


class TlsKafka(Kafka):
    """One node with a listener for our services beside the plain one, by which it talks to itself."""

    def __init__(self, folder: Path) -> None:
        plain, controller, tls = free_ports(3)
        super().__init__(folder / "kafka", folder / "kafka.log", (plain, controller), kafka_jars.class_path())
        self.tls = f"{LOOPBACK}:{tls}"
        self._period = Period.of(datetime.now(UTC), timedelta(days=1))
        self._authority, self._papers = founded("kafka", self._period), folder
        broker = issued(self._authority, "broker", self._period, FOR_SERVERS, [LOOPBACK])
        self._trusted = self._written("authority.pem", self._authority.certificate_pem)
        self._own = self._written("broker.pem", broker.key_pem + broker.certificate_pem)

    def properties(self) -> dict[str, object]:
        """The broker's properties, with the listener that asks for a certificate."""
        open_to_all = super().properties()
        return {
            **open_to_all,
            "listeners": f"{open_to_all['listeners']},USERS://{self.tls}",
            "advertised.listeners": f"{open_to_all['advertised.listeners']},USERS://{self.tls}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,USERS:SSL,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "ssl.client.auth": "required",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self._own,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self._trusted,
        }

    def papers_of(self, user: str, by: Pair | None = None) -> Papers:
        """Return the files of a user; `by` another authority than the broker's, it is not let in."""
        pair = issued(by or self._authority, user, self._period)
        certificate = self._written(f"{user}.crt", pair.certificate_pem)
        return Papers(self._trusted, certificate, self._written(f"{user}.key", pair.key_pem))

    def strange_authority(self) -> Pair:
        """Return an authority that this broker does not trust."""
        return founded("somebody else", self._period)

    def _written(self, name: str, pem: bytes) -> Path:
        path = self._papers / name
        path.write_bytes(pem)
        return path
