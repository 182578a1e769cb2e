"""Readings are told as they happen: what a route says that its answer lets read, before that answer begins.

Inside the door, so that who asks is known; outside of everything that answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Protocol

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.caller import Caller
from shared.access.read import Read
from shared.runtime.door import CALLER
from shared.runtime.problem import Refused, refused_as_data
from shared.runtime.trail import Reading, TrailAwayError, trail_away

READ = "read"
"""Under which name the state of a request holds what its answer lets read."""
_TOLD = "told"
"""Under which name the state of a request holds what is told of it."""
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
        told = scope["state"][_TOLD] = _Told(self._trail, scope)

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _ANSWERED:
                await told.begin()
            await send(message)

        try:
            await self._app(scope, receive, telling)
        except TrailAwayError:
            if told.has_begun:
                raise
            await self._refused(scope, trail_away())(scope, receive, send)
        finally:
            await told.end()


class _Told:
    """What is told of one answer: once it is about to begin, of files from the moment that the route says it."""

    def __init__(self, trail: Teller, scope: Scope) -> None:
        self._trail, self._scope = trail, scope
        self._for_good: asyncio.Task[None] | None = None
        self.has_begun = False

    def say(self, read: Read) -> None:
        """Take what the answer lets read; while the broker takes a file's reading, its first rows are looked up."""
        self._scope["state"][READ] = read
        if self.has_begun:
            self._tell(read)
        elif read.what.is_file and read.is_of_something:
            self._for_good = asyncio.create_task(self._trail.tell_for_good(reading_of(self._scope, read)))

    async def begin(self) -> None:
        """Return once the answer may begin. Raises TrailAwayError."""
        if self._for_good is None:
            self._tell(self._scope["state"].get(READ))
        else:
            await self._for_good
        self.has_begun = True

    def _tell(self, read: Read | None) -> None:
        if read is not None and read.is_of_something:
            self._trail.tell(reading_of(self._scope, read))

    async def end(self) -> None:
        """Leave nothing behind: what was to begin and did not may have been told all the same."""
        if self._for_good is not None and not self.has_begun:
            self._for_good.cancel()
            await asyncio.gather(self._for_good, return_exceptions=True)


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
    told: _Told | None = request.scope["state"].get(_TOLD)
    return _tell_nobody if told is None else told.say


def _tell_nobody(_: Read) -> None:
    """Without a trail nobody is told."""


Telling = Annotated[Tell, Depends(telling_of)]
