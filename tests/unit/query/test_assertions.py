"""What proves a client, and what proves nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws, jwt
from joserfc.jwk import OctKey

from services.query.tokens.assertion import MOST_BYTES, AssertionRefusedError, asserted
from tests.asserting import ISSUER, assertion_of, claims_of, header_of, key_of
from tests.shown import a_holder

ANNA, BART, RSA = a_holder(), a_holder("bart"), a_holder("rita", "rsa")
P384, ED25519 = a_holder("piet", "ec384"), a_holder("ed", "ed25519")
NOW = 1_795_000_000
OF_VERSION_6 = ANNA.certificate.public_bytes(Encoding.DER).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05")


def refused(assertion: str) -> str:
    """Return why an assertion proves nothing."""
    with pytest.raises(AssertionRefusedError) as caught:
        asserted(assertion, ISSUER, NOW)
    return str(caught.value)


@pytest.mark.parametrize("by", ["jwk", "x5c"])
@pytest.mark.parametrize(
    ("holder", "algorithm"),
    [(ANNA, "ES256"), (P384, "ES384"), (RSA, "PS256"), (ED25519, "EdDSA"), (ED25519, "Ed25519")],
)
def test_an_assertion_proves_key_and_client(holder: Any, algorithm: str, by: str) -> None:
    """With each algorithm that is taken, the key in the header or in its certificate."""
    proof = asserted(assertion_of(holder, algorithm, by, client="anna", now=NOW), ISSUER, NOW)
    assert (proof.client, proof.fingerprint) == ("anna", holder.fingerprint)


@pytest.mark.parametrize(
    "more",
    [
        {"aud": [ISSUER]},
        {"exp": NOW + 299},
        {"nbf": NOW - 5},
        {"iat": NOW + 20, "exp": NOW + 100},
        {"iat": NOW + 0.5},
    ],
)
def test_what_the_rules_leave_open_is_taken(more: dict[str, Any]) -> None:
    """A list of one audience, all of the five minutes, a clock that is a little ahead."""
    assert asserted(assertion_of(ANNA, now=NOW, **more), ISSUER, NOW).client == "anna"


@pytest.mark.parametrize(
    "more",
    [
        {"aud": f"{ISSUER}/v1/oauth/token"},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": "https://other.example"},
        {"aud": None},
        {"aud": []},
        {"iss": "bart"},
        {"sub": None},
        {"iss": None},
        {"sub": 7, "iss": 7},
        {"sub": "", "iss": ""},
        {"sub": "a" * 201, "iss": "a" * 201},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 201},
        {"exp": None},
        {"exp": NOW - 1},
        {"exp": NOW + 400},
        {"exp": "never"},
        {"exp": True},
        {"iat": None},
        {"iat": NOW - 400, "exp": NOW - 101},
        {"iat": NOW - 301, "exp": NOW + 60},
        {"iat": NOW + 100, "exp": NOW + 200},
        {"iat": "now"},
        {"nbf": NOW + 100},
        {"nbf": "then"},
    ],
)
def test_claims_are_as_narrow_as_promised(more: dict[str, Any]) -> None:
    """Issuer, audience, times and name: one wrong, and it proves nothing."""
    assert refused(assertion_of(ANNA, now=NOW, **more))


def test_only_algorithms_of_the_list_count() -> None:
    """No other padding, no shared secret, none at all; not even with a key that fits."""
    assert refused(assertion_of(RSA, "RS256", header=header_of(RSA, "RS256"), now=NOW)) == "UnsupportedAlgorithmError"
    shared = OctKey.import_key("a secret that both would have to know")
    confused = jwt.encode({**header_of(ANNA), "alg": "HS256"}, claims_of(now=NOW), shared, algorithms=["HS256"])
    assert refused(confused)
    _, body, _ = assertion_of(ANNA, now=NOW).split(".")
    bare = base64.urlsafe_b64encode(json.dumps({**header_of(ANNA), "alg": "none"}).encode()).rstrip(b"=").decode()
    assert refused(f"{bare}.{body}.")


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "ES256"},
        {**header_of(ANNA), **header_of(ANNA, by="x5c")},
        header_of(BART),
        {"alg": "ES256", "jwk": key_of(ANNA).as_dict(private=True)},
        {"alg": "ES256", "jwk": {"kty": "oct", "k": "AAAA"}},
        {"alg": "ES256", "jwk": {}},
        {"alg": "ES256", "jwk": "anna"},
        {"alg": "ES256", "x5c": []},
        {"alg": "ES256", "x5c": ["AAAA"]},
        {"alg": "ES256", "x5c": "AAAA"},
        {"alg": "ES256", "x5c": [base64.b64encode(OF_VERSION_6).decode()]},
        {**header_of(ANNA), "crit": ["exp"], "exp": 1},
    ],
)
def test_the_key_comes_with_it_and_has_signed_it(header: dict[str, Any]) -> None:
    """One public key, by one of the two ways, and the signature is its own."""
    if "jwk" in header and isinstance(header["jwk"], dict) and "d" in header["jwk"]:
        assertion = jwt.encode(header, claims_of(now=NOW), key_of(ANNA), algorithms=["ES256"])
    else:
        assertion = signed_anyhow(header)
    assert refused(assertion)


def signed_anyhow(header: dict[str, Any]) -> str:
    """Return an assertion with any header, signed by Anna as if it said nothing wrong."""
    good = assertion_of(ANNA, now=NOW)
    told = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{told}.{'.'.join(good.split('.')[1:])}"


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "....", "é.é.é", "a" * (MOST_BYTES + 1), "\0"])
def test_what_is_no_assertion_is_refused(text: str) -> None:
    """Whatever a stranger sends."""
    assert refused(text)


@pytest.mark.parametrize("payload", [b"[" * 9_000, b'{"a":' * 1_800])
@pytest.mark.parametrize("is_head", [True, False])
def test_brackets_without_end_are_refused(payload: bytes, *, is_head: bool) -> None:
    """In the head, before anything is verified, and signed by a key that anybody may bring."""
    if is_head:
        assert refused(f"{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}.e30.AAAA")
        return
    assert refused(jws.serialize_compact(header_of(ANNA), payload, key_of(ANNA)))


@pytest.mark.parametrize("more", [{"exp": 10**400}, {"iat": -(10**400)}, {"nbf": 10**400}])
def test_moments_are_bounded(more: dict[str, Any]) -> None:
    """Numbers that no float can be."""
    assert refused(assertion_of(ANNA, now=NOW, **more))


def test_a_changed_assertion_is_refused() -> None:
    """Signed by Anna, and then another client written into it."""
    head, _, signature = assertion_of(ANNA, now=NOW).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims_of("bart", now=NOW)).encode()).rstrip(b"=").decode()
    assert refused(f"{head}.{body}.{signature}") == "BadSignatureError"
