"""A query service that is killed while many read: what is in the trail in the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from deploy.local.servers import Servers
from deploy.local.services import Service, common_environment, five_services
from shared.runtime.mongo import Database, connect
from shared.runtime.trail import Trail
from shared.store.documents import Collection
from shared.store.trail_verification import verify_trail
from tests.integration.trail.conftest import eventually, reading

EVERY_SECONDS = 0.005
COMPANIES = ("ACME", "BETA", "GAMMA", "DELTA")
RECOVERED_WITHIN_SECONDS = 90.0
"""Session timeout 10 s, transaction of a dead writer 5 s, backoff and rejoining; the machine may be busy."""


class Crowd:
    """Readers, each of whom reads once."""

    def __init__(self, trail: Trail) -> None:
        self._trail, self.told = trail, 0

    async def read(self) -> None:
        """Read on and on."""
        while True:
            self._trail.tell(reading(f"reader-{self.told:06d}", COMPANIES[self.told % len(COMPANIES)]))
            self.told += 1
            await asyncio.sleep(EVERY_SECONDS)


async def killed(servers: Servers, folder: Path, kills: int) -> int:
    """Kill the consumer so many times while it chains; return how many read, each of whom is in the trail once."""
    database = connect(servers.mongo_uri, f"killed-{uuid4().hex}")
    told = {**common_environment(servers.kafka_bootstrap, servers.mongo_uri)}
    service = five_services({**told, "GASTRACK_MONGO_DATABASE": database.name}, folder)["query"]
    trail = Trail(servers.kafka_bootstrap)
    await trail.start()
    crowd = Crowd(trail)
    reading_on = asyncio.create_task(crowd.read())
    try:
        for _ in range(kills):
            await _chains_for_a_while(service, database)
            await asyncio.to_thread(service.process.kill)
        await _chains_for_a_while(service, database)
        reading_on.cancel()
        with suppress(asyncio.CancelledError):
            await reading_on
        await trail.stop()
        await _all_are_there(database, crowd.told)
    finally:
        reading_on.cancel()
        if service.process.running:
            await asyncio.to_thread(service.process.stop)
        database.client.close()
    return crowd.told


async def _chains_for_a_while(service: Service, database: Database) -> None:
    """Start the service and wait until it has added to the chains several times."""
    before = await database[Collection.ACCESS_LOG].count_documents({})
    await asyncio.to_thread(service.start)

    async def goes_on() -> bool:
        return await database[Collection.ACCESS_LOG].count_documents({}) > before + 100

    await eventually(goes_on, "the chains grow", RECOVERED_WITHIN_SECONDS)


async def _all_are_there(database: Database, count: int) -> None:
    async def are_there() -> bool:
        return await database[Collection.ACCESS_LOG].count_documents({}) >= count

    await eventually(are_there, f"{count} readings are chained", RECOVERED_WITHIN_SECONDS)
    log = database[Collection.ACCESS_LOG].find({}, {"entry": 1})
    found = Counter([one["entry"]["client"] async for one in log for _ in range(one["entry"]["times"])])
    assert found == Counter(f"reader-{number:06d}" for number in range(count))
    assert (await verify_trail(database)).broken == []
