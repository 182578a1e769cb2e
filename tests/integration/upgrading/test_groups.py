"""A later version reads a topic more: beside processes of its group that do not know it, nothing stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest

from deploy.local.servers import Servers
from shared.events.topics import Party, Topic
from shared.runtime.kafka import AIOKafkaConsumer, consumer, ensure_topic, producer

PATIENCE_SECONDS = 60.0


@asynccontextmanager
async def member(bootstrap: str, group: str, topics: list[Topic]) -> AsyncIterator[AIOKafkaConsumer]:
    """Give a process of a group that reads these topics and has joined."""
    made = consumer(bootstrap, group, *(topic.name for topic in topics))
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@pytest.mark.parametrize("newer_leads", [False, True])
async def test_a_topic_that_only_the_newer_reads(stack: Servers, newer_leads: bool) -> None:  # noqa: FBT001 - a parameter
    """It gets all of it, whoever shares the partitions out; the others are shared as before, and all are read."""
    name, bootstrap = f"upgrade-{uuid4().hex[:8]}", stack.kafka_bootstrap
    known, new = (Topic(f"{name}-{each}", (Party.INGEST,), 2, 3_600_000) for each in ("known", "new"))
    for made in (known, new):
        await ensure_topic(bootstrap, made)
    wanted = {(topic.name, partition) for topic in (known, new) for partition in range(2)}
    async with AsyncExitStack() as running:
        reads = [[known, new], [known]] if newer_leads else [[known], [known, new]]
        first, second = [await running.enter_async_context(member(bootstrap, name, topics)) for topics in reads]
        sender = await running.enter_async_context(producer(bootstrap))
        for topic, partition in wanted:
            await sender.send_and_wait(topic, b"x", partition=partition)
        got = {first: set[tuple[str, int]](), second: set[tuple[str, int]]()}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while got[first] | got[second] != wanted or not (first.assignment() and second.assignment()):
                for each, places in got.items():
                    records = await each.getmany(timeout_ms=100)
                    places.update((place.topic, place.partition) for place in records)
        older = second if newer_leads else first
        assert {place.topic for place in older.assignment()} == {known.name}
