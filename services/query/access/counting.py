"""How many clients there are, and how long their certificates are still good, as metrics."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.runtime import metrics
from shared.runtime.mongo import Database
from shared.store.access.listing import standing

COUNTED_EVERY_SECONDS = 60.0
"""The last step is seven days: a minute is nothing, and some thousand clients are read in 50 ms."""


class NothingHeld:
    """What counting stands on: the database, which the service holds anyhow."""

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        """Nothing to disconnect."""


async def count_clients(database: Database) -> None:
    """Count them once; several replicas count the same."""
    count, by_left = await standing(database, datetime.now(UTC))
    metrics.ACCESS_CLIENTS.set(count)
    for left, clients in by_left.items():
        metrics.ACCESS_CERTIFICATES.labels(left.value).set(clients)
