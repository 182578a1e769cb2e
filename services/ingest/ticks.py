"""Ticks: they carry the time up to which every partition of every source has been read.

A tick is written once the group has committed past everything that stood in the sources at a moment; that moment is
what it carries. So an outage of ingest, however long, tells no deadline that has not passed in the line log.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from shared.events.topics import OPERATIONS, TELEMETRY
from shared.runtime.kafka import KafkaError, Watcher
from shared.runtime.logging import logger

LOOK_SECONDS = 1.0


class Ticks:
    """Runs on every ingest process; only the one that reads `operations` writes."""

    def __init__(
        self,
        watcher: Watcher,
        every_seconds: float,
        owns: Callable[[], bool],
        write: Callable[[int], Awaitable[None]],
    ) -> None:
        self._watcher, self._every_seconds, self._owns, self._write = watcher, every_seconds, owns, write
        self._stopping = asyncio.Event()
        self._log = logger(__name__)

    async def start(self) -> None:
        """Begin to look."""
        await self._watcher.start()
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Stop looking."""
        self._stopping.set()
        await self._task
        await self._watcher.stop()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._owns():
                    await self._tick()
            except KafkaError as fault:
                self._log.warning("no tick: Kafka is away", fault=str(fault)[:200])
            await self._pause(self._every_seconds)

    async def _tick(self) -> None:
        """Wait until everything that stands in the sources now has been read; then write a tick of now."""
        now_ms, ends = int(time.time() * 1000), await self._watcher.ends(TELEMETRY.name, OPERATIONS.name)
        while self._owns() and not self._stopping.is_set():
            committed = await self._watcher.committed()
            if all(committed.get(place, 0) >= end for place, end in ends.items()):
                return await self._write(now_ms)
            await self._pause(LOOK_SECONDS)
        return None

    async def _pause(self, seconds: float) -> None:
        """Wait, or stop waiting when told to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
