"""Access tokens as services read them: signed by us, for us, short, and bound to the certificate they were asked with.

A token says who asked for it and with which registered key (RFC 9068, and the claim `key`). What he may do it does not
say: the register is asked for that on every request, so a revocation ends tokens as it ends certificates.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.runtime.edge.certificates import Shown
from shared.runtime.http_state import Clock
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError, unauthorized
from shared.store.documents import Collection
from shared.store.signing_keys import public_keys

ALGORITHM: Literal["Ed25519"] = "Ed25519"
TYPE = "at+jwt"
"""In the header of every access token (RFC 9068): nothing else that we or a client sign can pass for one."""
LIFE_SECONDS = 300
MOST_BYTES = 4_096
MOST_KEPT = 10_000
"""Tokens that were verified before, at some 1 kB each."""
_LOOK_SECONDS = 1.0
"""How often the store is asked for keys at most: anybody can name a key that there is not."""
_SECONDS_APART = 5
"""By how much the clocks of two of our machines may differ."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: the key it was asked with, until when it counts, and the certificate it is bound to ("")."""

    key: str
    ends_at: float
    thumbprint: str


class AccessTokens:
    """Verifies tokens for one process."""

    def __init__(
        self, issuer: str, database: Database, now: Clock, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._database, self._now, self._seconds = issuer, database, now, seconds
        self._known: OrderedDict[str, Token] = OrderedDict()
        self._keys: dict[str, OKPKey] = {}
        self._looked_at = float("-inf")

    async def key_behind(self, token: str, shown: Shown | None) -> str:
        """Return the fingerprint of the registered key with which a token was asked for.

        Raises:
            ProblemError: 401, it is none of ours, has ended, or comes with another certificate than it was asked with.
            PyMongoError: the store is away, and the token's key was not read yet.
        """
        told = self._known.get(token) or await self._verified(token)
        if told is None:
            raise _invalid("this token is none that was given here: ask for one at /v1/oauth/token")
        if told.ends_at <= self._now().timestamp():
            raise _invalid("this token has ended: ask for another")
        if told.thumbprint != (shown.thumbprint if shown else ""):
            raise _invalid("a token is shown as it was asked for: with the same certificate, or without one")
        return told.key

    async def _verified(self, token: str) -> Token | None:
        key = await self._key_of(token)
        told = None if key is None else read(token, key, self._issuer, self._now().timestamp())
        if told is not None:
            self._known[token] = told
            if len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return told

    async def _key_of(self, token: str) -> OKPKey | None:
        """Return the key that a token's header names, if it is one of ours."""
        if len(token) > MOST_BYTES:
            return None
        try:
            name = str(jws.extract_compact(token.encode()).headers().get("kid"))
        except (JoseError, ValueError, TypeError):
            return None
        if name not in self._keys and self._seconds() - self._looked_at > _LOOK_SECONDS:
            self._looked_at = self._seconds()
            found = await public_keys(self._database, Collection.TOKEN_KEYS)
            self._keys = {jwk["kid"]: OKPKey.import_key(jwk) for jwk in found}
        return self._keys.get(name)


def read(token: str, key: OKPKey, issuer: str, now: float) -> Token | None:
    """Return what a token says, None where it is not one of this issuer, signed with this key, that counts now."""
    try:
        told = jwt.decode(token, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError, TypeError):
        return None
    claims: Mapping[str, Any] = told.claims
    if told.header.get("typ") != TYPE or claims.get("iss") != issuer or claims.get("aud") != issuer:
        return None
    issued_at, ends_at = claims.get("iat"), claims.get("exp")
    if not isinstance(issued_at, int) or not isinstance(ends_at, int) or issued_at > now + _SECONDS_APART:
        return None
    bound = claims.get("cnf", {}).get("x5t#S256", "")
    return Token(str(claims["key"]), ends_at, bound)


def _invalid(message: str) -> ProblemError:
    return unauthorized("INVALID_TOKEN", message, 'Bearer realm="gastrack", error="invalid_token"')
