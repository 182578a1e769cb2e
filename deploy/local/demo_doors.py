"""The two doors of the demo: a plain one for newcomers, and one with TLS that asks for a certificate."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from deploy.edge.doors import Address, Door, Tls
from deploy.local import ports
from deploy.local.envoy import plain_door
from deploy.local.http_question import client_context
from deploy.local.papers import PASSPHRASE, Papers
from deploy.local.people import DEMO_ITSELF, NEWCOMER
from deploy.local.ports import LOOPBACK, require_free

FROM_PLAIN_TO_TLS = 363
"""From 8080 to 8443: where the TLS door is without a port of its own."""


@dataclass(frozen=True)
class DemoDoors:
    """Where the demo listens; with `certificate_required` by TLS alone, and to nobody without a certificate."""

    port: int
    https_port: int
    certificate_required: bool

    @classmethod
    def chosen(cls, port: int, https_port: int | None, *, certificate_required: bool) -> DemoDoors:
        """Return them with the port of TLS told or derived."""
        derived = port + FROM_PLAIN_TO_TLS
        return cls(port, https_port or (derived if derived <= ports.HIGHEST else port - 1), certificate_required)

    @property
    def url(self) -> str:
        """The address that is told when all is ready, and that commands use."""
        return self.https_url if self.certificate_required else f"http://{LOOPBACK}:{self.port}"

    @property
    def https_url(self) -> str:
        """The address of the TLS door."""
        return f"https://{LOOPBACK}:{self.https_port}"

    def require_free(self) -> None:
        """Raise StartError where a port is taken."""
        if not self.certificate_required:
            require_free(self.port)
        require_free(self.https_port, "--https-port 8453")

    def doors(self, papers: Papers) -> list[Door]:
        """Return what the edge opens; without HSTS, which would hold for all of this machine's localhost."""
        tls = Tls(
            certificate=str(papers.certificate("server")),
            key=str(papers.key("server")),
            authorities=str(papers.certificate("authority")),
            demanded=self.certificate_required,
        )
        door = Door(Address(LOOPBACK, str(self.https_port)), str(papers.tls_secret), tls)
        return [door] if self.certificate_required else [plain_door(self.port, papers.plain_secret), door]

    def environment(self, papers: Papers) -> dict[str, str]:
        """Return the settings by which services know the doors."""
        plain = {} if self.certificate_required else {"GASTRACK_DEMO_SECRET_FILE": str(papers.plain_secret)}
        told = {"GASTRACK_EDGE_SECRET_FILE": str(papers.tls_secret), "GASTRACK_ISSUER": self.https_url}
        return {**told, "GASTRACK_ACCESS_AUTHORITIES_FILE": str(papers.certificate("authority")), **plain}

    def identity(self, papers: Papers) -> dict[str, str]:
        """Return the files by which commands come in where a certificate is required."""
        if not self.certificate_required:
            return {}
        return {
            "authority": str(papers.certificate("authority")),
            "certificate": str(papers.certificate(DEMO_ITSELF)),
            "certificate_key": str(papers.key(DEMO_ITSELF)),
        }

    def context(self, papers: Papers) -> ssl.SSLContext | None:
        """Return the TLS with which the demo asks its own edge, None where it asks without."""
        identity = self.identity(papers)
        return client_context(**identity) if identity else None

    def told(self, papers: Papers) -> list[str]:
        """Return what a person is told of the TLS door."""
        authority, certificate = (_short(papers.certificate(name)) for name in ("authority", NEWCOMER))
        key, bundle = _short(papers.key(NEWCOMER)), _short(papers.bundle(NEWCOMER))
        asks = "requires" if self.certificate_required else "asks for"
        browser = f"in a browser with {bundle} (passphrase: {PASSPHRASE})"
        come = f"trust {authority}, come with {certificate} ({NEWCOMER}; others beside it), {browser}"
        curl = f"curl --cacert {authority} --cert {certificate} --key {key} {self.https_url}/v1/lines"
        return [f"{self.https_url} {asks} a client certificate: {come}.", curl]


def _short(path: Path) -> str:
    """Return a path as one types it here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
