"""How much room MongoDB has, as it tells itself: of the member that answers, across a cluster of shards their sum."""

from __future__ import annotations

from dataclasses import dataclass

from shared.runtime.mongo import Database

LEAST_FREE = 0.1
"""Of a disk; MongoDB and Kafka end themselves where nothing is left."""


@dataclass(frozen=True, slots=True)
class Room:
    """A disk's bytes; what the filesystem keeps for itself counts as used."""

    used_bytes: int
    free_bytes: int

    @property
    def used(self) -> float:
        """Return how full it is, between 0 and 1."""
        return self.used_bytes / (self.used_bytes + self.free_bytes)

    @property
    def is_short(self) -> bool:
        """Say whether somebody must enlarge it now."""
        return 1 - self.used < LEAST_FREE


async def room(database: Database) -> Room | None:
    """Return how full MongoDB's disk is; None where it does not say so, as of a database that is not there yet."""
    told = await database.command("dbStats")
    total, used = int(told.get("fsTotalSize", 0)), int(told.get("fsUsedSize", 0))
    return Room(used, total - used) if total else None
