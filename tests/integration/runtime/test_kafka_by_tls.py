"""Every client of Kafka that we have comes by its certificate, and is not let in without one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.events.topics import RECORDED
from shared.runtime import kafka
from shared.runtime.brokers import Brokers, PapersError, context
from shared.runtime.faust_worker import FaustWorker, Record
from shared.runtime.health import Health
from shared.runtime.kafka import KafkaError
from tests.pipeline.tls_kafka import Papers, TlsKafka

WITHIN_SECONDS = 60.0
GROUP = "gastrack-by-tls"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsKafka]:
    """A broker that wants certificates."""
    made = TlsKafka(tmp_path_factory.mktemp("tls"))
    made.start()
    try:
        made.wait_ready()
        yield made
    finally:
        made.process.stop()


def _brokers(broker: TlsKafka, papers: Papers) -> Brokers:
    return Brokers(broker.tls, context(papers.authorities, papers.certificate, papers.key))


class _Noted:
    """A stage that notes what it is given."""

    name = "by-tls"

    def __init__(self) -> None:
        self.values: asyncio.Queue[bytes] = asyncio.Queue()

    async def begin(self, _: int) -> int:
        return 0

    async def handle(self, _: int, records: Sequence[Record]) -> None:
        for record in records:
            self.values.put_nowait(record.value)

    async def turn(self) -> frozenset[int]:
        return frozenset()


async def test_a_worker_reads_and_writes_with_its_certificate(
    broker: TlsKafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Topics by the administrator's client, records by a producer, the same records by Faust."""
    monkeypatch.chdir(tmp_path)  # Faust makes a folder where it starts
    brokers = _brokers(broker, broker.papers_of("validation"))
    await kafka.ensure_topics(brokers, 1)
    stage = _Noted()
    worker = FaustWorker(stage, RECORDED, brokers, Health(), 10)
    await worker.start()
    try:
        await worker.send(RECORDED, [(0, b"one"), (0, b"two")])
        async with asyncio.timeout(WITHIN_SECONDS):
            assert [await stage.values.get(), await stage.values.get()] == [b"one", b"two"]
    finally:
        await worker.stop()


async def test_a_watcher_sees_ends_with_its_certificate(broker: TlsKafka) -> None:
    """As the relay and the ticks of ingest do."""
    brokers = _brokers(broker, broker.papers_of("ingest"))
    await kafka.ensure_topics(brokers, 1)
    watcher = kafka.watcher(brokers, GROUP)
    await watcher.start()
    try:
        assert set(await watcher.ends(RECORDED.name)) == {kafka.TopicPartition(RECORDED.name, 0)}
    finally:
        await watcher.stop()


@pytest.mark.parametrize("how", ["in the clear", "without a certificate", "by another authority"])
async def test_nobody_else_is_let_in(broker: TlsKafka, how: str) -> None:
    """Not in the clear, not without a certificate, not with one that somebody else signed."""
    papers = broker.papers_of("stranger", broker.strange_authority())
    ways = {
        "in the clear": Brokers(broker.tls),
        "without a certificate": Brokers(broker.tls, context(papers.authorities, None, None)),
        "by another authority": _brokers(broker, papers),
    }
    producer = kafka.producer(ways[how])
    with pytest.raises(KafkaError):
        await producer.start()
    await producer.stop()


def test_papers_that_are_not_whole_are_told(broker: TlsKafka, tmp_path: Path) -> None:
    """With the file that is wrong."""
    papers, none = broker.papers_of("query"), tmp_path / "none.pem"
    with pytest.raises(PapersError, match="authorities"):
        context(None, papers.certificate, papers.key)
    with pytest.raises(PapersError, match="together"):
        context(papers.authorities, papers.certificate, None)
    with pytest.raises(PapersError, match=r"none\.pem"):
        context(none, papers.certificate, papers.key)
    assert context(None, None, None) is None
