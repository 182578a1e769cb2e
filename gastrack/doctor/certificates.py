"""Certificates: those of files that settings name, and those that the edge and Kafka show; their dates."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from gastrack.doctor.finding import Area, Examination, Finding

SOON = timedelta(days=30)
"""Before its end a certificate is told of."""
ASK_SECONDS = 5.0
FILES = (
    *("GASTRACK_KAFKA_AUTHORITIES_FILE", "GASTRACK_KAFKA_CERTIFICATE_FILE", "GASTRACK_ACCESS_AUTHORITIES_FILE"),
    *("GASTRACK_CERTIFICATE_FILE", "GASTRACK_AUTHORITIES_FILE"),
)
_RENEW = "renew it, and start anew what reads it: docs/runbooks/upgrade.md"


def examine(found: Examination, named: Mapping[str, str], http: str, now: datetime | None = None) -> None:
    """Look at the files that are named (by setting), and at the certificate that the edge shows at an https address."""
    moment = now or datetime.now(UTC)
    found.saw(Area.CERTIFICATES)
    for name, file in named.items():
        try:
            pem = Path(file).read_bytes()
        except OSError:
            continue  # told among the settings
        found.saw(Area.CERTIFICATES, *_of_pem(f"{name} ({file})", pem, moment))
    address = urlsplit(http)
    if address.scheme == "https" and address.hostname:
        _examine_edge(found, (address.hostname, address.port or 443), moment)


def _examine_edge(found: Examination, address: tuple[str, int], now: datetime) -> None:
    name = f"the edge at {address[0]}:{address[1]}"
    try:
        pem = ssl.get_server_certificate(address, timeout=ASK_SECONDS)
    except OSError as fault:
        wrong = f"{name} shows no certificate: {fault}"
        found.saw(Area.CERTIFICATES, Finding(Area.CERTIFICATES, wrong, "start it, or correct its address"))
        return
    found.saw(Area.CERTIFICATES, *_of_pem(name, pem.encode(), now))


def _of_pem(name: str, pem: bytes, now: datetime) -> Iterator[Finding]:
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except ValueError:
        yield Finding(Area.CERTIFICATES, f"{name} holds no certificate as PEM", "put the right file there")
        return
    yield from _of_dates(name, certificates, now)


def _of_dates(name: str, certificates: Iterable[x509.Certificate], now: datetime) -> Iterator[Finding]:
    for one in certificates:
        subject, begin, end = one.subject.rfc4514_string(), one.not_valid_before_utc, one.not_valid_after_utc
        if end <= now:
            yield _finding(f"{name}: the certificate of {subject} ended on {end:%Y-%m-%d %H:%M} UTC", _RENEW)
        elif begin > now:
            yield _finding(
                f"{name}: the certificate of {subject} begins on {begin:%Y-%m-%d %H:%M} UTC only",
                "look at the clock of this machine, else have it issued anew",
            )
        elif end - now < SOON:
            yield _finding(f"{name}: the certificate of {subject} ends in {(end - now).days} days", _RENEW)


def _finding(wrong: str, mend: str) -> Finding:
    return Finding(Area.CERTIFICATES, wrong, mend)
