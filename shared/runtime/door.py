"""The door of a service: who asks is found out before anything else, on every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.caller import Caller, demo_caller
from shared.runtime.logging import logger
from shared.runtime.problem import ProblemError, Refused, refused_as_data
from shared.runtime.rate_limits import RateLimits

CALLER = "caller"
"""Under which name the state of a request holds who asks."""
ADDRESS = "address"
"""Under which name it holds from where, as the edge says; absent where there is no edge: see `address_of`."""
AGAIN = "again"
"""Under which name it holds how to ask the register again, while an answer is under way; absent: nothing to ask."""
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
_MOST_OF_PATH = 200
Admission = Callable[[Scope], Awaitable[Caller]]
"""Finds out who asks by a request's head, and what he may at this moment; raises ProblemError where he is refused."""
Again = Callable[[], Awaitable[Caller]]
"""Says what he may now; raises ProblemError where he would be refused."""


class Door:
    """Lets requests in with their caller, as many as he may make, and refuses the others."""

    def __init__(
        self, app: ASGIApp, admit: Admission, limits: RateLimits | None = None, refused: Refused = refused_as_data
    ) -> None:
        self._app, self._admit, self._limits, self._refused = app, admit, limits, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller, refused = await self._admit(scope), None
        except ProblemError as problem:
            caller, refused = Caller(""), problem
        counted = None if self._limits is None else self._limits.count(caller.identity, address_of(scope))
        if counted is not None and counted.wait_seconds:
            refused = counted.problem()
        answering = _answering(scope, caller, send, counted.headers if counted else [])
        if refused is not None:
            await self._refused(scope, refused)(scope, receive, answering)
            return
        scope.setdefault("state", {})[CALLER] = caller
        await self._app(scope, receive, answering)


def address_of(scope: Scope) -> str:
    """Return from where a request comes: as the edge says, else the other end of the connection; "" if unknown."""
    told = scope.get("state", {}).get(ADDRESS)
    client = scope.get("client")
    return str(told or (client[0] if client else ""))


def _answering(scope: Scope, caller: Caller, send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    """Add headers to an answer, and log it where somebody was not let in, or may not do what he asked."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *headers]}
            if message["status"] in _REFUSED:
                _log_refusal(scope, caller, message["status"])
        await send(message)

    return sending


def _log_refusal(scope: Scope, caller: Caller, status: int) -> None:
    """Say who was refused what: never what he showed, and no query, in which anything may stand."""
    route = getattr(scope.get("route"), "path", "")
    asked = {"method": scope["method"], "path": route or scope["path"][:_MOST_OF_PATH]}
    logger(__name__).info("refused", status=status, client=caller.identity, address=address_of(scope), **asked)


def everybody_is(caller: Caller) -> Admission:
    """Let everybody in as one caller."""

    async def admit(_: Scope) -> Caller:
        return caller

    return admit


def open_door(identity: str) -> Admission:
    """Let everybody in as the demo's caller, who may do all: on loopback only."""
    return everybody_is(demo_caller(identity))
