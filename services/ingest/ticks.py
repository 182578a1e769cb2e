"""Ticks: they carry the time up to which every partition of every source has been read.

A tick carries a moment. It is written once everything that stood in the sources at that moment has been read: first
the relay must have passed on what stood in the gateways' own topics, then the group must have committed past all that
stands in the sources. So an outage of ingest, however long, tells no deadline that has not passed in the line log.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

from services.ingest.relay import RELAY_GROUP
from shared.events.topics import GATEWAY_PREFIX, INTAKE
from shared.runtime.kafka import TopicPartition, Watcher

LOOK_SECONDS = 1.0
"""How often it is looked whether a moment has been read up to."""


class Ticks:
    """Runs on every ingest process; only the one that reads `operations` (`owns`) writes."""

    def __init__(
        self,
        watcher: Watcher,
        every_seconds: float,
        owns: Callable[[], bool],
        write: Callable[[int], Awaitable[None]],
    ) -> None:
        self._watcher, self._every_seconds, self._owns, self._write = watcher, every_seconds, owns, write
        self._moment_ms = 0
        self._to_relay: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._written_at = float("-inf")

    async def look(self) -> None:
        """Write a tick of the moment that is waited for, if it has been read up to; then take the next moment."""
        if not self._owns():
            self._moment_ms = 0
        elif self._moment_ms:
            await self._write_if_read()
        elif time.monotonic() - self._written_at >= self._every_seconds:
            moment_ms = int(time.time() * 1000)  # before the ends are asked for: what comes meanwhile is read as well
            topics = await self._watcher.topics(GATEWAY_PREFIX)
            self._to_relay = await self._watcher.ends(*topics) if topics else {}
            self._ends = {}
            self._moment_ms = moment_ms

    async def _write_if_read(self) -> None:
        if self._to_relay and not _is_past(await self._watcher.committed(RELAY_GROUP), self._to_relay):
            return
        self._to_relay = {}
        if not self._ends:  # only now: what was relayed meanwhile stands behind where the sources ended before
            self._ends = await self._watcher.ends(*INTAKE)
        if _is_past(await self._watcher.committed(), self._ends):
            await self._write(self._moment_ms)
            self._moment_ms, self._written_at = 0, time.monotonic()


def _is_past(committed: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> bool:
    return all(committed.get(place, 0) >= end for place, end in ends.items())
