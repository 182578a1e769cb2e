"""Gateways of others, as tests register them and let them send."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace

from services.ingest.relay import RELAY_GROUP
from services.ingest.source_record import GATEWAY_HEADER
from shared.access.caller import Caller
from shared.access.roles import Role
from shared.events.topics import GATEWAY_PREFIX, TELEMETRY, gateway_topic
from shared.runtime.kafka import TopicPartition, consumer, position_of, watcher
from shared.runtime.mongo import Database, synchronous
from tests import registered
from tests.pipeline.running import ROOT, System, until

RELAYED_WITHIN_SECONDS = 180.0
"""A dead relay's successor is known after 10 s; a broker that was killed answers anew after some more."""
MADE_WITHIN_SECONDS = 60.0
"""Gateways are looked for every 2 s, by the process that reads `operations`; the group may still be sharing out."""


def gateway(name: str, stations: Iterable[str]) -> Caller:
    """Return a gateway as the door knows it."""
    return Caller(name, frozenset({Role.GATEWAY}), "ACME", stations=frozenset(stations))


def register_gateway(system: System, name: str, stations: Iterable[str]) -> None:
    """Write a gateway into the access register, and wait for its topic."""
    enter(system, name, stations)
    until(lambda: gateway_topic(name).name in topics(system), MADE_WITHIN_SECONDS, f"the topic of {name}")


def enter(system: System, name: str, stations: Iterable[str]) -> None:
    """Write a gateway into the access register."""
    client = replace(registered.a_client(name, role=Role.GATEWAY), stations=frozenset(stations))

    async def write(database: Database) -> None:
        await asyncio.to_thread(registered.put, synchronous(database), registered.a_company(), client)

    system.store(write)


def topics(system: System) -> list[str]:
    """Return the topics of gateways that are there."""

    async def ask() -> list[str]:
        seen = watcher(system.servers.kafka_bootstrap, "gastrack-tests")
        await seen.start()
        try:
            return await seen.topics(GATEWAY_PREFIX)
        finally:
            await seen.stop()

    return asyncio.run(ask())


def die_in_the_middle(system: System) -> None:
    """Let a relay take what waits, write it, and be killed before it says so: its transaction stays open."""
    command = [sys.executable, "-m", "tests.pipeline.dying_relay"]
    environment = {**os.environ, **system.environment}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == -9, f"{done.returncode}: {done.stdout}{done.stderr}"


def wait_for_relay(system: System) -> None:
    """Wait until all that stands in the gateways' topics is passed on: what is not has not been received, either."""

    async def is_done() -> bool:
        seen = watcher(system.servers.kafka_bootstrap, RELAY_GROUP)
        await seen.start()
        try:
            committed, ends = await seen.committed(), await seen.ends(*await seen.topics(GATEWAY_PREFIX))
        finally:
            await seen.stop()
        return all(committed.get(place, 0) >= end for place, end in ends.items())

    until(lambda: asyncio.run(is_done()), RELAYED_WITHIN_SECONDS, "the relay at the end of the gateways' topics")


def assert_relayed_once(system: System) -> int:
    """Check that what stands in the gateways' topics stands in `telemetry` once; return how many."""
    sent, relayed = asyncio.run(_sent_and_relayed(system))
    counts = {gateway: (len(sent[gateway]), len(relayed[gateway])) for gateway in sent}
    assert all(once == again for once, again in counts.values()), f"sent, relayed: {counts}"
    for gateway, bodies in sent.items():
        assert sorted(relayed[gateway]) == sorted(bodies)
    return sum(map(len, sent.values()))


async def _sent_and_relayed(system: System) -> tuple[dict[str, list[bytes]], dict[str, list[bytes]]]:
    seen = watcher(system.servers.kafka_bootstrap, "gastrack-tests")
    await seen.start()
    try:
        names = await seen.topics(GATEWAY_PREFIX)
        own, telemetry = await seen.ends(*names), await seen.ends(TELEMETRY.name)
    finally:
        await seen.stop()
    sent: dict[str, list[bytes]] = {name.removeprefix(GATEWAY_PREFIX): [] for name in names}
    relayed: dict[str, list[bytes]] = {gateway: [] for gateway in sent}
    for topic, body, _ in await _all(system, own):
        sent[topic.removeprefix(GATEWAY_PREFIX)].append(body)
    for _, body, headers in await _all(system, telemetry):
        if GATEWAY_HEADER in headers:
            relayed[headers[GATEWAY_HEADER].decode()].append(body)
    return sent, relayed


async def _all(system: System, ends: dict[TopicPartition, int]) -> list[tuple[str, bytes, dict[str, bytes]]]:
    """Return topic, body and headers of everything that stands there for good, up to these ends."""
    found = []
    reader = consumer(system.servers.kafka_bootstrap, None)
    await reader.start()
    try:
        reader.assign(list(ends))
        await reader.seek_to_beginning()
        while [place for place, end in ends.items() if (await position_of(reader, place) or 0) < end]:
            for records in (await reader.getmany(timeout_ms=500)).values():
                found += [(record.topic, record.value, dict(record.headers)) for record in records]
    finally:
        await reader.stop()
    return found
