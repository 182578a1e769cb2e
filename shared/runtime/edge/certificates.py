"""Certificates that clients showed at the TLS door: what names their key, and what names them themselves."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, InvalidVersion, load_pem_x509_certificates


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate that somebody showed.

    `fingerprint` names its public key, as the register does; `thumbprint` names the certificate itself, as tokens that
    are bound to it do (`x5t#S256`, RFC 8705).
    """

    fingerprint: str
    thumbprint: str


def shown_in(pem: bytes) -> Shown:
    """Return what names the one certificate of a PEM text.

    Raises:
        ValueError: it is no certificate, one that cannot be read, or more than one.
    """
    if pem.count(b"-----BEGIN") != 1:
        raise ValueError("not one certificate")
    try:
        (certificate,) = load_pem_x509_certificates(pem)
        return Shown(fingerprint_of(certificate.public_key()), thumbprint_of(certificate))
    except (InvalidVersion, UnsupportedAlgorithm) as fault:
        raise ValueError("a certificate or key of a kind that cannot be read") from fault


def fingerprint_of(key: PublicKeyTypes) -> str:
    """Return the lower-case hex SHA-256 of a public key (DER SubjectPublicKeyInfo)."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def thumbprint_of(certificate: Certificate) -> str:
    """Return the base64url SHA-256 of a whole certificate (DER), without padding."""
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
