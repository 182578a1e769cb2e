"""A database, a topic, who tells and who chains, each of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.servers import Servers
from services.query.trail.keeping import Keeping, Policy
from services.query.trail.worker import TrailWorker
from shared.access.read import Read, What
from shared.events.topics import ACCESS_READ, Topic
from shared.runtime.health import Health
from shared.runtime.mongo import Database, connect
from shared.runtime.trail import Reading, Trail
from shared.store.documents import Collection, ensure_collections

PERIOD = (date(2026, 10, 1), date(2026, 11, 1))
POLICY = Policy(kept_days=1_147, addresses_kept_days=90)


def reading(client: str, company: str = "ACME", line: str = "BE-0042-A", what: What = What.MEASUREMENTS) -> Reading:
    """Return somebody who reads October of a line."""
    return Reading(client, company, "192.0.2.7", Read(what, (line,), (), (), *PERIOD))


async def eventually(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = 60.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.05)
    assert await holds(), what


class AClock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def pass_days(self, days: int) -> None:
        """Let time pass."""
        self.now += timedelta(days=days)


@dataclass
class Trailing:
    """A trail with all that belongs to it."""

    stack: Servers
    database: Database
    topic: Topic
    trail: Trail
    clock: AClock

    @asynccontextmanager
    async def chaining(self, policy: Policy = POLICY) -> AsyncIterator[TrailWorker]:
        """A consumer in this process."""
        keeping = Keeping(self.database, policy)
        made = TrailWorker(self.stack.kafka_bootstrap, self.database, keeping, Health(), self.clock, topic=self.topic)
        await made.start()
        try:
            yield made
        finally:
            await made.stop()

    async def entries(self) -> list[dict[str, Any]]:
        """Return all entries, in the order of their places."""
        return [one async for one in self.database[Collection.ACCESS_LOG].find().sort("_id", 1)]

    async def times(self) -> int:
        """Return how many readings all entries tell."""
        return sum(one["entry"]["times"] for one in await self.entries())

    async def until_chained(self, times: int) -> None:
        """Wait until so many readings are in the trail."""

        async def are_there() -> bool:
            return await self.times() >= times

        await eventually(are_there, f"{times} readings are chained")


@pytest.fixture
async def trailing(stack: Servers) -> AsyncIterator[Trailing]:
    """Who tells is running, who chains is not."""
    topic = replace(ACCESS_READ, name=f"access.read.{uuid4().hex}")
    database = connect(stack.mongo_uri, f"trail-{uuid4().hex}")
    await ensure_collections(database)
    trail = Trail(stack.kafka_bootstrap, topic=topic)
    await trail.start()
    yield Trailing(stack, database, topic, trail, AClock())
    await trail.stop()
    await database.client.drop_database(database.name)
    database.client.close()
