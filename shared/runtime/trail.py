"""Telling the trail who read what: readings wait here for a moment, go to Kafka together, and block nobody.

Equal readings of half a second are one with a number of times, so whoever asks the same a thousand times a second costs
the trail two entries a second. Where the broker is away they wait, as far as there is room; then nobody reads any more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import uuid4

from shared.access.read import Read
from shared.domain.topology import Issue
from shared.events import access_read
from shared.events.access_read import AccessRead, ReadingTold
from shared.events.partitioning import partition_of
from shared.events.topics import ACCESS_READ, TRAIL_PARTITIONS, Topic
from shared.runtime import kafka, metrics
from shared.runtime.connecting import connected
from shared.runtime.kafka import AIOKafkaProducer, KafkaError
from shared.runtime.logging import logger
from shared.runtime.problem import ProblemError

EVERY_SECONDS = 0.25
"""How often what waits is sent."""
SLOT_MS = 500
"""Equal readings within a slot are told as one."""
MOST_WAITING = 100_000
"""Names of lines and nodes (and one for each reading) that may wait: some 20 MB, 100 different answers a second for
eight minutes."""
MOST_NAMES_A_MESSAGE = 20_000
"""Of at most 64 characters: 1.3 MB of the 8 MB of a message."""
ACKNOWLEDGED_WITHIN_SECONDS = 5.0
"""How long a file waits for the broker before it is refused."""
FLUSH_SECONDS = 5.0
"""How long what still waits is tried when the service ends: below the deadline of its end."""
_BACKOFF_SECONDS = 0.5
_RETRY_AFTER = {"Retry-After": "5"}


class TrailAwayError(Exception):
    """The trail cannot take a reading: so it may not happen."""


def trail_away() -> ProblemError:
    """Return the 503 of a reading that the trail cannot take."""
    text = "who reads what is recorded, and the record cannot be written at the moment: try again in some seconds"
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, [Issue("TRAIL_AWAY", "request", text)], _RETRY_AFTER)


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads what, and the address he asks from."""

    client: str
    company: str
    address: str
    read: Read


@dataclass(slots=True)
class _Batch:
    """What is sent together: each reading of a slot with its first and last ms and its times."""

    readings: dict[tuple[int, Reading], list[int]] = field(default_factory=dict)
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    size: int = 0


class Trail:
    """A part of a service that tells the topic `access.read` what the service let somebody read."""

    def __init__(
        self,
        bootstrap: str,
        most_waiting: int = MOST_WAITING,
        acknowledged_within: float = ACKNOWLEDGED_WITHIN_SECONDS,
        *,
        topic: Topic = ACCESS_READ,
    ) -> None:
        self._bootstrap, self._most, self._within, self._topic = bootstrap, most_waiting, acknowledged_within, topic
        self._teller = uuid4().hex
        self._numbers = [0] * TRAIL_PARTITIONS
        self._batches = [_Batch() for _ in range(TRAIL_PARTITIONS)]
        self._partitions: dict[str, int] = {}
        self._waiting = 0
        self._wake, self._stopping = asyncio.Event(), asyncio.Event()
        self._log = logger(__name__)

    async def start(self) -> None:
        """Begin to send; whether the broker is there or not."""
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end; raises what is a defect of ours."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Send what waits; after some seconds without a broker tell how much is lost."""
        self._stopping.set()
        self._wake.set()
        done, _ = await asyncio.wait([self._task], timeout=FLUSH_SECONDS)
        if not done:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._log.error("ended without telling the trail all that was read", names=self._waiting)

    def tell(self, reading: Reading) -> None:
        """Take a reading that is about to happen; it is sent within half a second, or as soon as the broker is there.

        Raises:
            TrailAwayError: there is no room for it.
        """
        self._take(reading)

    async def tell_for_good(self, reading: Reading) -> None:
        """Take a reading, and return once the broker has it for good.

        Raises:
            TrailAwayError: there is no room for it, or the broker does not acknowledge it. It may be told all the same.
        """
        batch = self._take(reading)
        self._wake.set()
        try:
            async with asyncio.timeout(self._within):
                await batch.acknowledged.wait()
        except TimeoutError:
            metrics.TRAIL_REFUSED.inc()
            raise TrailAwayError from None

    def _take(self, reading: Reading) -> _Batch:
        now_ms = time.time_ns() // 1_000_000
        batch, key = self._batches[self._partition(reading.company)], (now_ms // SLOT_MS, reading)
        known = batch.readings.get(key)
        if known is not None:
            known[1], known[2] = now_ms, known[2] + 1
            return batch
        size = 1 + reading.read.size
        if self._waiting + size > self._most:
            metrics.TRAIL_REFUSED.inc()
            raise TrailAwayError
        batch.readings[key] = [now_ms, now_ms, 1]
        batch.size += size
        self._waiting += size
        return batch

    def _partition(self, company: str) -> int:
        known = self._partitions.get(company)
        if known is None:
            known = self._partitions[company] = partition_of(company, TRAIL_PARTITIONS)
        return known

    async def _run(self) -> None:
        sender = await connected(self._bootstrap, self._topic, self._sender, self._again)
        if sender is None:
            return
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_SECONDS):
                        await self._wake.wait()
                if not self._stopping.is_set():
                    self._wake.clear()
                metrics.TRAIL_WAITING.set(self._waiting)
                await asyncio.gather(*(self._send_batch(sender, one) for one in range(TRAIL_PARTITIONS)))
                if self._stopping.is_set() and not self._waiting:
                    return
        finally:
            await sender.stop()

    def _sender(self) -> AIOKafkaProducer:
        return kafka.producer(self._bootstrap, is_idempotent=False)

    async def _again(self) -> bool:
        """Wait a while, and say whether there is still something to send, or may be."""
        metrics.TRAIL_WAITING.set(self._waiting)
        if self._stopping.is_set() and not self._waiting:
            return False
        await asyncio.sleep(_BACKOFF_SECONDS)
        return True

    async def _send_batch(self, sender: AIOKafkaProducer, partition: int) -> None:
        batch = self._batches[partition]
        if not batch.readings:
            return
        self._batches[partition] = _Batch()
        for readings in _messages(batch):
            self._numbers[partition] += 1
            told = AccessRead(access_read.VERSION, self._teller, self._numbers[partition], tuple(readings))
            await self._send(sender, partition, access_read.encode(told))
            metrics.TRAIL_READINGS.inc(sum(one.times for one in readings))
        self._waiting -= batch.size
        metrics.TRAIL_WAITING.set(self._waiting)
        batch.acknowledged.set()

    async def _send(self, sender: AIOKafkaProducer, partition: int, packed: bytes) -> None:
        """Send a message until it is acknowledged; if it arrives twice it has the same number twice."""
        while True:
            try:
                await sender.send_and_wait(self._topic.name, packed, partition=partition)
            except KafkaError as fault:
                self._log.warning("the trail waits for the broker", fault=repr(fault)[:200])
                await asyncio.sleep(_BACKOFF_SECONDS)
            else:
                return


def _messages(batch: _Batch) -> Iterator[list[ReadingTold]]:
    """Yield the readings of a batch in the order of their time, as many as one message may hold."""
    told: list[ReadingTold] = []
    names = 0
    for (_, reading), (at_ms, until_ms, times) in batch.readings.items():
        told.append(_told(reading, at_ms, until_ms, times))
        names += 1 + reading.read.size
        if names >= MOST_NAMES_A_MESSAGE:
            yield told
            told, names = [], 0
    if told:
        yield told


def _told(reading: Reading, at_ms: int, until_ms: int, times: int) -> ReadingTold:
    read = reading.read
    who = (reading.client, reading.company, reading.address)
    period = (read.first.isoformat() if read.first else "", read.end.isoformat() if read.end else "")
    return ReadingTold(at_ms, until_ms, times, *who, read.what.value, read.lines, read.nodes, read.gas, *period)
