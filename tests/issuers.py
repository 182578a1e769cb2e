"""Authorities and certificates made while tests run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.registered import NOW

Extension = tuple[x509.ExtensionType, bool]
FOR_CLIENTS: tuple[Extension, ...] = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),)


def usage(*, signs: bool = False, issues: bool = False) -> Extension:
    """Return a key usage: of signatures, or of certificates."""
    no = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only"),
        False,
    )
    told = x509.KeyUsage(digital_signature=signs, key_cert_sign=issues, decipher_only=False, **no)
    return told, True


def of_authority(path_length: int | None = None) -> tuple[Extension, ...]:
    """Return what makes a certificate that of an authority."""
    return (x509.BasicConstraints(ca=True, path_length=path_length), True), usage(issues=True)


@dataclass(frozen=True)
class Issued:
    """A certificate with its private key, and those of the authorities that follow it in its file."""

    key: Any
    certificate: x509.Certificate
    between: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        """The certificate and those between, as PEM."""
        found = (self.certificate, *self.between)
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in found)

    def issue(
        self,
        name: str,
        *,
        key: Any = None,
        extensions: Sequence[Extension] = FOR_CLIENTS,
        begin: datetime = NOW - timedelta(days=1),
        end: datetime = NOW + timedelta(days=365),
        signed_with: Any = None,
    ) -> Issued:
        """Return a certificate that this one's key has signed."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        made = _built(name, self.certificate.subject, key, extensions, (begin, end))
        between = (self.certificate, *self.between) if self.certificate.issuer != self.certificate.subject else ()
        return Issued(key, made.sign(self.key, signed_with or hashes.SHA256()), between)


def an_authority(name: str = "Gas Root", extensions: Sequence[Extension] | None = None) -> Issued:
    """Return an authority of its own."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), _name(name)
    told = of_authority() if extensions is None else extensions
    life = NOW - timedelta(days=1_000), datetime(2100, 1, 1, tzinfo=UTC)
    return Issued(key, _built(name, subject, key, told, life).sign(key, hashes.SHA256()))


def _built(
    name: str, issuer: x509.Name, key: Any, extensions: Sequence[Extension], life: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(life[0])
        .not_valid_after(life[1])
    )
    for extension, critical in extensions:
        made = made.add_extension(extension, critical=critical)
    return made


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
