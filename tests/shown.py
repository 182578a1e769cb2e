"""Certificates and how an edge forwards them, for tests: made on the spot, signed by themselves."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509 import Certificate, CertificateBuilder, Name, NameAttribute, random_serial_number
from cryptography.x509.oid import NameOID

from shared.access.client import Key

EDGE_SECRET, DEMO_SECRET = "edge-" + "e" * 32, "demo-" + "d" * 32
_BEGIN, _YEARS = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=3650)


@dataclass(frozen=True)
class Holder:
    """Somebody with a private key and a certificate."""

    key: CertificateIssuerPrivateKeyTypes
    certificate: Certificate

    @cached_property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @cached_property
    def private_pem(self) -> bytes:
        """The private key as PEM."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, computed as the contract says it."""
        spki = self.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(spki).hexdigest()

    @cached_property
    def thumbprint(self) -> str:
        """`x5t#S256` of the certificate."""
        digest = hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @cached_property
    def forwarded(self) -> str:
        """The header in Envoy's form."""
        return f'Hash={"0" * 64};Cert="{quote(self.pem, safe="")}"'

    def registered(self, revoked_at: datetime | None = None) -> Key:
        """Return the key as the register has it."""
        return Key(self.fingerprint, _BEGIN, _BEGIN + _YEARS, _BEGIN, revoked_at)

    def headers(self, **more: str) -> dict[str, str]:
        """Return the headers of a request that comes by the TLS door with this certificate."""
        return {**by_tls(), "x-forwarded-client-cert": self.forwarded, **more}


def a_holder(name: str = "anna", kind: str = "ec") -> Holder:
    """Make a key and its certificate; `kind`: ec, ec384, rsa or ed25519."""
    key: CertificateIssuerPrivateKeyTypes
    if kind == "rsa":
        key = rsa.generate_private_key(65537, 2048)
    elif kind == "ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        key = ec.generate_private_key(ec.SECP384R1() if kind == "ec384" else ec.SECP256R1())
    subject = Name([NameAttribute(NameOID.COMMON_NAME, name)])
    builder = CertificateBuilder(subject, subject, key.public_key(), random_serial_number(), _BEGIN, _BEGIN + _YEARS)
    return Holder(key, builder.sign(key, None if kind == "ed25519" else SHA256()))


def by_tls() -> dict[str, str]:
    """Return the headers of a request that comes by the TLS door, without a certificate."""
    return {"x-gastrack-edge": EDGE_SECRET, "x-forwarded-for": "192.0.2.7"}


def by_demo() -> dict[str, str]:
    """Return the headers of a request that comes by the demo's plain door."""
    return {"x-gastrack-edge": DEMO_SECRET, "x-forwarded-for": "127.0.0.1"}
