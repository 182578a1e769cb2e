"""Access control lists on a real broker: a gateway writes to its own topic and nothing else; ingest does its work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from deploy.local.servers import Servers
from deploy.local.services import Service, common_environment, five_services
from shared.access.roles import Role
from shared.events import line_log
from shared.events.acls import RELAY_TRANSACTIONS, acls, gateway_acls
from shared.events.line_log import Recorded, Tick
from shared.events.topics import OPERATIONS, RECORDED, TELEMETRY, Party, gateway_topic
from shared.runtime.mongo import connect, synchronous
from shared.store.documents import ensure_collections
from tests import registered
from tests.pipeline.secured_kafka import ADMINISTRATOR, UNNAMED, SecuredKafka

GATEWAY, OTHER = "acme-gw", "other-gw"
TOPICS = {gateway_topic(name).name for name in (GATEWAY, OTHER)}
STATION = "ACL-1"
WITHIN_SECONDS = 90.0
TELEGRAM = json.dumps(
    {
        "telegram": "T",
        "station": STATION,
        "sent": "2026-11-23T11:00:00Z",
        "lines": [{"line": "ACL-1-A", "hours": [{"start": "2026-11-23T10:00:00Z", "volume_m3n": 1.0}]}],
    }
).encode()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A broker with exactly the permissions that are rendered: those of ingest, and of two gateways."""
    made = SecuredKafka(tmp_path_factory.mktemp("secured"), [GATEWAY, OTHER])
    made.start()
    try:
        made.wait_ready()
        of_ingest = [acl._replace(principal=UNNAMED) for acl in acls() if acl.principal == Party.INGEST]
        asyncio.run(made.allow([*of_ingest, *gateway_acls(GATEWAY), *gateway_acls(OTHER)]))
        yield made
    finally:
        made.process.stop()


@pytest.fixture(scope="module")
def ingest(broker: SecuredKafka, stack: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service itself, with nothing else on this broker, and both gateways in its access register."""
    name = f"acls-{uuid4().hex}"
    environment = common_environment(broker.bootstrap, stack.mongo_uri)
    told = {**environment, "GASTRACK_MONGO_DATABASE": name, "GASTRACK_TICK_SECONDS": "1"}
    service = five_services(told, tmp_path_factory.mktemp("ingest"))["ingest"]

    async def prepare() -> None:
        database = connect(stack.mongo_uri, name)
        await ensure_collections(database)
        clients = [
            replace(registered.a_client(gateway, role=Role.GATEWAY), stations=frozenset({STATION}))
            for gateway in (GATEWAY, OTHER)
        ]
        await asyncio.to_thread(registered.put, synchronous(database), registered.a_company(), *clients)
        database.client.close()

    asyncio.run(prepare())
    service.start()
    try:
        service.wait_ready()
        yield service
    finally:
        service.process.stop()


@pytest.fixture
async def as_gateway(broker: SecuredKafka, ingest: Service) -> AsyncIterator[AIOKafkaProducer]:
    """A producer of the gateway's, idempotent as that of everybody who cares, once ingest has made its topic."""
    assert ingest.process.running
    admin = AIOKafkaAdminClient(**broker.as_user(ADMINISTRATOR))
    await admin.start()
    async with asyncio.timeout(WITHIN_SECONDS):
        while not set(await admin.list_topics()) >= TOPICS:  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(0.1)
    await admin.close()
    sender = AIOKafkaProducer(**broker.as_user(GATEWAY), enable_idempotence=True, request_timeout_ms=5_000)
    await sender.start()
    yield sender
    await sender.stop()


async def test_what_a_gateway_writes_comes_to_the_line_log(broker: SecuredKafka, as_gateway: AIOKafkaProducer) -> None:
    """Topics made, transactions, groups, ticks: ingest needs no permission that is not rendered."""
    await as_gateway.send_and_wait(gateway_topic(GATEWAY).name, TELEGRAM)
    reader = AIOKafkaConsumer(RECORDED.name, **broker.as_user(ADMINISTRATOR), auto_offset_reset="earliest")
    await reader.start()
    found: set[type] = set()
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            while not {Recorded, Tick} <= found:
                found.add(type(line_log.decode((await reader.getone()).value)))
    finally:
        await reader.stop()


@pytest.mark.parametrize("topic", [TELEMETRY.name, OPERATIONS.name, RECORDED.name, gateway_topic(OTHER).name])
async def test_a_gateway_writes_to_no_other_topic(as_gateway: AIOKafkaProducer, topic: str) -> None:
    """Neither past the relay nor as another gateway; it does not even see whether there is such a topic."""
    with pytest.raises(TopicAuthorizationFailedError):
        await as_gateway.send_and_wait(topic, TELEGRAM)
    with pytest.raises(TopicAuthorizationFailedError):
        await as_gateway.send_and_wait(f"{topic}-that-is-not-there", TELEGRAM)


async def test_a_gateway_reads_nothing(broker: SecuredKafka, as_gateway: AIOKafkaProducer) -> None:
    """Not even what it wrote, and in no group."""
    await as_gateway.send_and_wait(gateway_topic(GATEWAY).name, TELEGRAM)
    alone = AIOKafkaConsumer(gateway_topic(GATEWAY).name, **broker.as_user(GATEWAY), auto_offset_reset="earliest")
    await alone.start()
    try:
        with pytest.raises(TopicAuthorizationFailedError):
            async with asyncio.timeout(WITHIN_SECONDS):
                await alone.getone()
    finally:
        await alone.stop()
    grouped = AIOKafkaConsumer(gateway_topic(GATEWAY).name, **broker.as_user(GATEWAY), group_id="gastrack-ingest-relay")
    try:
        with pytest.raises(GroupAuthorizationFailedError):
            await grouped.start()
    finally:
        await grouped.stop()


async def test_a_gateway_cannot_fence_the_relay_nor_make_topics(
    broker: SecuredKafka, as_gateway: AIOKafkaProducer
) -> None:
    """No transactions, so that nothing of it holds up what others read; no topics, so that it is asked for none."""
    await as_gateway.send_and_wait(gateway_topic(GATEWAY).name, TELEGRAM)
    for name in (RELAY_TRANSACTIONS, GATEWAY):
        fencing = AIOKafkaProducer(**broker.as_user(GATEWAY), transactional_id=name)
        try:
            with pytest.raises(TransactionalIdAuthorizationFailed):
                await asyncio.wait_for(fencing.start(), WITHIN_SECONDS)
        finally:
            await fencing.stop()
    admin = AIOKafkaAdminClient(**broker.as_user(GATEWAY))
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic("telemetry.mine", 1, 1)])
        assert [code for _, code, *_ in answer.topic_errors] == [TopicAuthorizationFailedError.errno]
        assert set(await admin.list_topics()) == {gateway_topic(GATEWAY).name}
    finally:
        await admin.close()
