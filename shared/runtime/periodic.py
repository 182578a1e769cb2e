"""A part of a service that does something every so many seconds, beside its loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from shared.runtime.kafka import KafkaError
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError, is_passing
from shared.runtime.persistently import tell_fault


class Client(Protocol):
    """What the work stands on."""

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Disconnect."""


class Periodic:
    """Does `work` again and again; while a server is away it is tried at the next turn."""

    def __init__(self, work: Callable[[], Awaitable[None]], every_seconds: float, client: Client) -> None:
        self._work, self._every_seconds, self._client = work, every_seconds, client
        self._stopping = asyncio.Event()
        self._log = logger(__name__)

    async def start(self) -> None:
        """Connect and begin."""
        await self._client.start()
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end; raises what the work raised, unless a server was away."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Finish the turn in hand."""
        self._stopping.set()
        await self._task
        await self._client.stop()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._work()
            except (KafkaError, PyMongoError, TimeoutError) as fault:
                if isinstance(fault, PyMongoError) and not is_passing(fault):
                    raise
                tell_fault(fault)
                self._log.warning("left for the next turn: a server is away", fault=repr(fault)[:200])
            try:
                await asyncio.wait_for(self._stopping.wait(), self._every_seconds)
            except TimeoutError:
                continue
