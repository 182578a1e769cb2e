"""Faust behind one module: the only one that knows it, with the recipe that loses nothing (docs/adr/0007).

A worker reads one topic as raw bytes, splits each batch by partition and hands it to a stage. It begins at the stage's
own position, never at Kafka's committed offset. Nothing escapes the body of the loop: a server that is away is waited
for, a stage that was fenced or sees a gap is read again from its position, and an error of our own ends the process
at once, so that nothing is committed.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import faust
from faust.contrib.asgi import faust_app_running
from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP
from yarl import URL

from shared.events.topics import MAX_MESSAGE_BYTES, Topic
from shared.runtime import metrics
from shared.runtime.brokers import Brokers
from shared.runtime.health import Health
from shared.runtime.kafka import KafkaError, highwater_of, producer
from shared.runtime.lag import Lag
from shared.runtime.logging import logger
from shared.runtime.persistently import ReadAgainError, ending_at_once, patiently, persistently

BATCH_RECORDS = 64
"""Most records of a batch: 64 · 2,000 readings are one transaction of at most 30 MB a partition."""
SEEK_AGAIN_SECONDS = 2.0
"""Until then, records that do not follow the position are taken for what was under way when it was wound back."""
STANDS_STILL_SECONDS = 300.0
"""Records that Faust has handed over and nobody takes for so long: only a new start helps. Longer than any one try of a
batch may take; while a server is away each further try counts as going on."""
BATCH_WITHIN_SECONDS = 0.005
"""How long a batch waits to fill: ingest has gathered already, and every stage would add its own wait."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in a topic."""

    offset: int
    timestamp_ms: int
    value: bytes


class Stage(Protocol):
    """What a service does with the records of a partition."""

    name: str

    async def begin(self, partition: int) -> int:
        """Load a partition's position and state afresh; return the offset to read from."""

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """Take records, in order; all of them happened when this returns.

        Raises:
            ReadAgainError: these do not follow the position.
        """

    async def turn(self) -> frozenset[int]:
        """Do what time asks for; called about once a second and at the end. Return partitions to be read again."""


class _Consumer(Consumer):  # type: ignore[misc] # faust has no published types
    """A consumer whose "committed" position is the stage's own."""

    starts: ClassVar[Callable[[int], Any]]

    async def seek_to_committed(self) -> Mapping[TP, int]:
        starts = {tp: await type(self).starts(tp.partition) for tp in self.assignment()}
        await self.seek_wait(starts)
        return starts


def _credentials(bootstrap: str) -> Any:
    """Return Faust's word for our certificate, None where Kafka is reached in the clear."""
    tls = bootstrap.tls if isinstance(bootstrap, Brokers) else None
    return faust.SSLCredentials(tls) if tls else None


class FaustWorker:
    """Runs a stage over a topic, one process of a consumer group."""

    def __init__(self, stage: Stage, topic: Topic, bootstrap: str, health: Health, batch_records: int) -> None:
        self._stage, self._topic, self._health = stage, topic, health
        self._progress = health.beside(STANDS_STILL_SECONDS)
        self._batch_records = batch_records
        self._log = logger(__name__)
        self._sought: dict[int, tuple[int, float]] = {}
        self._bootstrap = bootstrap
        self._app = self._build(bootstrap)
        self._lag = Lag(topic.name, lambda partition: highwater_of(self._app.consumer, TP(topic.name, partition)))

    def _build(self, bootstrap: str) -> Any:
        brokers = [URL(f"kafka://{address}") for address in bootstrap.split(",")]
        app = faust.App(
            f"gastrack-{self._stage.name}",
            broker=brokers,
            broker_credentials=_credentials(bootstrap),
            value_serializer="raw",
            key_serializer="raw",
            autodiscover=False,
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            stream_wait_empty=True,
            stream_buffer_maxsize=4 * BATCH_RECORDS,
            broker_commit_interval=1.0,
            broker_session_timeout=10.0,
            broker_heartbeat_interval=2.0,
            broker_max_poll_interval=300.0,
            consumer_auto_offset_reset="earliest",
            consumer_max_fetch_size=MAX_MESSAGE_BYTES,
            store="memory://",
        )
        worker = self
        consumer = type("ProgressConsumer", (_Consumer,), {"starts": staticmethod(worker._start)})
        app.transport = type("ProgressTransport", (Transport,), {"Consumer": consumer})(brokers, app)
        topic = app.topic(self._topic.name, value_serializer="raw", key_serializer="raw", internal=False)
        app.agent(topic, name=self._stage.name, concurrency=1)(self._consume)
        app.timer(1.0)(self._turn)
        return app

    async def start(self) -> None:
        """Join the group; partitions come a little later.

        Answers leave by our own producer: Faust's is neither compressed nor idempotent, and its errors are not Kafka's.
        """
        self._producer = producer(self._bootstrap)
        await self._producer.start()
        self._running = faust_app_running(self._app)
        await self._running.__aenter__()

    async def ended(self) -> None:
        """Wait until Faust gives up (it crashed: the process must end)."""
        await self._app.wait_until_stopped()
        raise RuntimeError(f"{self._stage.name}: Faust has stopped by itself")

    async def stop(self) -> None:
        """Finish the batch in hand, commit, leave the group."""
        await self._running.__aexit__(None, None, None)
        await persistently(self._stage.turn, self._stage.name, self._health)
        await self._producer.stop()

    async def _start(self, partition: int) -> int:
        """Load a partition at its own position; wait for the store as long as it is away."""
        offset: int = await persistently(lambda: self._stage.begin(partition), self._stage.name, self._health)
        self._lag.begin(partition, offset)
        return offset

    async def _consume(self, stream: Any) -> None:
        async for events in stream.take_events(self._batch_records, within=BATCH_WITHIN_SECONDS):
            batches: dict[int, list[Record]] = defaultdict(list)
            for event in events:
                message = event.message
                batches[message.partition].append(Record(message.offset, round(message.timestamp * 1000), event.value))
            with ending_at_once(self._stage.name):
                await asyncio.gather(*(self._take(partition, records) for partition, records in batches.items()))

    async def _take(self, partition: int, records: list[Record]) -> None:
        """Handle a partition's records; whatever happens, nothing escapes."""
        began = time.monotonic()
        try:
            await persistently(lambda: self._stage.handle(partition, records), self._stage.name, self._progress)
        except ReadAgainError as again:
            await self._seek(partition, again.offset)
        metrics.BATCH_SECONDS.labels(self._stage.name).observe(time.monotonic() - began)
        self._lag.reached(partition, records[-1].offset + 1, records[-1].timestamp_ms)

    async def _seek(self, partition: int, offset: int) -> None:
        """Wind a partition back; not again while what was under way before still arrives."""
        tp, (sought, at) = TP(self._topic.name, partition), self._sought.get(partition, (-1, 0.0))
        if tp not in self._app.consumer.assignment() or (
            sought == offset and time.monotonic() - at < SEEK_AGAIN_SECONDS
        ):
            return
        self._log.warning("reading again", stage=self._stage.name, partition=partition, offset=offset)
        self._sought[partition] = (offset, time.monotonic())
        try:
            await self._app.consumer.seek_wait({tp: offset})
        except KafkaError as moved:  # the group is being shared out: whoever gets the partition begins at our position
            self._sought.pop(partition, None)
            self._log.warning("not reading again", partition=partition, why=repr(moved))

    async def _turn(self) -> None:
        """Let the stage do what time asks for, and tell that the loop turns, and whether anything waits to be taken."""
        with ending_at_once(self._stage.name):
            for partition in await persistently(self._stage.turn, self._stage.name, self._health):
                await self._seek(partition, await self._start(partition))
        if not self._is_anything_left():
            self._progress.beat()

    def _is_anything_left(self) -> bool:
        """Say whether Faust has handed over records that were not taken.

        It keeps the offset of the last one, after a seek that of the next: a single record cannot be told from none.
        """
        handed_over = self._app.consumer._read_offset  # noqa: SLF001 - nothing public tells it
        places = {partition: handed_over.get(TP(self._topic.name, partition)) for partition in self._lag.next_offsets}
        return any(place is not None and place > self._lag.next_offsets[at] for at, place in places.items())

    async def send(self, topic: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
        """Send (partition, value) messages and wait until the broker has each for good, however long it is away."""
        await patiently(self._sent(topic, messages), self._stage.name, self._progress)

    async def _sent(self, topic: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
        pending = [await self._producer.send(topic.name, value, partition=partition) for partition, value in messages]
        for sent in pending:
            await sent
