"""Who may come in by the edge: the register is asked on every request, whatever is shown."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Protocol

from starlette.types import Scope

from shared.access.caller import Caller
from shared.access.refusal import NotAdmittedError
from shared.domain.topology import Issue
from shared.runtime.door import ADDRESS, AGAIN
from shared.runtime.edge.certificates import Shown
from shared.runtime.edge.door_secrets import DoorSecrets, DoorUsed
from shared.runtime.edge.hop import Hops
from shared.runtime.edge.open_routes import is_open
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError, is_passing
from shared.runtime.problem import ProblemError, forbidden, unauthorized

SHOWN = "shown"
"""Under which name the state of a request holds the certificate that was shown, if one was."""
CHALLENGE = 'Bearer realm="gastrack"'
"""What stands in a 401: of what may be shown, only tokens are a scheme of HTTP."""
NOBODY = Caller("")
"""Who asks where no certificate is needed."""
RETRY_SECONDS = "2"


class Register(Protocol):
    """The clients, as they stand at most a second ago."""

    async def caller_with_key(self, fingerprint: str) -> Caller:
        """Return whose key this is, or raise NotAdmittedError; PyMongoError while the store is away."""


class TokenKeys(Protocol):
    """Access tokens that were given out."""

    async def key_behind(self, token: str, shown: Shown | None) -> str:
        """Return the fingerprint of the key with which a token was asked for, or raise ProblemError (401)."""


class EdgeAdmission:
    """Lets in by certificate or token; by the demo's door, where there is one, as the demo's caller."""

    def __init__(
        self, secrets: DoorSecrets, register: Register, demo: Caller = NOBODY, tokens: TokenKeys | None = None
    ) -> None:
        self._hops, self._register, self._demo, self._tokens = Hops(secrets), register, demo, tokens

    async def __call__(self, scope: Scope) -> Caller:
        """Return who asks.

        Raises:
            ProblemError: he is not let in; 401, 403, or 400 for headers that no edge writes; 503 while nobody can say.
        """
        hop = self._hops.read(scope["headers"])
        state = scope.setdefault("state", {})
        if hop.address:
            state[ADDRESS] = hop.address
        if hop.door is DoorUsed.DEMO:
            return self._demo
        scope["scheme"] = "https"
        state[SHOWN] = hop.shown
        if is_open(scope):
            return NOBODY
        key = await self._key(hop.authorization, hop.shown)
        caller = await admitted(self._register, key)
        state[AGAIN] = partial(admitted, self._register, key)
        return caller

    async def _key(self, authorization: tuple[bytes, ...], shown: Shown | None) -> str:
        if authorization and self._tokens is not None:
            return await self._by_token(self._tokens, authorization, shown)
        if shown is None:
            text = "show the certificate that is registered for you, or a token that was given for it"
            raise unauthorized("NO_CERTIFICATE", text, CHALLENGE)
        return shown.fingerprint

    @staticmethod
    async def _by_token(tokens: TokenKeys, authorization: tuple[bytes, ...], shown: Shown | None) -> str:
        scheme, _, token = authorization[0].decode("latin-1").partition(" ")
        if len(authorization) > 1 or scheme.lower() != "bearer" or not token:
            text = "Authorization says Bearer and one token, or is left out"
            raise unauthorized("INVALID_TOKEN", text, f'{CHALLENGE}, error="invalid_request"')
        try:
            return await tokens.key_behind(token.strip(), shown)
        except PyMongoError as fault:
            raise _away(fault) from None


async def admitted(register: Register, key: str) -> Caller:
    """Return whose key this is.

    Raises:
        ProblemError: 403 with the register's reason; 503 while the store is away: nobody comes in unseen.
    """
    try:
        return await register.caller_with_key(key)
    except NotAdmittedError as refused:
        raise forbidden(refused.refusal.value, refused.refusal.meaning) from None
    except PyMongoError as fault:
        raise _away(fault) from None


def _away(fault: PyMongoError) -> ProblemError:
    if not is_passing(fault):
        logger(__name__).error("the register cannot be read", fault=type(fault).__name__)
    issue = Issue("STORE_AWAY", "request", "who may come in cannot be looked up at the moment: try again")
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, [issue], {"Retry-After": RETRY_SECONDS})
