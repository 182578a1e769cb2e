"""Where aggregation stands in every partition: while that has not moved, nothing that readers read has changed.

Whatever it writes it writes in the transaction that moves a position, so equal positions mean an equal store. One look
serves all who ask at the same time: a reader who comes while a look is under way waits for the next one, because what
was committed before he came must be seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from shared.runtime.mongo import Database, synchronous
from shared.store.documents import Collection

Standing = tuple[tuple[object, ...], ...]
"""One entry a partition, in the order of their names."""
_OF_AGGREGATION = {"_id": {"$gte": "aggregation/", "$lt": "aggregation0"}}
_TOLD = ("_id", "epoch", "offset", "part", "read", "known_at")


class Positions:
    """Looks at the positions for the readers of one process."""

    def __init__(self, database: Database) -> None:
        self._progress = synchronous(database)[Collection.PROGRESS]
        self._running: asyncio.Task[Standing] | None = None
        self._next: asyncio.Task[Standing] | None = None

    def now(self) -> Awaitable[Standing]:
        """Return where aggregation stands at a moment after this call.

        Raises:
            PyMongoError: the store does not answer.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._look_after(self._running))
        return asyncio.shield(self._next)  # one reader who leaves takes the look from nobody else

    async def _look_after(self, running: asyncio.Task[Standing] | None) -> Standing:
        if running is not None:
            await asyncio.wait([running])
        self._running, self._next = self._next, None
        return await asyncio.to_thread(self._look)

    def _look(self) -> Standing:
        fields = dict.fromkeys((*_TOLD, "retelling"), 1)
        found = self._progress.find(_OF_AGGREGATION, fields).sort("_id", 1)
        return tuple((*(one.get(name) for name in _TOLD), str(one.get("retelling"))) for one in found)
