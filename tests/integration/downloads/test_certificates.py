"""Who asks is said by a certificate; without the right one there is no answer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.local.services import Service
from gastrack_client.command import main
from tests.integration.downloads.rough_way import RoughWay

ASKED = ["--line", "BE-0042-A", "--from", "2026-10-01", "--to", "2026-11-01", "--attempts", "1", "--mode", "at-once"]


@dataclass(frozen=True)
class Issuer:
    """Somebody who issues certificates."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def named(cls, name: str) -> Issuer:
        """Return a new one."""
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, _certificate(name, key, None))

    def issue(self, name: str, file: Path) -> Path:
        """Write a key and its certificate into a file."""
        file.write_bytes(b"".join(self._pair(name)))
        return file

    def issue_secret(self, name: str, folder: Path) -> None:
        """Write a key, its certificate and our own as Kubernetes lays a TLS secret into a folder."""
        key, certificate = self._pair(name)
        (folder / "tls.key").write_bytes(key)
        (folder / "tls.crt").write_bytes(certificate)
        (folder / "ca.crt").write_bytes(self.certificate.public_bytes(Encoding.PEM))

    def _pair(self, name: str) -> tuple[bytes, bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return private, _certificate(name, key, self).public_bytes(Encoding.PEM)


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, by: Issuer | None) -> x509.Certificate:
    now, subject = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signer = by.key if by else key
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


@pytest.fixture
def issuer() -> Issuer:
    """Who issues the certificates here."""
    return Issuer.named("Gastrack test")


def guarded_way(service: Service, issuer: Issuer, folder: Path) -> RoughWay:
    """Return a way to the service that lets in only who has a certificate of the issuer."""
    (folder / "ca.pem").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "ca.pem")
    context.load_cert_chain(issuer.issue("127.0.0.1", folder / "server.pem"))
    context.verify_mode = ssl.CERT_REQUIRED
    assert service.http_port is not None
    return RoughWay(service.http_port, context)


@pytest.fixture
def guarded(service: Service, issuer: Issuer, tmp_path: Path) -> Iterator[RoughWay]:
    """Such a way, open."""
    with guarded_way(service, issuer, tmp_path) as made:
        yield made


def test_a_certificate_opens_the_door(guarded: RoughWay, issuer: Issuer, tmp_path: Path) -> None:
    """With the authority that the service's own is of."""
    ours = issuer.issue("reader", tmp_path / "reader.pem")
    who = ["--url", guarded.url, "--ca", str(tmp_path / "ca.pem"), "--certificate", str(ours)]
    assert main([*ASKED, *who, "--out", str(tmp_path / "a.csv")]) == 0
    assert (tmp_path / "a.csv").stat().st_size > 0


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_without_the_right_one_there_is_nothing(
    guarded: RoughWay, tmp_path: Path, whose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """None, or one of another issuer."""
    who = ["--url", guarded.url, "--ca", str(tmp_path / "ca.pem")]
    if whose == "another's":
        who += ["--certificate", str(Issuer.named("Somebody").issue("reader", tmp_path / "other.pem"))]
    assert main([*ASKED, *who, "--out", str(tmp_path / "a.csv")]) == 1
    assert "tried 1 times" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


def test_a_service_that_nobody_vouches_for_is_not_asked(
    guarded: RoughWay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its certificate is of an authority that this machine does not know."""
    assert main([*ASKED, "--url", guarded.url, "--out", str(tmp_path / "a.csv")]) == 1
    assert "CERTIFICATE_VERIFY_FAILED" in capsys.readouterr().err
