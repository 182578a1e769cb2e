"""Readings are told as they happen: what a route says that its answer lets read, once that answer begins.

Inside the door, so that who asks is known; outside of everything that answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.caller import Caller
from shared.access.read import Read
from shared.runtime.door import CALLER
from shared.runtime.problem import Refused, refused_as_data
from shared.runtime.trail import Reading, TrailAwayError, trail_away

READ = "read"
"""Under which name the state of a request holds what its answer lets read."""
_FURTHER = "tell_further"
_ANSWERED = (200, 206, 304)
_FORWARDED_FOR = b"x-forwarded-for"
Tell = Callable[[Read], None]


class Teller(Protocol):
    """Takes readings: the trail."""

    def tell(self, reading: Reading) -> None:
        """Take a reading that is about to happen. Raises TrailAwayError."""

    async def tell_for_good(self, reading: Reading) -> None:
        """Take a reading, and return once it is told for good. Raises TrailAwayError."""


class ReadsTold:
    """Tells the trail what an answer lets read before it lets it begin; where the trail is away, nobody reads."""

    def __init__(self, app: ASGIApp, trail: Teller, refused: Refused = refused_as_data) -> None:
        self._app, self._trail, self._refused = app, trail, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def telling(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start" and message["status"] in _ANSWERED:
                await self._tell(scope)
                began = True
            await send(message)

        try:
            await self._app(scope, receive, telling)
        except TrailAwayError:
            if began:
                raise
            await self._refused(scope, trail_away())(scope, receive, send)

    async def _tell(self, scope: Scope) -> None:
        state: dict[str, Any] = scope["state"]
        state[_FURTHER] = partial(self._tell_further, scope)
        read: Read | None = state.get(READ)
        if read is None or not read.is_of_something:
            return
        if read.what.is_file:
            await self._trail.tell_for_good(reading_of(scope, read))
        else:
            self._trail.tell(reading_of(scope, read))

    def _tell_further(self, scope: Scope, read: Read) -> None:
        if read.is_of_something:
            self._trail.tell(reading_of(scope, read))


def reading_of(scope: Scope, read: Read) -> Reading:
    """Return who reads what, by the request that the door let in."""
    caller: Caller = scope["state"][CALLER]
    return Reading(caller.identity, caller.company, address_of(scope), read)


def address_of(scope: Scope) -> str:
    """Return where a request comes from: the peer of our edge as the edge tells it last, without edge our own peer."""
    told = [value for name, value in scope["headers"] if name == _FORWARDED_FOR]
    if told:
        return bytes(told[-1]).rpartition(b",")[2].strip()[:64].decode("latin-1")
    return str(scope["client"][0]) if scope.get("client") else ""


async def telling_of(request: Request) -> Tell:
    """Return by what a route says what its answer lets read; an answer that goes on says it again and again."""
    state: dict[str, Any] = request.scope["state"]

    def tell(read: Read) -> None:
        """Say it. Raises TrailAwayError in an answer that has begun, where there is no room for more."""
        state[READ] = read
        if _FURTHER in state:
            state[_FURTHER](read)

    return tell


Telling = Annotated[Tell, Depends(telling_of)]
