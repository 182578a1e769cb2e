"""MongoDB and Kafka themselves: crash, restart, another port on old data, addresses in the environment."""

import uuid
from pathlib import Path

import pytest
from pymongo import MongoClient

from deploy.local import kafka_jars
from deploy.local.errors import ServerDiedError
from deploy.local.kafka import Kafka
from deploy.local.mongod import Mongod
from deploy.local.ports import free_ports
from deploy.local.servers import Servers
from shared.runtime.kafka import AIOKafkaConsumer, ensure_topics, producer

TOPIC = "telemetry"


async def test_what_was_written_survives_a_crash_of_both_servers(own_stack: Servers) -> None:
    """After kill -9 both serve again on the same ports with what they had acknowledged."""
    assert own_stack.mongod is not None
    assert own_stack.kafka is not None
    await ensure_topics(own_stack.kafka_bootstrap, 4)
    await send(own_stack.kafka_bootstrap, b"before")
    with MongoClient[dict[str, object]](own_stack.mongo_uri, w="majority") as client:
        with client.start_session() as session, session.start_transaction():
            client.test.kept.insert_one({"_id": 1}, session=session)
        for server in own_stack.ours:
            server.process.kill()
            server.start()
        for server in own_stack.ours:
            server.wait_ready()
        assert client.test.kept.count_documents({}) == 1
    await send(own_stack.kafka_bootstrap, b"after")
    assert await read(own_stack.kafka_bootstrap, 2) == {b"before", b"after"}


async def test_old_data_on_other_ports(tmp_path: Path) -> None:
    """A later start takes other ports and finds the data; MongoDB's replica set learns its new address."""
    jars = kafka_jars.class_path()
    for expected in ({b"1"}, {b"1", b"2"}):
        ports = free_ports(3)
        mongod = Mongod(tmp_path / "mongodb", tmp_path / "logs" / "mongod.log", ports[0])
        kafka = Kafka(tmp_path / "kafka", tmp_path / "logs" / "kafka.log", (ports[1], ports[2]), jars)
        mongod.start()
        kafka.start()
        mongod.wait_ready()
        kafka.wait_ready()
        with MongoClient[dict[str, object]](mongod.uri, w="majority") as client:
            client.test.kept.insert_one({"start": len(expected)})
            assert client.test.kept.count_documents({}) == len(expected)
        await ensure_topics(kafka.bootstrap, 4)
        await send(kafka.bootstrap, str(len(expected)).encode())
        assert await read(kafka.bootstrap, len(expected)) == expected
        mongod.process.stop()
        kafka.process.stop()


def test_a_cluster_id_may_begin_with_a_dash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One id in 64 does, and Kafka's format must not take it for an option."""
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(bytes=b"\xf8" + bytes(15)))
    ports = free_ports(2)
    kafka = Kafka(tmp_path / "kafka", tmp_path / "kafka.log", (ports[0], ports[1]), kafka_jars.class_path())
    kafka.start()
    kafka.process.kill()
    assert "cluster.id=-AAAA" in (tmp_path / "kafka" / "log" / "meta.properties").read_text()


def test_mongod_is_set_up_as_the_services_need_it(stack: Servers) -> None:
    """Short transactions, a small cache, zstd and a journal in small files."""
    with MongoClient[dict[str, object]](stack.mongo_uri) as client:
        lifetime = client.admin.command("getParameter", 1, transactionLifetimeLimitSeconds=1)
        options = client.admin.command("getCmdLineOpts")["parsed"]
    assert lifetime["transactionLifetimeLimitSeconds"] == 5
    engine = options["storage"]["wiredTiger"]
    assert engine["collectionConfig"]["blockCompressor"] == "zstd"
    assert engine["engineConfig"]["configString"] == "log=(file_max=10MB)"
    assert engine["engineConfig"]["cacheSizeGB"] == 0.5


def test_a_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """MongoDB on a port that is taken ends at once, and its own words are shown."""
    port = free_ports(1)[0]
    first = Mongod(tmp_path / "a", tmp_path / "logs" / "a.log", port)
    second = Mongod(tmp_path / "b", tmp_path / "logs" / "b.log", port)
    first.start()
    first.wait_ready()
    second.start()
    try:
        with pytest.raises(ServerDiedError, match=r"(?s)MongoDB ended with exit code .*Address already in use"):
            second.process.wait_until(lambda: False, 60)
    finally:
        first.process.stop()
        second.process.stop()


def test_addresses_in_the_environment_replace_our_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of ours is started where both addresses are given."""
    monkeypatch.setenv("GASTRACK_KAFKA_BOOTSTRAP", "kafka.example:9092")
    monkeypatch.setenv("GASTRACK_MONGO_URI", "mongodb://mongo.example")
    servers = Servers(tmp_path)
    servers.start()
    assert servers.ours == []
    assert (servers.kafka_bootstrap, servers.mongo_uri) == ("kafka.example:9092", "mongodb://mongo.example")
    servers.stop()


async def send(bootstrap: str, body: bytes) -> None:
    """Send one message and wait until the broker has it."""
    sender = producer(bootstrap)
    await sender.start()
    await sender.send_and_wait(TOPIC, body)
    await sender.stop()


async def read(bootstrap: str, count: int) -> set[bytes | None]:
    """The first `count` messages of the topic."""
    reader = AIOKafkaConsumer(TOPIC, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await reader.start()
    found = {(await reader.getone()).value for _ in range(count)}
    await reader.stop()
    return found
