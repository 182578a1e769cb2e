"""What the change feed asks the store: each time anew, or once for all streams that stand at the same place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.runtime.mongo import Database
from shared.store import changes
from shared.store.changes import BEGIN, Card, Document, Heads, Place

CARDS_AT_ONCE = 20
"""Of each partition: 48 of them make 960 cards of 60 bytes; documents are read only of those that are shown."""
MOST_KEPT = 128
"""Answers that are kept for others: of a stream that has fallen behind they are soon nobody's."""


class FeedStore:
    """The questions of the feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cards(self, partition: int, after: Place, since_ms: int) -> list[Card]:
        """Return the next documents of a partition; before the first, those alone that became known since a moment."""
        return await changes.cards(self._database, partition, after, since_ms if after == BEGIN else 0, CARDS_AT_ONCE)

    async def documents(self, chosen: Sequence[Card]) -> dict[str, Document]:
        """Return documents by their ids, as far as they are there."""
        return await changes.documents(self._database, chosen)

    async def heads(self) -> Heads:
        """Return how far aggregation is."""
        return await changes.heads(self._database)


class SharedFeedStore(FeedStore):
    """Who asks what another has asked since the last news gets the same answer."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._answers: dict[object, asyncio.Future[Any]] = {}

    def forget(self) -> None:
        """Let everything be asked anew: there is news."""
        self._answers.clear()

    async def cards(self, partition: int, after: Place, since_ms: int) -> list[Card]:
        """Return the next documents of a partition."""
        ask = super().cards
        key = partition, after, since_ms if after == BEGIN else 0
        found: list[Card] = await self._once(key, lambda: ask(partition, after, since_ms))
        return found

    async def documents(self, chosen: Sequence[Card]) -> dict[str, Document]:
        """Return documents by their ids, as far as they are there."""
        ask = super().documents
        found: dict[str, Document] = await self._once(tuple(card.id for card in chosen), lambda: ask(chosen))
        return found

    async def _once(self, key: object, ask: Callable[[], Awaitable[Any]]) -> Any:
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= MOST_KEPT:
                self.forget()
            answer = self._answers[key] = asyncio.ensure_future(ask())
            answer.add_done_callback(lambda done: self._drop_if_failed(key, done))
        return await asyncio.shield(answer)  # one reader who goes must not take the answer from the others

    def _drop_if_failed(self, key: object, done: asyncio.Future[Any]) -> None:
        if (done.cancelled() or done.exception() is not None) and self._answers.get(key) is done:
            del self._answers[key]
