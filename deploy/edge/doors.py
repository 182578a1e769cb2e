"""What an edge is told: where it listens, whom it trusts, by which secret services know it."""

from __future__ import annotations

from dataclasses import dataclass

EDGE_SECRET = "x-gastrack-edge"  # noqa: S105 - a header's name
CLIENT_CERTIFICATE = "x-forwarded-client-cert"
PEER = "x-forwarded-for"
UNTRUSTED = (
    *("forwarded", "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server"),
    *("x-real-ip", "x-original-url", "x-rewrite-url", "x-http-method-override", "x-original-forwarded-for"),
)
"""What clients send to be taken for somebody or something else; no service ever gets to see it."""
HSTS = "max-age=31536000; includeSubDomains"
"""A year, as OWASP ASVS 5 V3.4.1 and V3.7.4 want it."""
HTTP_NAMES = ("h2", "http/1.1")
TLS_1_2_CIPHERS = (  # of 1.3 all are good; of 1.2 those with forward secrecy and authenticated encryption
    *("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
    *("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
    *("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"),
)
CURVES = ("X25519", "P-256", "P-384")
CHAIN_DEPTH = 3  # an authority of companies seldom signs by its root: two authorities may lie between
HEAD_WITHIN_S = 30  # a head that comes letter by letter holds a connection for no longer
CONNECT_WITHIN_S = 2
UPSTREAM_IDLE_S = 3  # below the 5 s after which uvicorn closes an idle connection, so none is reused while it closes
MOST_AT_ONCE = 10_000  # requests to a service; whom a limit must refuse, the service itself refuses by name
MOST_STREAMS = 100  # of h2 on one connection


@dataclass(frozen=True)
class Address:
    """Host and port as text, because in the examples both are names to be filled in."""

    host: str
    port: str


@dataclass(frozen=True)
class AddressFile:
    """File with the addresses of a service whose processes come and go; read again whenever another takes its place.

    Envoy only: `deploy.edge.envoy.endpoints` says what is in it. It must be there when Envoy starts.
    """

    path: str


@dataclass(frozen=True)
class Tls:
    """Files in PEM: the edge's own certificate with its chain, its key, and the authorities of clients.

    `revoked` is a file of revocation lists, one of every authority of the chain. A certificate is asked for, and what
    is shown must verify; `demanded` refuses who shows none.
    """

    certificate: str
    key: str
    authorities: str
    revoked: str | None = None
    demanded: bool = False


@dataclass(frozen=True)
class Door:
    """One address that the edge listens on; `lasting` tells browsers to come by TLS only from now on (HSTS).

    Without a secret no service takes what comes through this door for the edge's.
    """

    address: Address
    secret_file: str | None = None
    tls: Tls | None = None
    lasting: bool = False
