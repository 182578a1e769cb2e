"""A renewal is signed by the old key, says whose it is and which key follows, and was said just now."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws
from joserfc.jwk import import_key

from shared.access.certificates.certificate import Certificate, checked
from shared.access.client import Client
from shared.access.refused import ChangeRefusedError
from shared.access.renewal import ALGORITHMS, LONGEST_HEADER, TYPE, require_signed
from shared.access.roles import Role
from tests.issuers import an_authority
from tests.registered import NOW, fingerprint_of

ROOT = an_authority()
NEXT = fingerprint_of("next")
SAID = {"client": "anna", "fingerprint": NEXT, "iat": int(NOW.timestamp())}
KINDS: dict[str, Any] = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "PS256": rsa.generate_private_key(65537, 2048),
    "RS256": rsa.generate_private_key(65537, 2048),
}


def jwk_of(key: Any) -> Any:
    """Return a private key as JOSE has it."""
    return import_key(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        {"EC": "EC", "Ed": "OKP", "RS": "RSA"}[type(key).__name__[:2]],  # type: ignore[call-overload]  # one of its three
    )


def a_client(key: Any) -> Client:
    """Return Anna with her key."""
    told = checked(ROOT.issue("anna", key=key).pem, [ROOT.certificate], NOW)
    assert isinstance(told, Certificate)
    return Client("anna", "ACME", frozenset({Role.READER}), "A-1", (told.key(NOW),))


def statement(key: Any, said: object = SAID, algorithm: str = "ES256", **header: Any) -> str:
    """Return a signed statement."""
    own = jwk_of(key)
    told = {"alg": algorithm, "typ": TYPE, "jwk": own.as_dict(private=False), **header}
    registry = jws.JWSRegistry(algorithms=ALGORITHMS)
    registry.max_header_length = LONGEST_HEADER
    return jws.serialize_compact(told, json.dumps(said).encode(), own, registry=registry)


def nested(key: Any) -> str:
    """Return a signed statement of nothing but brackets."""
    own = jwk_of(key)
    told = {"alg": "ES256", "typ": TYPE, "jwk": own.as_dict(private=False)}
    return jws.serialize_compact(told, b"[" * 9_000, own)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_kind_of_key_signs(algorithm: str) -> None:
    """All that can be registered."""
    key = KINDS[algorithm]
    require_signed(statement(key, algorithm=algorithm), a_client(key), NEXT, NOW)


KEY, OTHER = KINDS["ES256"], ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a.b.c",
        "\udcff.b.c",
        statement(OTHER),
        statement(OTHER, jwk=jwk_of(KEY).as_dict(private=False)),
        statement(KEY, typ="JWT"),
        statement(KEY, {**SAID, "client": "bart"}),
        statement(KEY, {**SAID, "fingerprint": fingerprint_of("another")}),
        statement(KEY, {**SAID, "iat": int((NOW - timedelta(minutes=6)).timestamp())}),
        statement(KEY, {**SAID, "iat": int((NOW + timedelta(minutes=6)).timestamp())}),
        statement(KEY, {**SAID, "iat": 10**30}),
        statement(KEY, {**SAID, "iat": "now"}),
        statement(KEY, [SAID]),
        statement(KEY)[:-9] + "AAAAAAAAA",
        nested(KEY),
    ],
)
def test_anything_else_is_refused(wrong: str) -> None:
    """Another's key, a header that names the old key over another's signature, other words, an old statement."""
    with pytest.raises(ChangeRefusedError, match="STATEMENT"):
        require_signed(wrong, a_client(KEY), NEXT, NOW)


def test_a_key_that_is_over_signs_nothing() -> None:
    """It has expired by then."""
    late = NOW + timedelta(days=400)
    said = {**SAID, "iat": int(late.timestamp())}
    with pytest.raises(ChangeRefusedError, match="STATEMENT"):
        require_signed(statement(KEY, said), a_client(KEY), NEXT, late)
