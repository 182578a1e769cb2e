"""Which certificates may be registered, and what those that may not are told."""

from __future__ import annotations

from base64 import encodebytes
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.access.certificates.certificate import Certificate, checked, read_authorities
from tests.issuers import FOR_CLIENTS, Issued, an_authority, of_authority, usage
from tests.registered import NOW

ROOT = an_authority()
TRUSTED = read_authorities(ROOT.pem.encode())
FOR_SERVERS = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),)


def codes(given: Issued | str, now: datetime = NOW) -> list[str]:
    """Return the codes of what is wrong with a certificate."""
    told = checked(given if isinstance(given, str) else given.pem, TRUSTED, now)
    if isinstance(told, Certificate):
        return []
    assert all(issue.position == "certificate" and issue.message for issue in told)
    return [issue.code for issue in told]


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
    ],
)
def test_a_good_certificate_is_told_as_it_is(key: Any) -> None:
    """By the SHA-256 of its public key, whatever kind of key is taken."""
    given = ROOT.issue("anna", key=key)
    told = checked(given.pem, TRUSTED, NOW)
    assert isinstance(told, Certificate)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert told.fingerprint == sha256(der).hexdigest()
    assert (told.subject, told.issuer) == ("CN=anna", "CN=Gas Root")
    assert (told.not_before, told.not_after) == (NOW - timedelta(days=1), NOW + timedelta(days=365))
    assert told.key(NOW).fingerprint == told.fingerprint


def test_a_chain_leads_through_authorities_that_came_along() -> None:
    """Without them it does not; an authority that may have none below has none."""
    company = ROOT.issue("Company", extensions=of_authority(0))
    anna = company.issue("anna")
    assert codes(anna) == []
    assert codes(replace(anna, between=())) == ["CERTIFICATE_CHAIN"]
    below = company.issue("Department", extensions=of_authority())
    assert codes(below.issue("anna")) == ["CERTIFICATE_CHAIN"]


@pytest.mark.parametrize(
    "authority",
    [
        an_authority(),
        ROOT.issue("somebody", extensions=()),
        ROOT.issue("no issuer", extensions=(of_authority()[0], usage(signs=True))),
        ROOT.issue("old", extensions=of_authority(), end=NOW - timedelta(hours=1)),
    ],
)
def test_who_is_no_trusted_authority_issues_nothing(authority: Issued) -> None:
    """One of the same name, a client, one that may not sign, one that has expired."""
    assert codes(authority.issue("anna")) == ["CERTIFICATE_CHAIN"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": rsa.generate_private_key(65537, 1024)}, "CERTIFICATE_KEY"),  # noqa: S505 - what is refused
        ({"key": ec.generate_private_key(ec.SECP224R1())}, "CERTIFICATE_KEY"),
        ({"key": ec.generate_private_key(ec.SECP256K1())}, "CERTIFICATE_KEY"),
        ({"key": ed448.Ed448PrivateKey.generate()}, "CERTIFICATE_KEY"),
        ({"extensions": FOR_SERVERS}, "CERTIFICATE_USAGE"),
        ({"extensions": (*FOR_CLIENTS, usage())}, "CERTIFICATE_USAGE"),
        ({"extensions": (of_authority()[0],)}, "CERTIFICATE_USAGE"),
        ({"end": NOW - timedelta(seconds=1)}, "CERTIFICATE_EXPIRED"),
        ({"begin": NOW + timedelta(seconds=1)}, "CERTIFICATE_NOT_YET_VALID"),
    ],
)
def test_a_fault_has_its_code(wrong: dict[str, Any], code: str) -> None:
    """Key, usage, dates."""
    assert codes(ROOT.issue("anna", **wrong)) == [code]


def test_a_certificate_without_usages_may_be_a_clients() -> None:
    """What is not said forbids nothing; any usage is one as well."""
    anyhow = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), False), usage(signs=True))
    assert codes(ROOT.issue("anna", extensions=())) == []
    assert codes(ROOT.issue("anna", extensions=anyhow)) == []


def test_all_faults_are_told_at_once() -> None:
    """So that nobody comes back for each of them."""
    given = ROOT.issue("anna", extensions=FOR_SERVERS, end=NOW - timedelta(hours=1))
    assert codes(given) == ["CERTIFICATE_EXPIRED", "CERTIFICATE_USAGE"]


@pytest.mark.parametrize("text", ["", "a", ROOT.pem[:200], ROOT.pem.replace("M", "!", 3), "\udcff" * 3])
def test_what_cannot_be_read_is_said_to_be_so(text: str) -> None:
    """Whatever it is."""
    assert codes(text) == ["CERTIFICATE_UNREADABLE"]


@pytest.mark.parametrize(
    ("written", "instead"),
    [(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"), (b"\x0c\x04anna", b"\x03\x04anna")],
)
def test_what_no_authority_writes_is_said_to_be_unreadable(written: bytes, instead: bytes) -> None:
    """A version that there is not, a name that is no text: our own code does not fail on it."""
    der = ROOT.issue("anna").certificate.public_bytes(Encoding.DER)
    assert written in der
    text = encodebytes(der.replace(written, instead)).decode()
    assert codes(f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n") == ["CERTIFICATE_UNREADABLE"]


def test_a_private_key_is_refused_before_anything_else() -> None:
    """Whoever sent it must make a new one."""
    private = ROOT.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert codes(ROOT.issue("anna").pem + private) == ["PRIVATE_KEY"]


def test_too_many_certificates_are_no_chain() -> None:
    """Nobody lets us search through thousands."""
    assert codes(ROOT.issue("anna").pem + ROOT.pem * 10) == ["CERTIFICATE_CHAIN"]


def test_without_authorities_nothing_is_trusted() -> None:
    """A service that was told of none registers nobody."""
    told = checked(ROOT.issue("anna").pem, [], NOW)
    assert isinstance(told, tuple)
    assert [issue.code for issue in told] == ["CERTIFICATE_CHAIN"]
