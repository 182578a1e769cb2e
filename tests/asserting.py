"""Assertions as a client signs them, right and wrong, for tests."""

from __future__ import annotations

import base64
import time
import warnings
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from tests.shown import Holder

ISSUER = "https://gas.example"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _Wide(JWSRegistry):
    """Writes headers that hold a certificate."""

    max_header_length = 16 * 1024


_KINDS = {"PS": "RSA", "RS": "RSA", "ES": "EC", "Ed": "OKP"}


def key_of(holder: Holder, algorithm: str = "ES256") -> RSAKey | ECKey | OKPKey:
    """Return the private key of a holder for signing."""
    kind: Any = _KINDS[algorithm[:2]]
    key = import_key(holder.private_pem, kind)
    assert isinstance(key, RSAKey | ECKey | OKPKey)
    return key


def claims_of(client: str = "anna", now: int | None = None, **more: Any) -> dict[str, Any]:
    """Return the claims of a good assertion, with others; None leaves one out."""
    now = int(time.time()) if now is None else now
    told = {"iss": client, "sub": client, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": uuid4().hex, **more}
    return {name: value for name, value in told.items() if value is not None}


def header_of(holder: Holder, algorithm: str = "ES256", by: str = "jwk") -> dict[str, Any]:
    """Return the header that brings a holder's key."""
    if by == "x5c":
        der = holder.certificate.public_bytes(Encoding.DER)
        return {"alg": algorithm, "x5c": [base64.b64encode(der).decode()]}
    return {"alg": algorithm, "jwk": key_of(holder, algorithm).as_dict(private=False)}


def assertion_of(
    holder: Holder, algorithm: str = "ES256", by: str = "jwk", *, header: dict[str, Any] | None = None, **more: Any
) -> str:
    """Return an assertion that a holder signed."""
    head = header if header is not None else header_of(holder, algorithm, by)
    key = key_of(holder, algorithm)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # clients still say EdDSA
        return jwt.encode(head, claims_of(**more), key, registry=_Wide(algorithms=[algorithm]))


def asked_with(assertion: str, **more: str) -> dict[str, str]:
    """Return the fields of a token request."""
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        **more,
    }
