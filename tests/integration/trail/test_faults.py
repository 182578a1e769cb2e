"""What fails, and what the trail says then: who chains is killed, the broker is away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.servers import Servers
from services.export.wiring import application as export_application
from services.query.wiring import application as query_application
from shared.domain import gas_time
from shared.events.topics import ACCESS_READ
from shared.runtime.door import open_door
from shared.runtime.mongo import connect, connect_sync
from shared.runtime.trail import Trail
from shared.store.documents import Collection
from shared.store.trail_verification import verify_trail
from tests.integration.query.clients import client_of
from tests.integration.query.stored_lines import a_line, plausible_hours, reach, register, store_hours
from tests.integration.trail.conftest import AClock, Trailing, eventually, reading
from tests.integration.trail.killing import killed

FIRST = date(2026, 10, 1)
ROOM = 20
"""Names that may wait: ten readings of one line."""


async def test_nothing_is_lost_or_doubled_when_who_chains_is_killed(killable: Servers, tmp_path: Path) -> None:
    """Twice in the middle of it: every reading is there once, and the chains are unbroken."""
    assert await killed(killable, tmp_path, kills=2) > 300


async def test_who_was_overtaken_goes_on_where_the_chain_is(
    trailing: Trailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paused for too long, or never told that it was written: it is read anew, and the process lives."""

    def died(code: int) -> None:
        raise AssertionError(code)

    monkeypatch.setattr("os._exit", died)
    await trailing.trail.tell_for_good(reading("anna"))
    async with trailing.chaining():
        await trailing.until_chained(1)
        overtaken = {"$inc": {"offset": 1}}  # as another does who has read the next message, and had nothing to add
        await trailing.database[Collection.ACCESS_HEADS].update_one({"number": 1}, overtaken)
        await trailing.trail.tell_for_good(reading("bart"))
        await trailing.trail.tell_for_good(reading("carl"))
        await trailing.until_chained(2)
    assert [one["entry"]["client"] for one in await trailing.entries()] == ["anna", "carl"]
    assert (await verify_trail(trailing.database)).broken == []


@pytest.fixture(scope="module")
def killable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A MongoDB and a Kafka of this module's own; who kills one starts it again."""
    servers = Servers(tmp_path_factory.mktemp("trail"))
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture
async def away(killable: Servers) -> AsyncIterator[Trailing]:
    """A trail with little room, over servers that may be killed, and a line with the hours of a gas day."""
    name = f"away-{uuid4().hex}"
    made = connect_sync(killable.mongo_uri, name)
    register(made, a_line(first=FIRST))
    store_hours(made, "BE-0042-A", gas_time.hours_of_day(FIRST).start, plausible_hours(gas_time.hours_of_day(FIRST)))
    reach(made, gas_time.hours_of_day(FIRST).stop * 3_600_000)
    made.client.close()
    database = connect(killable.mongo_uri, name)
    topic = replace(ACCESS_READ, name="access.read.away")
    trail = Trail(killable.kafka_bootstrap, ROOM, acknowledged_within=1.0, topic=topic)
    await trail.start()
    yield Trailing(killable, database, topic, trail, AClock())
    await trail.stop()
    database.client.close()


def asked_of(number: int) -> dict[str, Any]:
    """Return a question that nobody asked before."""
    first = FIRST + timedelta(days=number)
    return {"from": str(first), "to": str(first + timedelta(days=1))}


async def test_where_the_broker_is_away_reads_go_on_until_there_is_no_room(away: Trailing) -> None:
    """Then nobody reads unseen, files least of all; once it is back all go on, and what was read is in the trail."""
    query = query_application(away.database, open_door("anna"), trail=away.trail)
    export = export_application(away.database, open_door("anna"), trail=away.trail)
    path, kafka = "/v1/lines/BE-0042-A/measurements", away.stack.kafka
    assert kafka is not None
    async with client_of(query) as client, client_of(export) as files:
        file = {"line": "BE-0042-A", "view": "month", "from": "2026-10", "to": "2026-11"}

        async def is_there() -> bool:
            return (await files.get("/v1/download", params=file)).status_code == 200

        await eventually(is_there, "the topic is made")
        kafka.process.kill()
        answers = [await client.get(path, params=asked_of(number)) for number in range(15)]
        statuses = [answer.status_code for answer in answers]
        assert statuses == [200] * (ROOM // 2) + [503] * (15 - ROOM // 2)
        assert answers[-1].json()["issues"][0]["code"] == "TRAIL_AWAY"
        assert (await client.get("/v1/lines")).status_code == 200
        refused = await files.get("/v1/download", params=file)
        assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
        kafka.start()
        kafka.wait_ready()

        async def is_back() -> bool:
            return (await client.get(path, params=asked_of(16))).status_code == 200

        await eventually(is_back, "readers read again")
        assert (await files.get("/v1/download", params=file)).status_code == 200
    async with away.chaining():
        await away.until_chained(2 + ROOM // 2 + 1)
    told = [(one["entry"]["first"], one["entry"]["what"]) for one in await away.entries()]
    assert sorted(first for first, what in told if what == "measurements")[:10] == [
        asked_of(number)["from"] for number in range(10)
    ]
    assert (await verify_trail(away.database)).broken == []
