"""How a client proves who he is when he asks for a token: by an assertion that his registered key signed.

`private_key_jwt` of RFC 7523 and 7521, as narrow as OAuth 2's security profile wants it: our issuer as the only
audience, five minutes at most, a name (`jti`) by which it counts once, algorithms from a fixed list. The register keeps
fingerprints of keys, not keys: the assertion's header brings the key (`jwk`) or the certificate (`x5c`), and its
fingerprint must be registered.
"""

from __future__ import annotations

import base64
import binascii
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import InvalidVersion, load_der_x509_certificate
from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from shared.runtime.edge.certificates import fingerprint_of

ALGORITHMS = ("PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""RSA by PSS alone: RS256 has a padding whose day has passed, and no client of ours relies on it yet."""
MOST_SECONDS = 300
SECONDS_APART = 30
"""By how much a client's clock may be ahead of ours."""
MOST_BYTES = 16 * 1024
_MOST_NAME = 200
_FAULTS = (
    *(JoseError, ValueError, TypeError, KeyError, IndexError, binascii.Error, UnsupportedAlgorithm),
    *(InvalidVersion, OverflowError, RecursionError),  # numbers of hundreds of digits, thousands of brackets
)
"""What libraries raise on what a stranger may send."""


class _WithCertificate(JWSRegistry):
    """Reads headers that hold a certificate: longer than any other."""

    max_header_length = MOST_BYTES


_WIDE = _WithCertificate(algorithms=list(ALGORITHMS))
_KINDS: dict[type[object], Literal["RSA", "EC", "OKP"]] = {
    rsa.RSAPublicKey: "RSA",
    ec.EllipticCurvePublicKey: "EC",
    ed25519.Ed25519PublicKey: "OKP",
}
PublicKey = RSAKey | ECKey | OKPKey


class AssertionRefusedError(ValueError):
    """An assertion proves nothing; why is for our log alone."""


@dataclass(frozen=True, slots=True)
class Asserted:
    """What an assertion proves: its holder has this key, and says that he is this client."""

    client: str
    fingerprint: str
    jti: str
    ends_at: float


def asserted(assertion: str, issuer: str, now: float) -> Asserted:
    """Return what an assertion proves at a moment (seconds since 1970).

    Raises:
        AssertionRefusedError: it proves nothing.
    """
    if len(assertion) > MOST_BYTES:
        raise AssertionRefusedError("too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", SecurityWarning
            )  # EdDSA is the old name of Ed25519, and still the usual one
            key = key_in(jws.extract_compact(assertion.encode("ascii"), registry=_WIDE).headers())
            claims = jwt.decode(assertion, key, registry=_WIDE).claims
        return _checked(claims, key, issuer, now)
    except AssertionRefusedError:
        raise
    except _FAULTS as fault:
        raise AssertionRefusedError(type(fault).__name__) from None


def key_in(header: Mapping[str, Any]) -> PublicKey:
    """Return the public key that a header brings, as `jwk` or as the first certificate of `x5c`; not both."""
    if ("jwk" in header) == ("x5c" in header):
        raise AssertionRefusedError("one of jwk and x5c")
    key = import_key(header["jwk"]) if "jwk" in header else _key_in_certificate(header["x5c"][0])
    if not isinstance(key, PublicKey) or key.is_private:
        raise AssertionRefusedError("no public key")
    return key


def _key_in_certificate(encoded: str) -> object:
    key = load_der_x509_certificate(base64.b64decode(encoded, validate=True)).public_key()
    kind = next((kind for made, kind in _KINDS.items() if isinstance(key, made)), None)
    if kind is None:
        raise AssertionRefusedError("a key of another kind")
    return import_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), kind)


def _checked(claims: Mapping[str, Any], key: PublicKey, issuer: str, now: float) -> Asserted:
    client, jti = claims["sub"], claims["jti"]
    if claims["iss"] != client or not _is_name(client) or not _is_name(jti):
        raise AssertionRefusedError("iss, sub or jti")
    if claims["aud"] not in (issuer, [issuer]):
        raise AssertionRefusedError("aud")
    issued_at, ends_at = _moment(claims["iat"]), _moment(claims["exp"])
    not_before = _moment(claims.get("nbf", issued_at))
    if not (ends_at - MOST_SECONDS <= issued_at <= now + SECONDS_APART and not_before <= now + SECONDS_APART):
        raise AssertionRefusedError("iat or nbf")
    if not now < ends_at:
        raise AssertionRefusedError("exp")
    return Asserted(client, fingerprint_of(key.public_key), jti, ends_at)


def _is_name(told: object) -> bool:
    return isinstance(told, str) and 0 < len(told) <= _MOST_NAME


def _moment(told: object) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise AssertionRefusedError("no moment")
    return float(told)
