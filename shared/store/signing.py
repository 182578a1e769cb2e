"""A service's signature: an Ed25519 key, given by setting or made at first use, and what it signs as compact JWS.

JOSE by joserfc; any other library of RFC 7515 and RFC 9864 verifies what is signed here, and so does openssl.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.runtime.mongo import Database
from shared.runtime.settings import PREFIX, WRONG_USE
from shared.store import signing_keys

ALGORITHM: Literal["Ed25519"] = "Ed25519"
"""Of signatures (RFC 9864) and, under the same name, the curve of keys."""
MANIFEST, TRAIL = "gastrack-manifest+jws", "gastrack-trail+jws"
"""What is signed: said in the signed header, so that nothing else that we may ever sign can pass for it."""


class SigningKeyError(ValueError):
    """The file that a setting names holds no key to sign with."""


def key_in(file: Path) -> OKPKey:
    """Read the private key of a PEM file.

    Raises:
        SigningKeyError: it cannot be read, or is no private Ed25519 key; what it holds is not told.
    """
    try:
        key = OKPKey.import_key(file.read_text(encoding="ascii"))
    except (OSError, ValueError, JoseError) as fault:
        raise SigningKeyError(f"{file}: cannot be read as a PEM key ({type(fault).__name__})") from None
    if not key.is_private or key.curve_name != ALGORITHM:
        raise SigningKeyError(f"{file}: is no private Ed25519 key; make one with openssl genpkey -algorithm ed25519")
    return key


def given_key(file: Path | None, setting: str) -> OKPKey | None:
    """Return the key that a setting names, None where it names none; a wrong one ends the start and is told."""
    if file is None:
        return None
    try:
        return key_in(file)
    except SigningKeyError as fault:
        sys.stderr.write(f"{PREFIX}{setting}: {fault}\n")
        raise SystemExit(WRONG_USE) from None


class Signer:
    """Signs one kind of things with the given key; without one, with a key that all processes over this database share.

    `kept` names that key where it rests.
    """

    def __init__(
        self, database: Database, given: OKPKey | None = None, kind: str = MANIFEST, kept: str = signing_keys.OWN
    ) -> None:
        self._database, self._given, self._kind, self._kept = database, given, kind, kept
        self._key: OKPKey | None = None
        self._one_at_a_time = asyncio.Lock()

    async def key(self) -> OKPKey:
        """Return the key; from its first use on its public half is published."""
        async with self._one_at_a_time:
            if self._key is None:
                key = self._given or await self._own()
                await signing_keys.publish_key(self._database, key.thumbprint(), public_jwk(key))
                self._key = key
        return self._key

    async def signed(self, payload: dict[str, Any]) -> str:
        """Return a payload as compact JWS: its header names the key by its thumbprint (RFC 7638)."""
        key = await self.key()
        header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": self._kind}
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        return jws.serialize_compact(header, body, key, algorithms=[ALGORITHM])

    async def _own(self) -> OKPKey:
        made = OKPKey.generate_key(ALGORITHM).as_pem(private=True).decode()
        return OKPKey.import_key(await signing_keys.own_key(self._database, made, self._kept))


def payload_of(signed: str, kind: str, keys: Mapping[str, OKPKey]) -> dict[str, Any]:
    """Return what was signed as a kind of thing, by one of the keys (by thumbprint).

    Raises:
        SigningKeyError: it was not: by none of these keys, as something else, or it was changed.
    """
    try:
        read = jws.deserialize_compact(signed, lambda told: keys[told.headers()["kid"]], algorithms=[ALGORITHM])
        payload = json.loads(read.payload)
    except (KeyError, ValueError, JoseError) as fault:
        raise SigningKeyError(f"no signature of a key that is trusted ({type(fault).__name__})") from None
    if read.headers().get("typ") != kind or not isinstance(payload, dict):
        raise SigningKeyError("signed as something else")
    return payload


def public_jwk(key: OKPKey) -> dict[str, Any]:
    """Return the public half of a key as JWK."""
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}
