"""An ASGI application on an address, and how it leaves: first nobody comes any more, then what is under way ends.

Whoever leads requests here (an edge, a cluster's lists of addresses) forgets a process that ends only some time after
it was told to end, and keeps connections to it on which a request may be on its way. So a service drains first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from http import HTTPStatus

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain.topology import Issue
from shared.runtime.logging import logger
from shared.runtime.problem import ProblemError, problem_response

_CLOSE = (b"connection", b"close")
_ENDING_TEXT = "this process ends before it could answer; what was asked for may have been done: look, then ask again"
_ENDING = ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, [Issue("ENDING", "request", _ENDING_TEXT)], {"Retry-After": "1"})


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpFace:
    """An ASGI application on an address."""

    def __init__(self, app: ASGIApp, host: str, port: int, finishing_seconds: float) -> None:
        """`finishing_seconds` are what answers under way are given when it stops; then they are cut off."""
        self._app, self._is_leaving = app, False
        config = uvicorn.Config(
            self._answer,
            interface="asgi3",
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # what the edge says counts with its secret alone: see shared/runtime/edge
            lifespan="off",
            timeout_graceful_shutdown=finishing_seconds,  # type: ignore[arg-type]  # asyncio takes parts of a second
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; raise if the address cannot be had."""
        self._task = asyncio.create_task(self._serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.01)  # uvicorn sets a flag and offers nothing to wait for

    async def _serve(self) -> None:
        try:
            await self._server.serve()
        except SystemExit as fault:  # uvicorn's way to say that the port is taken
            raise OSError(f"port {self._server.config.port} cannot be listened on") from fault

    async def ended(self) -> None:
        """Wait for the end of the server."""
        if self._task is not None:
            await asyncio.shield(self._task)

    def leave(self) -> None:
        """Let each answer that begins from now on be the last on its connection; go on taking requests."""
        self._is_leaving = True

    async def stop(self) -> None:
        """Take no more requests, finish those under way; cut off those that take too long, so that readers see it."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        if cut_off := self._server.server_state.tasks:
            await asyncio.wait(cut_off)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; an answer that is cut off stays unfinished, and the server closes its connection."""
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            if self._is_leaving and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), _CLOSE]}
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except asyncio.CancelledError:
            logger(__name__).warning("an answer is cut off: the service ends", path=scope["path"])
            if not has_begun:
                await problem_response(_ENDING)(scope, receive, send)


class Draining:
    """The last part of a service, so the first to stop: it keeps all others serving until nobody is led here."""

    def __init__(self, face: HttpFace, seconds: float) -> None:
        self._face, self._seconds = face, seconds
        self._is_over = asyncio.Event()

    async def start(self) -> None:
        """Nothing is left yet."""

    async def ended(self) -> None:
        """Wait until it is over."""
        await self._is_over.wait()

    async def stop(self) -> None:
        """Let readers go, for as long as others come: nobody tells when the last one has forgotten this address."""
        self._face.leave()
        await asyncio.sleep(self._seconds)
        self._is_over.set()
