"""Gateways of others by their own topics: what is theirs is taken, the rest is dead letters, and nothing is lost."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from services.ingest.relay import RELAY_GROUP, Relay
from services.ingest.source_record import CHUNK_HEADER, GATEWAY_HEADER, OWN_HEADER
from services.ingest.ticks import Ticks
from shared.events.acls import RELAY_TRANSACTIONS
from shared.events.topics import gateway_topic
from shared.runtime import metrics
from shared.runtime.health import Health
from shared.runtime.kafka import AIOKafkaProducer, KafkaError, consumer, producer, watcher
from shared.runtime.transactions import Transactions
from shared.store.documents import Collection
from tests.pipeline.gateways import enter, register_gateway, topics
from tests.pipeline.running import ASK_SECONDS, System, until
from tests.pipeline.stations import of_hours, plan, recent_hours, volume_thousandths
from tests.pipeline.stored import documents, hours_by_line, volumes

PLAN = plan("GATE", stations=3, lines=2)
OURS, THEIRS, LATER = PLAN.stations
GATEWAY = "acme-gw.1"
TOPIC = gateway_topic(GATEWAY).name
HOURS = recent_hours(days=3)[:6]
WITHIN_SECONDS = 60.0


@pytest.fixture(scope="module")
def grid(running: System) -> System:
    """The system with the stations registered, and a gateway that delivers for one of them."""
    running.register(PLAN.document("2020-01-01"))
    register_gateway(running, GATEWAY, [OURS])
    return running


def letters_of(system: System, **asked: Any) -> list[dict[str, Any]]:
    """Return dead letters, in order of their position."""
    return sorted(documents(system, Collection.DEAD_LETTERS, asked), key=place)


def test_a_telegram_of_an_own_station_is_taken(grid: System) -> None:
    """Each hour once, as if it had come by the plain topic."""
    grid.put([(OURS, of_hours(PLAN, OURS, HOURS, "G1"))], TOPIC)
    line = PLAN.lines[OURS][0]
    until(lambda: len(hours_by_line(grid, line)) == 1, WITHIN_SECONDS, "the hours of the line")
    grid.ledger()
    assert volumes(hours_by_line(grid, line)[line]) == {hour: volume_thousandths(line, hour) for hour in HOURS}
    assert letters_of(grid, station=OURS) == []


def test_foreign_and_absent_stations_are_dead_letters_alike(grid: System) -> None:
    """Every hour of them is one, with the same words, and the original is kept; the gateway's own goes on."""
    told = {
        name: of_hours(PLAN, THEIRS, HOURS, "G2").replace(THEIRS.encode(), name.encode())
        for name in (THEIRS, "GATE-NONE")
    }
    later = recent_hours(days=3)[6:8]
    grid.put([*told.items(), (OURS, of_hours(PLAN, OURS, later, "G3"))], TOPIC)
    until(lambda: len(letters_of(grid, station="GATE-NONE")) == 12, WITHIN_SECONDS, "the dead letters")
    assert grid.ledger()["difference"] == 0
    foreign, absent = (letters_of(grid, station=name) for name in told)
    assert {letter["reason"] for letter in foreign} == {"A9_STATION"}
    assert [place(letter) for letter in foreign] == list(range(12))
    alike = [{**letter, "message": letter["message"].replace("GATE-NONE", THEIRS)} for letter in absent]
    for name in ("reason", "position", "message", "by", "telegram"):
        assert [letter[name] for letter in alike] == [letter[name] for letter in foreign]
    assert not hours_by_line(grid, THEIRS)
    assert documents(grid, Collection.ORIGINALS, {"_id": foreign[0]["source"]})[0]["bytes"] == told[THEIRS]
    assert set(later) <= set(hours_by_line(grid, OURS)[PLAN.lines[OURS][0]])


def place(letter: dict[str, Any]) -> int:
    """Return the place of a dead letter in its record."""
    return int(letter["_id"].rpartition("/")[2])


def test_headers_and_keys_of_the_sender_count_for_nothing(grid: System) -> None:
    """Whoever writes ours into his message gains nothing by it; what is no telegram is a dead letter like any other."""
    forged = [
        (OWN_HEADER, THEIRS.encode()),
        (GATEWAY_HEADER, b"operator"),
        (CHUNK_HEADER, b"5f0c6a5e3d5b4a6f9a4f6c0b7d1e2f3a"),
    ]
    twice = f'{{"station": "{OURS}", {of_hours(PLAN, THEIRS, HOURS[:1], "G5").decode()[1:]}'.encode()
    bodies = [of_hours(PLAN, THEIRS, HOURS, "G4"), twice, b"\x00 no telegram", b"", b"x" * (5 * 1024 * 1024 + 1)]

    async def send() -> None:
        sender = producer(grid.servers.kafka_bootstrap)
        await sender.start()
        try:
            for body in bodies:
                await sender.send_and_wait(TOPIC, body, key=OURS.encode(), headers=forged)
        finally:
            await sender.stop()

    before = len(letters_of(grid))
    asyncio.run(send())
    until(lambda: len(letters_of(grid)) == before + 12 + 2 + 3, WITHIN_SECONDS, "a dead letter for each")
    assert grid.ledger()["difference"] == 0
    assert {letter["reason"] for letter in letters_of(grid, telegram={"$in": ["G4", "G5"]})} == {"A9_STATION"}
    assert not hours_by_line(grid, THEIRS)


def test_a_right_counts_from_the_moment_of_relaying(grid: System) -> None:
    """A station that is given to the gateway later is taken from then on; what was refused stays refused."""
    grid.put([(LATER, of_hours(PLAN, LATER, HOURS, "G6"))], TOPIC)
    until(lambda: len(letters_of(grid, station=LATER)) == 12, WITHIN_SECONDS, "the dead letters")
    enter(grid, GATEWAY, [OURS, LATER])

    def is_taken() -> bool:  # the register is looked at once a second
        grid.put([(LATER, of_hours(PLAN, LATER, HOURS, "G7"))], TOPIC)
        grid.ledger()
        return bool(hours_by_line(grid, LATER))

    until(is_taken, WITHIN_SECONDS, "a telegram of the station is taken")
    assert grid.ledger()["difference"] == 0


def test_a_gateway_that_cannot_have_a_topic_harms_no_other(grid: System) -> None:
    """A name that Kafka takes for another's, or that is a service's: told in the log; the next one has its topic."""
    enter(grid, GATEWAY.replace(".", "_"), [OURS])
    enter(grid, "ingest", [OURS])
    register_gateway(grid, "acme-gw-2", [OURS])
    assert gateway_topic("ingest").name not in topics(grid)
    assert gateway_topic(GATEWAY.replace(".", "_")).name not in topics(grid)


def test_no_tick_passes_what_waits_to_be_relayed(chain: System, grid: System) -> None:
    """All of `telemetry` is read, and a telegram stands in the gateway's topic: no time has passed for its hours."""
    grid.ledger()
    chain.services["ingest"].process.stop()
    grid.put([(OURS, of_hours(PLAN, OURS, recent_hours(days=3)[8:9], "G8"))], TOPIC)
    written: list[int] = []

    async def write(until_ms: int) -> None:
        written.append(until_ms)

    async def look(while_away: int) -> None:
        seen = watcher(grid.servers.kafka_bootstrap, "gastrack-ingest")
        await seen.start()
        try:
            ticks = Ticks(seen, 0.0, lambda: True, write)
            for _ in range(while_away):
                await ticks.look()
            assert written == []
            assert await waiting_without_the_store(grid) == 1
            chain.revive("ingest")  # in this thread, with which it would end
            async with asyncio.timeout(WITHIN_SECONDS):
                while not written:
                    await ticks.look()
            relayed = await seen.committed(RELAY_GROUP)
            assert all(relayed[at] >= end for at, end in (await seen.ends(TOPIC)).items())
        finally:
            await seen.stop()

    asyncio.run(look(while_away=5))
    grid.ledger()
    assert recent_hours(days=3)[8] in hours_by_line(grid, OURS)[PLAN.lines[OURS][0]]


async def waiting_without_the_store(system: System) -> float:
    """Return how many messages a relay says wait that cannot ask who the gateways are."""

    async def away(*_: str) -> Any:
        raise AutoReconnect("away")

    bootstrap, told = system.servers.kafka_bootstrap, metrics.RELAY_WAITING._value
    clients = consumer(bootstrap, None, reset="none"), watcher(bootstrap, RELAY_GROUP)
    transactions = partial(Transactions, bootstrap, RELAY_TRANSACTIONS)
    ending = asyncio.Event()  # else it would ask on and on
    relay = Relay(clients, transactions, (away, away), lambda: not ending.is_set(), Health())
    told.set(0)
    await relay.start()
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            while not told.get():  # noqa: ASYNC110 - the relay tells a metric, which wakes nobody
                await asyncio.sleep(ASK_SECONDS)
        return float(told.get())
    finally:
        ending.set()
        await relay.stop()


def test_what_is_small_only_while_it_is_compressed_is_refused_by_the_broker(grid: System) -> None:
    """20 MB of zeros are 2 kB of zstd: they never come to where ingest would unpack them."""

    async def send() -> None:
        sender = AIOKafkaProducer(
            bootstrap_servers=grid.servers.kafka_bootstrap, compression_type="zstd", max_request_size=64 * 1024 * 1024
        )
        await sender.start()
        try:
            with pytest.raises(KafkaError, match="MessageSizeTooLarge"):
                await sender.send_and_wait(TOPIC, bytes(20 * 1024 * 1024))
        finally:
            await sender.stop()

    asyncio.run(send())
