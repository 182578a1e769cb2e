"""A broker that answers nothing: whoever sends is told so in time, and what waits is taken once it answers again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError

from deploy.local.servers import Servers
from shared.events.topics import Topic
from shared.runtime.health import Health
from shared.runtime.kafka import confirmed, consumer, ensure_topic, producer
from shared.runtime.metrics import CATALOGUE
from shared.runtime.persistently import patiently

TOPIC = Topic(f"silent-{uuid4().hex}", writers=(), partitions=1, retention_ms=3_600_000)
GOES_ON_WITHIN_SECONDS = 30.0


@pytest.fixture
async def sender(stack: Servers) -> AsyncIterator[AIOKafkaProducer]:
    """A producer as ours are, that has sent something."""
    await ensure_topic(stack.kafka_bootstrap, TOPIC)
    made = producer(stack.kafka_bootstrap)
    await made.start()
    await made.send_and_wait(TOPIC.name, b"first")
    yield made
    await made.stop()


@contextmanager
def silent(stack: Servers) -> Iterator[None]:
    """Let the broker stand still; for a moment, since it is everybody's."""
    if stack.kafka is None:
        pytest.skip("the Kafka of GASTRACK_KAFKA_BOOTSTRAP is not ours to stop")
    stack.kafka.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        stack.kafka.process.send_signal(signal.SIGCONT)


def faults() -> float:
    """Return how often work has been put off in this process because of the broker."""
    return CATALOGUE.get_sample_value("gastrack_server_faults_total", {"server": "broker"}) or 0.0


async def test_who_waits_is_told_in_time_and_goes_on(stack: Servers, sender: AIOKafkaProducer) -> None:
    """At the door that nothing is confirmed; a worker says that it waits, lives, and goes on where it stood."""
    health, before = Health(stuck_after_seconds=0.5), faults()
    health.beat()
    async with asyncio.timeout(GOES_ON_WITHIN_SECONDS):
        with silent(stack):
            sending = sender.send_and_wait(TOPIC.name, b"of a worker")
            working = asyncio.create_task(patiently(sending, "a test", health, told_seconds=0.1))
            with pytest.raises(KafkaTimeoutError, match="did not confirm within"):
                await confirmed(sender, TOPIC.name, b"at the door", within_seconds=1.0)
            assert faults() > before
            assert health.is_live()
            assert not working.done()
        place = await working
        reader = consumer(stack.kafka_bootstrap, None, TOPIC.name)
        await reader.start()
        # What was not confirmed may stand there all the same: whoever delivers it again may have it there twice.
        found = {record.value: record.offset for record in [await reader.getone() for _ in range(3)]}
        assert found.keys() == {b"first", b"of a worker", b"at the door"}
        assert found[b"of a worker"] == place.offset
        await reader.stop()
