"""The door of a service: who asks is found out before anything else, on every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.access.caller import Caller, demo_caller
from shared.runtime.problem import ProblemError, problem_response

CALLER = "caller"
"""Under which name the state of a request holds who asks."""
Admission = Callable[[Scope], Awaitable[Caller]]
"""Finds out who asks by a request's head, and what he may at this moment; raises ProblemError where he is refused."""


class Door:
    """Lets requests in with their caller, and refuses the others."""

    def __init__(self, app: ASGIApp, admit: Admission) -> None:
        self._app, self._admit = app, admit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._admit(scope)
        except ProblemError as refused:
            await problem_response(refused)(scope, receive, send)
            return
        scope.setdefault("state", {})[CALLER] = caller
        await self._app(scope, receive, send)


def everybody_is(caller: Caller) -> Admission:
    """Let everybody in as one caller."""

    async def admit(_: Scope) -> Caller:
        return caller

    return admit


def open_door(identity: str) -> Admission:
    """Let everybody in as the demo's caller, who may do all: on loopback only."""
    return everybody_is(demo_caller(identity))
