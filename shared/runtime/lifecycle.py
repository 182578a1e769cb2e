"""How a service lives: its parts start in order and stop in reverse, within a deadline, on SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Protocol

import uvloop

from shared.domain import gas_time
from shared.runtime.health import Health, operations_app
from shared.runtime.http_face import HttpFace
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
