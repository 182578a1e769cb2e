"""What clients show: a good certificate, and one for each way in which a certificate can be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.local.authority import FOR_CLIENTS, FOR_SERVERS, Pair, Period, founded, issued

HOSTS = ("127.0.0.1", "localhost")
DAY = timedelta(days=1)
WRONG = ("expired", "not-yet-valid", "foreign", "server", "self-signed")
"""Those that no edge lets in."""


@dataclass(frozen=True)
class Papers:
    """Files of one folder."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Papers:
        """Make all of them."""
        now, papers = datetime.now(UTC), cls(folder)
        valid = Period(now - DAY, now + DAY)
        authority, foreign = founded("Test authority", valid), founded("Test authority", valid)
        papers._write("authority", authority)
        papers._write("edge", issued(authority, "127.0.0.1", valid, FOR_SERVERS, HOSTS))
        papers._write("good", issued(authority, "good", valid))
        papers._write("expired", issued(authority, "expired", Period(now - 2 * DAY, now - DAY)))
        papers._write("not-yet-valid", issued(authority, "early", Period(now + DAY, now + 2 * DAY)))
        papers._write("foreign", issued(foreign, "foreign", valid, FOR_CLIENTS))
        papers._write("server", issued(authority, "server", valid, FOR_SERVERS))
        papers._write("self-signed", founded("self-signed", valid))
        revoked = issued(authority, "revoked", valid)
        papers._write("revoked", revoked)
        papers.revocations.write_bytes(_revocations(authority, revoked, now))
        return papers

    @property
    def revocations(self) -> Path:
        """The authority's list."""
        return self.folder / "revocations.pem"

    def certificate(self, name: str) -> Path:
        """Return the file of a certificate."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """Return the file of its key."""
        return self.folder / f"{name}.key"

    def _write(self, name: str, pair: Pair) -> None:
        self.certificate(name).write_bytes(pair.certificate_pem)
        self.key(name).write_bytes(pair.key_pem)


def _revocations(authority: Pair, revoked: Pair, now: datetime) -> bytes:
    builder = x509.RevokedCertificateBuilder().serial_number(revoked.certificate.serial_number)
    entry = builder.revocation_date(now - timedelta(minutes=1)).build()
    listed = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    listed = listed.last_update(now - DAY).next_update(now + DAY).add_revoked_certificate(entry)
    return listed.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.PEM)
