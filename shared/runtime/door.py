"""The door of a service: who asks is found out before anything else, on every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.caller import Caller, demo_caller
from shared.runtime.problem import ProblemError, problem_response
from shared.runtime.rate_limits import Counted, RateLimits

CALLER = "caller"
"""Under which name the state of a request holds who asks."""
ADDRESS = "address"
"""Under which name it holds from where, as the edge says; absent where there is no edge: see `address_of`."""
AGAIN = "again"
"""Under which name it holds how to ask the register again, while an answer is under way; absent: nothing to ask."""
Admission = Callable[[Scope], Awaitable[Caller]]
"""Finds out who asks by a request's head, and what he may at this moment; raises ProblemError where he is refused."""
Again = Callable[[], Awaitable[Caller]]
"""Says what he may now; raises ProblemError where he would be refused."""


class Door:
    """Lets requests in with their caller, as many as he may make, and refuses the others."""

    def __init__(self, app: ASGIApp, admit: Admission, limits: RateLimits | None = None) -> None:
        self._app, self._admit, self._limits = app, admit, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted: Counted | None = None
        try:
            caller, refused = await self._admit(scope), None
        except ProblemError as problem:
            caller, refused = Caller(""), problem
        if self._limits is not None:
            counted = self._limits.count(caller.identity, address_of(scope))
            refused = counted.problem() if counted.wait_seconds else refused
            send = _with_headers(send, counted.headers)
        if refused is not None:
            await problem_response(refused)(scope, receive, send)
            return
        scope.setdefault("state", {})[CALLER] = caller
        await self._app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """Return from where a request comes: as the edge says, else the other end of the connection; "" if unknown."""
    told = scope.get("state", {}).get(ADDRESS)
    client = scope.get("client")
    return str(told or (client[0] if client else ""))


def _with_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *headers]}
        await send(message)

    return sending


def everybody_is(caller: Caller) -> Admission:
    """Let everybody in as one caller."""

    async def admit(_: Scope) -> Caller:
        return caller

    return admit


def open_door(identity: str) -> Admission:
    """Let everybody in as the demo's caller, who may do all: on loopback only."""
    return everybody_is(demo_caller(identity))
