"""A certificate that somebody wants to have registered, checked at once, with all that is wrong with it.

A certificate may be followed by those of the authorities between it and the trusted one, all as PEM.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import MD5, SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.access.certificates.issuing import is_issued
from shared.access.client import Key
from shared.domain.topology import Issue

MOST_CERTIFICATES = 10
"""That may come together: twice as many as a chain can have."""
LEAST_RSA_BITS = 2048
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_UNREADABLE = (
    *(ValueError, TypeError, UnsupportedAlgorithm),
    *(x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType),
)
"""What the library raises on what a stranger may send."""
_FOR_CLIENTS = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as the register knows it: the fingerprint of its public key, and what people compare.

    `subject` and `pem` may name a person.
    """

    fingerprint: str
    not_before: datetime
    not_after: datetime
    kind: str
    issuer: str
    serial: str
    subject: str
    pem: str

    def key(self, now: datetime) -> Key:
        """Return its key, registered at a moment."""
        return Key(self.fingerprint, self.not_before, self.not_after, now)


def read_authorities(pem: bytes) -> list[x509.Certificate]:
    """Return the authorities of a bundle (PEM).

    Raises:
        ValueError: it is no bundle of certificates.
    """
    return x509.load_pem_x509_certificates(pem)


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return by what a certificate's key is known: SHA-256 of the public key (DER SubjectPublicKeyInfo), hex."""
    der = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


def checked(
    pem: str, authorities: Sequence[x509.Certificate], now: datetime, position: str = "certificate"
) -> Certificate | tuple[Issue, ...]:
    """Return a certificate that may be registered, or all that is wrong with it."""
    if "PRIVATE KEY" in pem:
        text = "this holds a private key: nobody must ever get it; make a new key, and send its certificate alone"
        return (Issue("PRIVATE_KEY", position, text),)
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
        told = _told(found[0])
        issues = tuple(_issues(found[0], now, position)) or tuple(_chain_issues(found, authorities, now, position))
    except _UNREADABLE:
        text = "no certificate can be read: send it as PEM, between BEGIN CERTIFICATE and END CERTIFICATE"
        return (Issue("CERTIFICATE_UNREADABLE", position, text),)
    return issues or told


def _told(certificate: x509.Certificate) -> Certificate:
    return Certificate(
        fingerprint_of(certificate),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        _kind(certificate),
        certificate.issuer.rfc4514_string(),
        f"{certificate.serial_number:x}",
        certificate.subject.rfc4514_string(),
        certificate.public_bytes(Encoding.PEM).decode(),
    )


def _kind(certificate: x509.Certificate) -> str:
    match certificate.public_key():
        case rsa.RSAPublicKey() as key:
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey() as key:
            return f"EC {key.curve.name}"
        case key:
            return type(key).__name__.removesuffix("PublicKey")


def _chain_issues(
    found: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate], now: datetime, position: str
) -> Iterator[Issue]:
    if len(found) > MOST_CERTIFICATES:
        text = f"{len(found)} certificates: send yours, and those between it and its authority alone"
        yield Issue("CERTIFICATE_CHAIN", position, text)
    elif not is_issued(found[0], found[1:], authorities, now):
        text = "no authority that is trusted here has issued it: send the certificates between as well, or take another"
        yield Issue("CERTIFICATE_CHAIN", position, text)


def _issues(certificate: x509.Certificate, now: datetime, position: str) -> Iterator[Issue]:
    yield from _dates(certificate, now, position)
    yield from _strength(certificate, position)
    yield from _usage(certificate, position)


def _dates(certificate: x509.Certificate, now: datetime, position: str) -> Iterator[Issue]:
    if now > certificate.not_valid_after_utc:
        text = f"it expired on {certificate.not_valid_after_utc:%Y-%m-%d}: send one that is valid"
        yield Issue("CERTIFICATE_EXPIRED", position, text)
    if now < certificate.not_valid_before_utc:
        text = f"it is not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC: send it then"
        yield Issue("CERTIFICATE_NOT_YET_VALID", position, text)


def _strength(certificate: x509.Certificate, position: str) -> Iterator[Issue]:
    match certificate.public_key():
        case rsa.RSAPublicKey() as key:
            is_strong = key.key_size >= LEAST_RSA_BITS
        case ec.EllipticCurvePublicKey() as key:
            is_strong = isinstance(key.curve, _CURVES)
        case key:
            is_strong = isinstance(key, ed25519.Ed25519PublicKey)
    if not is_strong:
        text = f"a key of kind {_kind(certificate)} is not taken: RSA from 2048 bits, P-256, P-384, P-521, Ed25519 are"
        yield Issue("CERTIFICATE_KEY", position, text)
    if isinstance(certificate.signature_hash_algorithm, MD5 | SHA1):
        yield Issue("CERTIFICATE_SIGNATURE", position, "it is signed by MD5 or SHA-1: have it issued with SHA-256")


def _usage(certificate: x509.Certificate, position: str) -> Iterator[Issue]:
    """Find out whether it may be shown by a client; an extension that is absent forbids nothing."""
    said = {type(extension.value): extension.value for extension in certificate.extensions}
    limits, usage = said.get(x509.BasicConstraints), said.get(x509.KeyUsage)
    extended = said.get(x509.ExtendedKeyUsage)
    if isinstance(limits, x509.BasicConstraints) and limits.ca:
        yield Issue("CERTIFICATE_USAGE", position, "it is that of an authority: send one of a client")
    if isinstance(usage, x509.KeyUsage) and not usage.digital_signature:
        text = "its key usage does not allow digital signatures: have it issued for client authentication"
        yield Issue("CERTIFICATE_USAGE", position, text)
    if isinstance(extended, x509.ExtendedKeyUsage) and not _FOR_CLIENTS & set(extended):
        text = "its extended key usage does not name client authentication: have it issued for that"
        yield Issue("CERTIFICATE_USAGE", position, text)
