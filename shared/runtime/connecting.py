"""Coming to Kafka for one topic: a client that has started once there is a broker, whether that takes long or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from shared.events.topics import Topic
from shared.runtime import metrics
from shared.runtime.kafka import KafkaError, ensure_topic
from shared.runtime.logging import logger


class _Client(Protocol):
    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Leave, also where it never started."""


_Made = TypeVar("_Made", bound=_Client)


async def connected(
    bootstrap: str, topic: Topic, make: Callable[[], _Made], again: Callable[[], Awaitable[bool]]
) -> _Made | None:
    """Return a client once there is a broker, and the topic; None where it is given up before.

    Args:
        bootstrap: Addresses of brokers.
        topic: Made where it is not there.
        make: Makes a client that has not started; one that could not start is of no more use.
        again: Waits after a fault, and says whether to try again.
    """
    while True:
        client = make()
        try:
            await ensure_topic(bootstrap, topic)
            await client.start()
        except (KafkaError, OSError) as fault:
            metrics.SERVER_FAULTS.labels("broker").inc()
            await client.stop()
            logger(__name__).warning("waiting for the broker", topic=topic.name, fault=repr(fault)[:200])
            if not await again():
                return None
        else:
            return client
