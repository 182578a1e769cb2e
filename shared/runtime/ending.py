"""What is under way ends when its reader loses the right to it: streams, downloads, results, on any connection.

The register is asked again for every answer that takes longer than a second, once a second, in one turn for all of
them; it looks at the store once for all. Who may do less than when he began is cut off: visibly, so that nobody takes
half a file for a whole one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.caller import Caller
from shared.access.losing import has_lost
from shared.domain.topology import Issue
from shared.runtime import metrics
from shared.runtime.door import AGAIN, CALLER, Again
from shared.runtime.logging import logger
from shared.runtime.problem import ProblemError, forbidden, problem_response

LOOK_SECONDS = 1.0
UNKNOWN_SECONDS = 1.5
"""For how long nobody need be able to say what a reader may. The register answers or gives up within 2 s, what it says
is at most 1 s old, and a look comes each second: a revocation ends everything within 5 s, also while the store is
away."""
_SAFE = ("GET", "HEAD")
_LESS = forbidden("RIGHT_LOST", "you may read less than when you asked: ask again for what you may")
_DEFECT = ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, [Issue("DEFECT", "request", "our own code failed")])


@dataclass(slots=True, eq=False)
class _UnderWay:
    """An answer that is being made or sent."""

    again: Again
    caller: Caller
    task: asyncio.Task[object]
    is_read: bool
    seen_at: float
    is_coming: bool = False
    """Whether its body is waited for: nothing has been done with it."""
    has_begun: bool = False
    refused: ProblemError | None = None

    def end(self, refused: ProblemError) -> None:
        """Stop the work; what changes something is left to finish once it has come whole, until it begins to answer.

        A body that comes letter by letter must not carry a right beyond its end.
        """
        if self.refused is None and (self.is_read or self.is_coming or self.has_begun):
            self.refused = refused
            self.task.cancel()


class Ending:
    """Ends answers whose reader has lost something, and those of which nobody can say whether he has."""

    def __init__(self, app: ASGIApp, look_seconds: float = LOOK_SECONDS) -> None:
        self._app, self._look_seconds = app, look_seconds
        self._under_way: set[_UnderWay] = set()
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        again = scope.get("state", {}).get(AGAIN) if scope["type"] == "http" else None
        if again is None:
            await self._app(scope, receive, send)
            return
        await self._watched(again, scope, receive, send)

    async def _watched(self, again: Again, scope: Scope, receive: Receive, send: Send) -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None  # noqa: S101 - a coroutine runs in one
        ours = _UnderWay(again, scope["state"][CALLER], task, scope["method"] in _SAFE, loop.time())

        async def receiving() -> Message:
            ours.is_coming = True
            try:
                return await receive()
            finally:
                ours.is_coming = False

        async def sending(message: Message) -> None:
            ours.has_begun = True
            await send(message)

        self._under_way.add(ours)
        self._look_from_now_on()
        try:
            await self._app(scope, receiving, sending)
        except asyncio.CancelledError:
            if ours.refused is None:
                raise
        finally:
            self._under_way.discard(ours)
        if ours.refused is not None:
            if task.uncancel() > 0:
                raise asyncio.CancelledError  # somebody else wants it to end as well
            await _cut_off(ours, ours.refused, scope, receive, send)

    def _look_from_now_on(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_again_and_again())

    async def _look_again_and_again(self) -> None:
        """Look as long as anything is under way; a request that is answered within a second costs no look."""
        while self._under_way:
            await asyncio.sleep(self._look_seconds)
            now = asyncio.get_running_loop().time()
            due = [one for one in self._under_way if now - one.seen_at >= self._look_seconds / 2]
            await asyncio.gather(*map(self._look_at, due))

    async def _look_at(self, one: _UnderWay) -> None:
        try:
            refused = await _refusal(one)
        except Exception as fault:  # noqa: BLE001 - a defect of ours must not let anybody read on
            logger(__name__).error("defect", fault=type(fault).__name__)
            refused = _DEFECT
        if refused is not None:
            one.end(refused)


async def _refusal(one: _UnderWay) -> ProblemError | None:
    """Return why an answer must end, None where it may go on."""
    seconds = asyncio.get_running_loop().time
    try:
        allowed = await one.again()
    except ProblemError as refused:
        is_known = refused.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return refused if is_known or seconds() - one.seen_at > UNKNOWN_SECONDS else None
    one.seen_at = seconds()
    return _LESS if has_lost(one.caller, allowed) else None


async def _cut_off(ours: _UnderWay, refused: ProblemError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the refusal where nothing was sent yet; else leave the answer unfinished: the server cuts it off."""
    code = refused.issues[0].code
    metrics.CUT_OFF.labels(code).inc()
    logger(__name__).info("an answer under way was ended", code=code, client=ours.caller.identity)
    if not ours.has_begun:
        await problem_response(refused)(scope, receive, send)
