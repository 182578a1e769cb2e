"""A Faust worker whose partitions move away under it: nothing escapes its loop, else Faust reads no more for ever."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faust.types import TP

from deploy.local.servers import Servers
from shared.events.topics import Topic
from shared.runtime import faust_worker, persistently
from shared.runtime.faust_worker import FaustWorker, Record
from shared.runtime.health import Health
from shared.runtime.kafka import KafkaError, consumer, highwater_of
from shared.runtime.mongo import ConnectionFailure
from shared.runtime.persistently import SOFTWARE_FAULT

WITHIN_SECONDS = 30.0
STANDS_STILL_SECONDS, TRY_AGAIN_SECONDS, TRIES_WITHOUT_STORE = 2.0, 0.2, 14
"""Longer than the wait between two tries, shorter than all of them."""
ELSEWHERE = 7
"""A partition that is not this worker's."""


class Counting:
    """A stage that counts what it is handed."""

    def __init__(self) -> None:
        self.name = f"counting-{uuid4().hex}"
        self.offsets: list[int] = []
        self.came = asyncio.Event()

    async def begin(self, partition: int) -> int:
        """Begin at the beginning."""
        assert partition == 0
        return 0

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """Count."""
        assert partition == 0
        self.offsets += [record.offset for record in records]
        self.came.set()

    async def turn(self) -> frozenset[int]:
        """Nothing has to be done in time."""
        return frozenset()


@pytest.fixture
async def topic(stack: Servers) -> Topic:
    """A topic of the test's own."""
    made = Topic(f"worker-{uuid4().hex}", (), 1, -1)
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(made.name, 1, 1)])
    await admin.close()
    return made


@pytest.fixture
async def worker(
    stack: Servers, topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[FaustWorker, Counting]]:
    """A worker that has read its first record; what Faust writes beside it goes with the test."""
    monkeypatch.chdir(tmp_path)
    stage = Counting()
    made = FaustWorker(stage, topic, stack.kafka_bootstrap, Health(), 64)
    await made.start()
    try:
        await made.send(topic, [(0, b"first")])
        await asyncio.wait_for(stage.came.wait(), WITHIN_SECONDS)
        yield made, stage
    finally:
        await made.stop()


class Standing(Counting):
    """A stage that does what it is told with what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.released, self.tries_without_store = asyncio.Event(), 0

    async def handle(self, partition: int, records: Sequence[Record]) -> None:
        """Fail as often as the store is away, then wait until it is released."""
        if self.tries_without_store:
            self.tries_without_store -= 1
            raise ConnectionFailure("away")
        self.came.set()
        await self.released.wait()
        await super().handle(partition, records)


async def test_a_worker_that_takes_nothing_is_not_live(
    stack: Servers, topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its loop turns; while the store is away it is, however long that lasts, and where nothing is left."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(faust_worker, "STANDS_STILL_SECONDS", STANDS_STILL_SECONDS)
    monkeypatch.setattr(persistently, "BACKOFF_SECONDS", (TRY_AGAIN_SECONDS,))
    stage, health = Standing(), Health()
    stage.tries_without_store = TRIES_WITHOUT_STORE
    running = FaustWorker(stage, topic, stack.kafka_bootstrap, health, batch_records=1)
    await running.start()
    try:
        await running.send(topic, [(0, b"one"), (0, b"two"), (0, b"three")])
        while stage.tries_without_store:
            assert health.is_live()
            await asyncio.sleep(0.1)
        await asyncio.wait_for(stage.came.wait(), WITHIN_SECONDS)
        await eventually(lambda: not health.is_live(), "it stands")
        stage.released.set()
        await eventually(lambda: stage.offsets == [0, 1, 2] and health.is_live(), "it goes on")
    finally:
        stage.released.set()
        await running.stop()


async def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while not holds():  # noqa: ASYNC110 - Faust, and not this loop, knows when
            await asyncio.sleep(0.05)
    assert what


async def test_a_partition_that_moved_away_has_no_lag(stack: Servers, topic: Topic) -> None:
    """Between the end of a batch and the telling of its lag the group may have been shared out anew."""
    reader = consumer(stack.kafka_bootstrap, None, topic.name)
    await reader.start()
    try:
        assert highwater_of(reader, TP(topic.name, ELSEWHERE)) is None
    finally:
        await reader.stop()


async def test_reading_goes_on_when_a_partition_moved_away(
    worker: tuple[FaustWorker, Counting], topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lag is not told and it is not sought, though it was there a moment ago; what is still here is read on."""
    running, stage = worker
    place = TP(topic.name, ELSEWHERE)
    with pytest.raises(KafkaError):
        await running._app.consumer.seek_wait({place: 0})
    monkeypatch.setattr(running._app.consumer, "assignment", lambda: {place, TP(topic.name, 0)})
    await running._seek(ELSEWHERE, 0)
    running._lag.reached(ELSEWHERE, 0)
    monkeypatch.undo()
    stage.came.clear()
    await running.send(topic, [(0, b"second")])
    await asyncio.wait_for(stage.came.wait(), WITHIN_SECONDS)
    assert stage.offsets == [0, 1]


def test_an_error_of_our_own_in_the_loop_ends_the_process() -> None:
    """It is started again and begins at its position; a loop that has ended quietly would look alive."""
    code = (
        "from shared.runtime.persistently import ending_at_once\n"
        "with ending_at_once('stage'):\n    raise AssertionError('moved')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == SOFTWARE_FAULT
    assert "moved" in done.stdout + done.stderr
