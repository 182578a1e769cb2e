"""Kafka's address, and by which certificate we come there: what every client of Kafka is given."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, Self


class PapersError(ValueError):
    """Files for TLS that do not belong together or cannot be read; the message says which and why."""


class Brokers(str):
    """Bootstrap servers, host:port with commas between them; with a context for TLS where Kafka is reached by it.

    It is a text wherever a text is enough, so who only passes the address on need not know of certificates.
    """

    __slots__ = ("tls",)
    tls: ssl.SSLContext | None

    def __new__(cls, addresses: str, tls: ssl.SSLContext | None = None) -> Self:
        """Return the address with its context; without one it is reached in the clear."""
        made = super().__new__(cls, addresses)
        made.tls = tls
        return made


def context(authorities: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Return the context of PEM files, None without any: Kafka's authorities, our certificate and its key.

    Raises:
        PapersError: a file is missing beside another, or cannot be read.
    """
    if authorities is None:
        if certificate or key:
            raise PapersError("a certificate needs the authorities of Kafka's own beside it")
        return None
    if (certificate is None) != (key is None):
        raise PapersError("a certificate and its key come together")
    try:
        made = ssl.create_default_context(cafile=str(authorities))
        if certificate and key:
            made.load_cert_chain(certificate, key)
    except OSError as fault:  # ssl's own errors are among these
        named = ", ".join(str(each) for each in (authorities, certificate, key) if each)
        raise PapersError(f"{named}: {fault.strerror or fault}") from None
    return made


def reached(bootstrap: str) -> dict[str, Any]:
    """Return what a client of aiokafka is told of where Kafka is."""
    told: dict[str, Any] = {"bootstrap_servers": bootstrap}
    tls = bootstrap.tls if isinstance(bootstrap, Brokers) else None
    return told | ({"security_protocol": "SSL", "ssl_context": tls} if tls else {})
