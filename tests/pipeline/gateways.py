"""Gateways of others, as tests register them and let them send."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from shared.access.caller import Caller
from shared.access.roles import Role
from shared.events.topics import gateway_topic
from shared.runtime.kafka import watcher
from shared.runtime.mongo import Database, synchronous
from tests import registered
from tests.pipeline.running import System, until

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
            return await seen.topics("telemetry.")
        finally:
            await seen.stop()

    return asyncio.run(ask())
