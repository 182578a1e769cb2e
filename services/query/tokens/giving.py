"""Gives access tokens: for five minutes, signed with a key of our own, bound to the certificate that was shown."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from services.query.tokens.assertion import Asserted, AssertionRefusedError, asserted
from shared.access.refusal import NotAdmittedError
from shared.runtime.edge.admission import Register
from shared.runtime.edge.certificates import Shown
from shared.runtime.edge.tokens import ALGORITHM, LIFE_SECONDS, TYPE
from shared.runtime.http_state import Clock
from shared.runtime.logging import logger
from shared.runtime.mongo import Database
from shared.store import signing_keys
from shared.store.assertions import use_once
from shared.store.documents import Collection


class TokenRefusedError(Exception):
    """No token: `error` is what RFC 6749 calls it, `words` what the client is told."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(error)
        self.error, self.words = error, words


def not_this_client() -> TokenRefusedError:
    """Return the one refusal of every assertion that does not hold, of clients known and unknown alike."""
    return TokenRefusedError("invalid_client", "the assertion does not prove a registered client")


class TokenGiver:
    """Gives tokens in the name of one issuer."""

    def __init__(self, issuer: str, database: Database, register: Register, now: Clock) -> None:
        self.issuer = issuer
        self._database, self._register, self._now = database, register, now
        self._key: OKPKey | None = None
        self._one_at_a_time = asyncio.Lock()

    async def token_for(self, assertion: str, client: str, shown: Shown | None) -> str:
        """Return a token for who proves by an assertion that he is a client; `client` is what he says beside it ("").

        Raises:
            TokenRefusedError: he proves nothing, is not registered or no more, or his assertion was used before.
            PyMongoError: the store is away.
        """
        try:
            proof = asserted(assertion, self.issuer, self._now().timestamp())
            await self._check(proof, client)
        except (AssertionRefusedError, NotAdmittedError) as refused:
            logger(__name__).info("no token was given", reason=str(refused))
            raise not_this_client() from None
        logger(__name__).info("a token was given", client=proof.client, is_bound=shown is not None)
        return await self._signed(proof, shown)

    async def _check(self, proof: Asserted, client: str) -> None:
        known = await self._register.caller_with_key(proof.fingerprint)
        if known.identity != proof.client or client not in ("", proof.client):
            raise AssertionRefusedError("another client's key")
        until = datetime.fromtimestamp(proof.ends_at, UTC)
        if not await use_once(self._database, proof.client, proof.jti, until):
            raise AssertionRefusedError("used before")

    async def _signed(self, proof: Asserted, shown: Shown | None) -> str:
        key, now = await self.key(), int(self._now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": proof.client,
            "client_id": proof.client,
            "iat": now,
            "exp": now + LIFE_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "key": proof.fingerprint,
        }
        if shown is not None:
            claims["cnf"] = {"x5t#S256": shown.thumbprint}
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.thumbprint()}
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])

    async def key(self) -> OKPKey:
        """Return the key that signs; from its first use on its public half is published."""
        async with self._one_at_a_time:
            if self._key is None:
                made = OKPKey.generate_key(ALGORITHM).as_pem(private=True).decode()
                key = OKPKey.import_key(await signing_keys.own_key(self._database, made, kind=Collection.TOKEN_KEYS))
                jwk = {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}
                await signing_keys.publish_key(self._database, key.thumbprint(), jwk, Collection.TOKEN_KEYS)
                self._key = key
        return self._key
