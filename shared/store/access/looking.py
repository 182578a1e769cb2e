"""Looks at whether the access register, or what nodes are made of, has moved: one look a second serves all who ask.

A look that takes too long counts as none: whoever asks is refused for a moment rather than let in by what may have
been taken back meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from shared.access.acting import gas_day
from shared.runtime.http_state import Clock
from shared.runtime.mongo import ConnectionFailure, Database, synchronous
from shared.store.documents import Collection

FRESH = timedelta(seconds=1)
"""How old a look may be that answers."""
PATIENCE_SECONDS = 2.0
"""How long a look may take: a second of its own time and FRESH are the two seconds in which a revocation must count."""
_THREADS = ThreadPoolExecutor(2, "access-register")
"""Of its own: where all others are busy writing answers, it must still be found out who may have them."""
_NEWEST = [("known_at", -1), ("log_offset", -1)]
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far things are: events of the access register, the last change of a node, the gas day that is running.

    While it is equal, what anybody may do is equal, but for the certificate that he shows.
    """

    events: int
    nodes: tuple[int, int]
    today: date


class Looking:
    """Looks for all who ask in one process."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._store, self._now = synchronous(database), now
        self._seen: tuple[datetime, Standing] | None = None
        self._look: asyncio.Task[Standing] | None = None

    async def standing(self) -> Standing:
        """Return how far things are, as of at most a second ago.

        Raises:
            PyMongoError: the store does not answer in time.
        """
        if self._seen is not None and timedelta(0) <= self._now() - self._seen[0] < FRESH:
            return self._seen[1]
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._looked())
        return await asyncio.shield(self._look)  # one who leaves takes the look from nobody else

    async def _looked(self) -> Standing:
        begun = self._now()
        standing = await in_time(in_own_thread(partial(self._read, gas_day(begun))))
        self._seen = begun, standing
        return standing

    def _read(self, today: date) -> Standing:
        head = self._store[Collection.ACCESS_HEAD].find_one({"_id": "head"})
        moments = dict.fromkeys(dict(_NEWEST), 1)
        node = self._store[Collection.TOPOLOGY].find_one({"kind": "node"}, moments, sort=_NEWEST)
        moved = (0, 0) if node is None else (int(node["known_at"]), int(node.get("log_offset", 0)))
        return Standing(0 if head is None else int(head["events"]), moved, today)


async def in_own_thread(read: Callable[[], _Read]) -> _Read:
    """Return what is read by blocking, in a thread for which nothing else waits."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, read)


async def in_time(reading: Awaitable[_Read]) -> _Read:
    """Return what is read, or raise PyMongoError where that takes too long to be relied upon."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await reading
    except TimeoutError:
        raise ConnectionFailure("the access register does not answer in time") from None
