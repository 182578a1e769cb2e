"""Partitions of the trail move to another process while one begins with them: it goes on with what it still has."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from services.query.trail.keeping import Keeping
from services.query.trail.worker import TrailWorker
from shared.runtime.health import Health
from shared.runtime.kafka import AIOKafkaConsumer, TopicPartition
from shared.store.trail_verification import verify_trail
from tests.integration.trail.conftest import POLICY, Trailing, eventually, reading

COMPANIES = tuple(f"COMPANY-{number}" for number in range(16))
"""Of all partitions."""
PATIENCE_SECONDS = 60.0


class Hesitating(TrailWorker):
    """Waits, before it begins with its first partition, until it is told to go on."""

    held: Sequence[TopicPartition] = ()

    async def start(self) -> None:
        """Begin."""
        self.goes_on = asyncio.Event()
        await super().start()

    async def _begin(self, reader: AIOKafkaConsumer, place: TopicPartition) -> None:
        await self.goes_on.wait()
        await super()._begin(reader, place)

    async def _moved(self, places: Sequence[TopicPartition]) -> None:
        await super()._moved(places)
        self.held = places


async def test_what_moved_away_is_begun_by_the_other_alone(trailing: Trailing) -> None:
    """Everything is chained, once, and the one who lost it ends when it is told to."""
    keeping = Keeping(trailing.database, POLICY)
    bootstrap, database = trailing.stack.kafka_bootstrap, trailing.database
    first = Hesitating(bootstrap, database, keeping, Health(), trailing.clock, topic=trailing.topic)
    await first.start()

    async def holds_all() -> bool:
        return len(first.held) == 4

    async def holds_some() -> bool:
        return 0 < len(first.held) < 4

    await eventually(holds_all, "the first has all partitions", PATIENCE_SECONDS)
    async with trailing.chaining():
        await eventually(holds_some, "the second has its part", PATIENCE_SECONDS)
        first.goes_on.set()
        for number, company in enumerate(COMPANIES):
            trailing.trail.tell(reading(f"client-{number}", company))
        await trailing.until_chained(len(COMPANIES))
        await asyncio.wait_for(first.stop(), PATIENCE_SECONDS)
    assert await trailing.times() == len(COMPANIES)
    assert (await verify_trail(trailing.database)).broken == []
