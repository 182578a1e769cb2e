"""Certificates and secrets of the demo: made in its data folder where they are missing or run out."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12

from deploy.local.authority import FOR_SERVERS, LONGEST, Pair, Period, founded, issued
from deploy.local.people import PEOPLE

VALID = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=30)
HOSTS = ("127.0.0.1", "localhost")
PASSPHRASE = "gastrack"  # noqa: S105 - printed: some systems import no PKCS#12 file without one
OWNER_ONLY = 0o600
SECRET_BYTES = 32


@dataclass(frozen=True)
class Papers:
    """Two folders of the data folder: certificates with their keys, and the secrets of the doors."""

    folder: Path

    @property
    def certificates(self) -> Path:
        """Where the certificates are."""
        return self.folder / "certificates"

    @property
    def tls_secret(self) -> Path:
        """The file with the secret of the TLS door."""
        return self.folder / "secrets" / "tls-door"

    @property
    def plain_secret(self) -> Path:
        """The file with the secret of the plain door, through which everybody is the demo's identity."""
        return self.folder / "secrets" / "plain-door"

    def certificate(self, name: str) -> Path:
        """Return the file of a certificate in PEM."""
        return self.certificates / f"{name}.pem"

    def key(self, name: str) -> Path:
        """Return the file of its key in PEM."""
        return self.certificates / f"{name}.key"

    def bundle(self, name: str) -> Path:
        """Return the file of both in PKCS#12, for browsers; PASSPHRASE opens it."""
        return self.certificates / f"{name}.p12"

    def prepare(self, now: datetime | None = None) -> None:
        """Make what is missing, does not belong together, or ends within a month; secrets are new at every start."""
        for folder in (self.certificates, self.tls_secret.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        for secret in (self.tls_secret, self.plain_secret):
            _write(secret, f"{secrets.token_hex(SECRET_BYTES)}\n".encode())
        at = now or datetime.now(UTC)
        authority = self._kept(
            "authority", None, at, lambda: founded("Gastrack demo authority", Period.of(at, LONGEST))
        )
        self._kept(
            "server", authority, at, lambda: issued(authority, HOSTS[0], Period.of(at, VALID), FOR_SERVERS, HOSTS)
        )
        for name in PEOPLE:
            pair = self._kept(name, authority, at, lambda name=name: issued(authority, name, Period.of(at, VALID)))  # type: ignore[misc]  # bound at once
            self._bundle(name, pair, authority)

    def _kept(self, name: str, by: Pair | None, at: datetime, make: Callable[[], Pair]) -> Pair:
        found = self._read(name)
        if found and found.is_valid(at) and found.is_valid(at + RENEWED_BEFORE) and _is_signed(found, by or found):
            return found
        made = make()
        self.bundle(name).unlink(missing_ok=True)
        _write(self.key(name), made.key_pem)
        _write(self.certificate(name), made.certificate_pem)
        return made

    def _read(self, name: str) -> Pair | None:
        """Return what is there and belongs together."""
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate(name).read_bytes())
            key = load_pem_private_key(self.key(name).read_bytes(), None)
        except (OSError, ValueError):
            return None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            return None
        return Pair(certificate, key)

    def _bundle(self, name: str, pair: Pair, authority: Pair) -> None:
        if not self.bundle(name).exists():
            sealed = BestAvailableEncryption(PASSPHRASE.encode())
            chain = [authority.certificate]
            packed = pkcs12.serialize_key_and_certificates(name.encode(), pair.key, pair.certificate, chain, sealed)
            _write(self.bundle(name), packed)


def _is_signed(pair: Pair, by: Pair) -> bool:
    try:
        pair.certificate.verify_directly_issued_by(by.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    """Write a file for its owner's eyes only, in one step."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(draft, path)  # noqa: PTH105 - replacing in one step is the point
