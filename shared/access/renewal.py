"""A renewal signed by the old key: a statement as compact JWS that names the new certificate.

Its header says what it is (`typ`) and carries the old public key (`jwk`), one of the client's that are in use. Its
payload is `{"client", "fingerprint", "iat"}`: whose, the fingerprint of the new key, and when it was said (seconds
since 1970).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from shared.access.client import Client
from shared.access.refused import ChangeRefusedError, wrong

ALGORITHMS = ["ES256", "ES384", "ES512", "Ed25519", "PS256", "RS256"]
"""Those of the kinds of keys that are registered."""
LONGEST_HEADER = 4096
"""Bytes, in base64: the modulus of an RSA key of 16,384 bits takes 3,641."""
TYPE = "gastrack-renewal+jws"
"""Said in the signed header, so that nothing else that the old key signed can pass for a renewal."""
OLDEST = timedelta(minutes=5)
"""How old a statement may be; clocks differ by less."""


def require_signed(statement: str, client: Client, fingerprint: str, now: datetime) -> None:
    """Raise where a statement does not say, by a key of a client that is in use now, that a new key is his.

    Raises:
        ChangeRefusedError: code STATEMENT.
    """
    try:
        header = jws.extract_compact(statement.encode(), registry=_registry()).headers()
        key = import_key(header["jwk"]) if header["typ"] == TYPE else None
        signed = jws.deserialize_compact(statement, key, registry=_registry())
        told = json.loads(signed.payload)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _refused(
            "it is no compact JWS with the old public key in its header, or its signature is wrong"
        ) from None
    old = client.key(_fingerprint(key))
    if old is None or old.refusal(now) is not None:
        raise _refused("it is signed by a key that is none of yours in use")
    _require_says(told, client, fingerprint, now)


def _registry() -> jws.JWSRegistry:
    registry = jws.JWSRegistry(algorithms=ALGORITHMS)
    registry.max_header_length = LONGEST_HEADER
    return registry


def _require_says(told: Any, client: Client, fingerprint: str, now: datetime) -> None:
    if not isinstance(told, dict) or (told.get("client"), told.get("fingerprint")) != (client.id, fingerprint):
        raise _refused("it does not name you as client, and the fingerprint of the new key")
    said = told.get("iat")
    if not isinstance(said, int) or abs(now - _moment(said, now)) > OLDEST:
        raise _refused("it was not said just now: sign it with the time of this moment")


def _moment(seconds: int, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return now - 2 * OLDEST


def _fingerprint(key: Any) -> str:
    if not isinstance(key, ECKey | OKPKey | RSAKey):
        return ""
    return sha256(key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _refused(text: str) -> ChangeRefusedError:
    return wrong("STATEMENT", "statement", text)
