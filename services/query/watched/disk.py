"""How full MongoDB's disk is, as metrics."""

from __future__ import annotations

from shared.runtime import metrics
from shared.runtime.mongo import Database
from shared.store.disk import room

MEASURED_EVERY_SECONDS = 15.0
"""A question of some 100 µs; a disk of 100 GB that takes 500 MB/s is full in three minutes."""


class DiskWatch:
    """Asks for it; several replicas ask the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def turn(self) -> None:
        """Ask once."""
        found = await room(self._database)
        if found is not None:
            metrics.STORE_DISK.labels("used").set(found.used_bytes)
            metrics.STORE_DISK.labels("free").set(found.free_bytes)
