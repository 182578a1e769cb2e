"""Kafka behind one module: consumers, producers and topics by aiokafka."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError, TopicAlreadyExistsError, for_code
from aiokafka.structs import ConsumerRecord, RecordMetadata, TopicPartition

from shared.events.topics import MAX_MESSAGE_BYTES, RECORDED, TOPICS, Topic
from shared.runtime.brokers import reached

Places = Callable[[Sequence[TopicPartition]], Awaitable[None]]
__all__ = [
    "AIOKafkaConsumer",
    "AIOKafkaProducer",
    "Assigned",
    "ConsumerRecord",
    "KafkaError",
    "RecordMetadata",
    "TopicPartition",
    "for_code",
]
SESSION_TIMEOUT_MS = 10_000
"""A dead worker's partitions move after this; longer than MongoDB keeps a dead writer's transaction (5 s)."""


class WrongPartitionsError(RuntimeError):
    """The line log was installed with another number of partitions."""


async def ensure_topics(bootstrap: str, partitions: int, replication: int = 1) -> None:
    """Create the topics that are not there yet, each with its own settings.

    Raises:
        WrongPartitionsError: the line log is there, with another number of partitions.
    """
    admin = AIOKafkaAdminClient(**reached(bootstrap))
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [_new(topic, partitions, replication) for topic in TOPICS if topic.name not in there]
        if missing:
            await admin.create_topics(missing)
        found = len((await admin.describe_topics([RECORDED.name]))[0]["partitions"])
        if RECORDED.name in there and found != partitions:
            raise WrongPartitionsError(f"GASTRACK_PARTITIONS: the line log has {found} partitions, not {partitions}")
    except TopicAlreadyExistsError:
        return  # somebody else was faster with the same list
    finally:
        await admin.close()


async def create_topic(admin: AIOKafkaAdminClient, topic: Topic, replication: int = 1) -> None:
    """Create one topic; one that is there already stays as it is.

    Raises:
        KafkaError: the broker is away, or refuses it: `telemetry.a_b` where `telemetry.a.b` is there, for instance.
    """
    with contextlib.suppress(TopicAlreadyExistsError):
        told = await admin.create_topics([_new(topic, topic.partitions or 1, replication)])
        for _, code, *_ in told.topic_errors:
            if code:
                raise for_code(code)(f"{topic.name} cannot be created")


async def ensure_topic(bootstrap: str, topic: Topic, replication: int = 1) -> None:
    """Create one topic, whose number of partitions is no setting, if it is not there yet."""
    admin = AIOKafkaAdminClient(**reached(bootstrap))
    try:
        await admin.start()
        if topic.name not in await admin.list_topics():
            await create_topic(admin, topic, replication)
    finally:
        await admin.close()


def settings_of(topic: Topic) -> dict[str, str]:
    """Return a topic's settings by Kafka's names."""
    return {
        "retention.ms": str(topic.retention_ms),
        "max.message.bytes": str(topic.max_message_bytes),
        **topic.settings,
    }


def _new(topic: Topic, partitions: int, replication: int) -> NewTopic:
    count, settings = topic.partitions or partitions, settings_of(topic)
    return NewTopic(topic.name, num_partitions=count, replication_factor=replication, topic_configs=settings)


def producer(bootstrap: str, linger_ms: int = 0, *, is_idempotent: bool = True) -> AIOKafkaProducer:
    """Return a producer that waits for all replicas; not started.

    An idempotent one may be of no use any more once a broker was away for longer than its records wait. Who numbers his
    messages himself goes on with one that is not.
    """
    return AIOKafkaProducer(
        **reached(bootstrap),
        enable_idempotence=is_idempotent,
        acks="all",
        compression_type="zstd",
        linger_ms=linger_ms,
        max_request_size=MAX_MESSAGE_BYTES,
        max_batch_size=1024 * 1024,
    )


async def confirmed(
    sender: AIOKafkaProducer, topic: str, value: bytes, within_seconds: float, **other: Any
) -> RecordMetadata:
    """Send, and return where a record stands once the broker has it for good; `other` is as aiokafka's `send` takes it.

    Raises:
        KafkaTimeoutError: that took too long. An idempotent producer gives nothing up: the record may still come to
            stand there, once the broker is back.
    """
    try:
        async with asyncio.timeout(within_seconds):
            return await sender.send_and_wait(topic, value, **other)
    except TimeoutError as late:
        raise KafkaTimeoutError(f"the broker did not confirm within {within_seconds:.0f} s") from late


TRANSACTION_TIMEOUT_MS = 10_000
"""How long a transaction may stay open that nobody ends: until then readers wait where it began. A dead worker's
successor ends it sooner, when it begins."""


TRANSACTION_BACKOFF_MS = 20
"""The broker is still ending one transaction when the next begins, and asks to be asked again: not after 100 ms."""


def transactional_producer(bootstrap: str, transactional_id: str) -> AIOKafkaProducer:
    """Return a producer whose records and offsets become visible together or never; not started.

    Its start ends what the one before it with the same id left open, and fences that one.
    """
    return AIOKafkaProducer(
        **reached(bootstrap),
        transactional_id=transactional_id,
        transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
        retry_backoff_ms=TRANSACTION_BACKOFF_MS,
        acks="all",
        compression_type="zstd",
        max_request_size=MAX_MESSAGE_BYTES,
        max_batch_size=1024 * 1024,
    )


def consumer(bootstrap: str, group: str | None, *topics: str, reset: str = "earliest") -> AIOKafkaConsumer:
    """Return a consumer that commits only when told; not started.

    Where it shall read what is not there it begins at the earliest record; with `reset` "none" it fails.
    """
    return AIOKafkaConsumer(
        *topics,
        **reached(bootstrap),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset=reset,
        session_timeout_ms=SESSION_TIMEOUT_MS,
        heartbeat_interval_ms=2_000,
        max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
        fetch_max_wait_ms=100,
        isolation_level="read_committed",
    )


def highwater_of(reader: Any, place: Any) -> int | None:
    """Return the end of a partition as its last fetch told it; None where nothing was fetched, or it moves away."""
    try:
        highwater: int | None = reader.highwater(place)
    except AssertionError:  # aiokafka's way to say that the partition is not assigned (any more)
        return None
    return highwater


async def position_of(reader: Any, place: TopicPartition) -> int | None:
    """Return the offset that a consumer reads next; None where it reads the partition no more.

    It lies behind markers of transactions, which take offsets and are no records.
    """
    try:
        position: int = await reader.position(place)
    except IllegalStateError:
        return None
    return position


class Assigned(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no published types
    """Tells a worker which partitions it gets and which it must leave."""

    def __init__(self, get: Places, leave: Places) -> None:
        self._get, self._leave = get, leave

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Called before the first record of these partitions is read."""
        await self._get(sorted(assigned))

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Called before these partitions go to another worker."""
        await self._leave(sorted(revoked))


def watcher(bootstrap: str, group: str, replication: int = 1) -> Watcher:
    """Return what sees a group's progress without joining it; not started."""
    return Watcher(bootstrap, group, replication)


class Watcher:
    """Sees how far a consumer group is, and where the topics end."""

    def __init__(self, bootstrap: str, group: str, replication: int = 1) -> None:
        """`replication` is that of topics that it creates."""
        self._group, self._replication = group, replication
        self._reader = AIOKafkaConsumer(**reached(bootstrap))
        self._admin = AIOKafkaAdminClient(**reached(bootstrap))

    async def start(self) -> None:
        """Connect."""
        await self._reader.start()
        await self._admin.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._admin.close()
        await self._reader.stop()

    async def ends(self, *topics: str) -> dict[TopicPartition, int]:
        """Return the offset after the last record of every partition of these topics."""
        described = await self._admin.describe_topics(list(topics))
        places = [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in described
            for partition in topic["partitions"]
        ]
        ends: dict[TopicPartition, int] = await self._reader.end_offsets(places)
        return ends

    async def empty(self, topic: str) -> None:
        """Remove everything that stands in a topic now."""
        ends = await self.ends(topic)
        await self._admin.delete_records(
            {place: RecordsToDelete(before_offset=end) for place, end in ends.items() if end}
        )

    async def topics(self, prefix: str) -> list[str]:
        """Return the topics whose names begin with this, in order."""
        return sorted(name for name in await self._admin.list_topics() if name.startswith(prefix))

    async def create(self, topic: Topic) -> None:
        """Create a topic.

        Raises:
            KafkaError: as `create_topic` does.
        """
        await create_topic(self._admin, topic, self._replication)

    async def committed_for_sure(self, group: str, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return how far a group is in each of these partitions; 0 where it never said so.

        A consumer's own `committed` takes a broker that is still loading its groups for one that knows of none.

        Raises:
            KafkaError: the broker does not know at the moment.
        """
        found = await self._admin.list_consumer_group_offsets(group, partitions=list(places)) if places else {}
        if missing := sorted(set(places) - set(found)):
            raise KafkaError(f"the broker does not say how far {group} is in {missing}")
        return {place: max(0, found[place].offset) for place in places}

    async def committed(self, group: str | None = None) -> dict[TopicPartition, int]:
        """Return the offset that the group, or another one, has committed for each partition."""
        found = await self._admin.list_consumer_group_offsets(group or self._group)
        return {place: committed.offset for place, committed in found.items()}


async def first_offset(bootstrap: str, topic: Topic, partition: int) -> int:
    """Return the first offset that a partition still has."""
    place, reader = TopicPartition(topic.name, partition), consumer(bootstrap, None)
    await reader.start()
    try:
        return int((await reader.beginning_offsets([place]))[place])
    finally:
        await reader.stop()
