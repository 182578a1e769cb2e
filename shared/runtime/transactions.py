"""Records and offsets written together or not at all: Kafka's transactions, behind one class."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shared.runtime.kafka import KafkaError, TopicPartition, transactional_producer

END_SECONDS = 5.0
"""How long a producer that is given up is waited for; what it left open its successor ends."""


class Message(NamedTuple):
    """A record to be written; its key says to which partition it goes."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Transactions:
    """Writes under one transactional id: of two who have it, the one that began earlier can write no more.

    After any error it is of no use: end it, and begin a new one.
    """

    def __init__(self, bootstrap: str, transactional_id: str) -> None:
        self._producer: Any = transactional_producer(bootstrap, transactional_id)

    async def begin(self) -> None:
        """Connect, and end what the one before left open: its records are written wholly, or never were.

        Raises:
            KafkaError: the broker does not answer.
        """
        try:
            await self._producer.start()
        except KafkaError:
            await self.end()
            raise

    async def write(self, messages: Sequence[Message], offsets: Mapping[TopicPartition, int], group: str) -> None:
        """Write messages, and how far a group is with this; when this returns both are there for good.

        Raises:
            KafkaError: neither is, or it is not known whether both are.
        """
        producer = self._producer
        try:
            await producer.begin_transaction()
            sent = [await producer.send(one.topic, one.value, one.key, headers=list(one.headers)) for one in messages]
            await asyncio.gather(*sent)
            await producer.send_offsets_to_transaction(dict(offsets), group)
            await producer.commit_transaction()
        except AssertionError as fault:  # aiokafka's way to say that it failed earlier, while nobody asked
            raise KafkaError(f"the producer failed before: {fault}") from fault

    async def end(self) -> None:
        """Disconnect."""
        with contextlib.suppress(KafkaError, TimeoutError):
            await asyncio.wait_for(self._producer.stop(), END_SECONDS)
