"""The moment of the store that a file shows: one for all its rows, so that a node is the sum of its lines in it.

A store keeps what it was for five minutes. A file that takes longer, or whose reader does, goes on with a later moment;
how many it shows stands in its manifest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from shared.runtime.mongo import Database, Session

MOST_SECONDS = 120.0
"""How old a moment may be when reading begins; well below `minSnapshotHistoryWindowInSeconds` of MongoDB, 300."""


class Moments:
    """Lends the session of a file's moment, to one reader at a time: sessions are no more able than that."""

    def __init__(self, database: Database, most_seconds: float = MOST_SECONDS) -> None:
        self._database, self._most_seconds = database, most_seconds
        self._session: Session | None = None
        self._begun = 0.0
        self._lock = asyncio.Lock()
        self.shown = 0

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Session]:
        """Give the session; `shown` says which moment it sees, counted from 1."""
        async with self._lock:
            if self._session is None or monotonic() - self._begun > self._most_seconds:
                await self.aclose()
                self._session = await self._database.client.start_session(snapshot=True)
                self._begun = monotonic()
                self.shown += 1
            yield self._session

    async def aclose(self) -> None:
        """Give the session back."""
        session, self._session = self._session, None
        if session is not None:
            await session.end_session()
