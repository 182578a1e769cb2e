"""What tests do to Kafka beside the services: groups set back, records removed, groups awaited."""

from __future__ import annotations

import asyncio

from deploy.local.services import PARTITIONS
from shared.events.topics import OPERATIONS, TELEMETRY, Topic
from shared.runtime.kafka import TopicPartition, watcher
from shared.runtime.kafka_groups import set_group
from tests.pipeline.running import System, until


def set_back(system: System, group: str, topic: Topic) -> None:
    """Set a group without members back to the beginning of a topic."""
    places = [TopicPartition(topic.name, number) for number in range(PARTITIONS)]
    asyncio.run(set_group(system.servers.kafka_bootstrap, group, dict.fromkeys(places, 0)))


def is_behind(system: System, group: str) -> bool:
    """Say whether a group has not committed all that stands in the source topics."""

    async def ask() -> bool:
        seen = watcher(system.servers.kafka_bootstrap, group)
        await seen.start()
        try:
            committed = await seen.committed()
            ends = await seen.ends(TELEMETRY.name, OPERATIONS.name)
        finally:
            await seen.stop()
        return any(committed.get(place, 0) < end for place, end in ends.items())

    return asyncio.run(ask())


def wait_for_group(system: System, group: str, within_seconds: float = 90.0) -> None:
    """Wait until a group has read the source topics to their ends."""
    until(lambda: not is_behind(system, group), within_seconds, f"{group} at the end of its topics")


def remove_all(system: System, topic: Topic) -> None:
    """Remove every record that stands in a topic now."""

    async def empty() -> None:
        seen = watcher(system.servers.kafka_bootstrap, "gastrack-tests")
        await seen.start()
        try:
            await seen.empty(topic.name)
        finally:
            await seen.stop()

    asyncio.run(empty())
