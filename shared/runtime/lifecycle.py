"""How a service lives: its parts start in order and stop in reverse, within a deadline, on SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any, Protocol

import uvicorn
import uvloop

from shared.domain import gas_time
from shared.runtime.health import Health, operations_app
from shared.runtime.logging import configure, logger
from shared.runtime.settings import ServiceSettings


class Part(Protocol):
    """Something of a service that runs until it is stopped."""

    async def start(self) -> None:
        """Return once it runs."""

    async def ended(self) -> None:
        """Return (or raise) when it has ended by itself."""

    async def stop(self) -> None:
        """Stop taking, finish, flush, commit, close."""


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpFace:
    """An ASGI application on an address."""

    def __init__(self, app: Callable[..., Awaitable[Any]], host: str, port: int, drain_seconds: float) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # what the edge says counts with its secret alone: see shared/runtime/edge
            lifespan="off",
            timeout_graceful_shutdown=max(1, int(drain_seconds)),
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

    async def stop(self) -> None:
        """Take no more requests, finish those under way."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task


async def _live(parts: Sequence[Part], health: Health, settings: ServiceSettings) -> None:
    log, stop, loop = logger(__name__), asyncio.Event(), asyncio.get_running_loop()

    def told_to_end() -> None:
        """Keep the deadline whatever happens: a part that is still starting may wait for a server, or hold still."""
        stop.set()
        loop.call_later(settings.shutdown_seconds, os._exit, 1)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_end)
    async with AsyncExitStack() as running:
        for part in parts:
            await part.start()
            running.push_async_callback(part.stop)
        gc.collect()
        gc.freeze()  # what is loaded now stays: looking through it again and again would hold everything up
        health.ready = True
        log.info("started")
        waiting = [asyncio.create_task(stop.wait()), *(asyncio.create_task(part.ended()) for part in parts)]
        ended, unfinished = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        health.ready = False
        for task in unfinished:
            task.cancel()
        # A part that hangs must not outlive the deadline: the positions are with the data, so nothing is lost.
        loop.call_later(settings.shutdown_seconds, os._exit, 1)
        log.info("stopping")
    for task in ended:
        task.result()


def run(
    name: str, settings: ServiceSettings, wire: Callable[[Health], Awaitable[Sequence[Part]]]
) -> None:  # pragma: no cover - runs in the services' own processes
    """Run a service until it is told to stop.

    Args:
        name: The service's name, for its logs.
        settings: Its settings.
        wire: Builds its parts; called inside the event loop, opens connections.
    """
    configure(name, settings.log_level)
    gas_time.is_supported(0)  # the calendar of gas days is made now (60 ms), not while the first reader waits

    async def main() -> None:
        health = Health()
        operations = HttpFace(operations_app(health), settings.operations_host, settings.operations_port, 1)
        await _live([operations, *await wire(health)], health, settings)

    uvloop.run(main())
    # Faust leaves threads behind that would keep the process; everything of ours is flushed and closed by now.
    os._exit(0)
