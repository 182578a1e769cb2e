"""A store that the two stages fill while it is followed: what a test appends to the line log is applied at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from services.aggregation.handlers import Aggregation
from services.validation.handlers import Validation
from shared.domain import gas_time
from shared.domain.reading import Readings, Source, empty_rows
from shared.events import line_log
from shared.events.line_log import DecisionAsked, Entry, Recorded, TopologyAsked
from shared.events.register_history import RegisterHistory
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database, connect, connect_sync
from shared.store.documents import Collection, ensure_collections
from tests.integration.pipeline.stages import Topic0, aggregation, caught_up, validation
from tests.pipeline.stations import plan

PLAN = plan("FEED", stations=2, lines=2)
FIRST, SECOND = PLAN.stations
"""A station of partition 0, and one of partition 1."""
(LINE, OTHER), (FAR, FARTHER) = PLAN.lines[FIRST], PLAN.lines[SECOND]
NODE = "FEED-NODE"
NOW = datetime.now(UTC)
KNOWN_MS = int(NOW.timestamp() * 1000) - 3_600_000
"""When the first record became known: an hour ago, so that nothing expires while it is tested."""
DAY = gas_time.gas_day(int(time.time()) // 3600 - 90 * 24).replace(day=28)
START = gas_time.hours_of_day(DAY).start


def readings(number: int, line: str, hours: Sequence[int], volume: int = 1_000) -> Recorded:
    """Return readings of a line, every hour a little more; `number` counts the telegrams of its station."""
    rows = empty_rows(len(hours))
    rows["hour"], rows["volume"], rows["place"] = list(hours), [volume + hour % 24 for hour in hours], range(len(hours))
    station = (FIRST, SECOND)[partition_of(line)]
    source = Source("telemetry", partition_of(line), number, f"{line}/{number}", station, KNOWN_MS + number)
    return Recorded(Readings(rows, [line], [source]))


def partition_of(line: str) -> int:
    """Return the partition that owns a line."""
    return 0 if line.startswith(FIRST) else 1


def registered(offset: int, **what: Any) -> TopologyAsked:
    """Return a change of the register at an offset of `operations`."""
    return TopologyAsked(offset, KNOWN_MS + offset, json.dumps({"reason": "a test", **what}).encode())


def decided(offset: int, **what: Any) -> DecisionAsked:
    """Return a decision at an offset of `operations`."""
    return DecisionAsked(offset, KNOWN_MS + offset, json.dumps({"reason": "a test", **what}).encode())


def of_all(offset: int = 0) -> TopologyAsked:
    """Return the change that makes all lines known, and a node of two of them."""
    document = json.loads(PLAN.document("2020-01-01"))
    lines = [{"line": line, "weight": 1} for line in (LINE, FAR)]
    return registered(
        offset,
        stations=document["stations"],
        lines=document["lines"],
        nodes=[{"id": NODE, "name": "A node", "from": "2021-01-01", "lines": lines}],
    )


@dataclass(slots=True)
class FedStore:
    """Two partitions of the line log, and what the stages make of them."""

    database: Database
    register: RegisterHistory = field(default_factory=lambda: RegisterHistory("nobody:1"))
    logs: dict[int, list[Record]] = field(default_factory=lambda: {0: [], 1: []})
    topics: dict[int, Topic0] = field(default_factory=lambda: {0: Topic0(), 1: Topic0()})
    count: int = 0
    judging: dict[int, Validation] = field(init=False)
    deciding: Aggregation = field(init=False)
    applied: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Begin the stages."""
        self.judging = {place: validation(self.database, topic, self.register) for place, topic in self.topics.items()}
        self.deciding = aggregation(self.database, self.register)
        self.applied = dict.fromkeys(self.topics, 0)

    async def judge(self, partition: int, *entries: Entry) -> None:
        """Append to the line log and let validation answer."""
        first, log = len(self.logs[partition]), self.logs[partition]
        for entry in entries:
            self.count += 1
            log.append(Record(len(log), KNOWN_MS + self.count, line_log.encode(entry)))
        await self.judging[partition].handle(partition, log[first:])

    async def apply(self, partition: int, batch: int = 1_000) -> None:
        """Let aggregation take what waits, some answers at a time, until nothing is left to be told again."""
        topic = self.topics[partition]
        while self.applied[partition] < len(topic.messages):
            records = topic.records(self.applied[partition], batch)
            await self.deciding.handle(partition, records)
            self.applied[partition] += len(records)
        await caught_up(self.deciding, partition)

    async def take(self, partition: int, *entries: Entry, batch: int = 1_000) -> None:
        """Append to the line log, and let both stages take it."""
        await self.judge(partition, *entries)
        await self.apply(partition, batch)

    async def take_everywhere(self, entry: Entry) -> None:
        """Append to every partition, as what concerns all of them."""
        for partition in self.logs:
            await self.take(partition, entry)


@asynccontextmanager
async def fed_store(uri: str, database_name: str) -> AsyncIterator[FedStore]:
    """Give a store with all lines registered and nothing else in it."""
    database = connect(uri, database_name)
    for collection in Collection:
        await database[collection].delete_many({})
    store = FedStore(database)
    await store.take_everywhere(of_all())
    try:
        yield store
    finally:
        database.client.close()


@contextmanager
def database_of_a_module(uri: str) -> Iterator[str]:
    """Give the name of a database for all tests of a module: to make its collections takes longer than a test."""
    name = f"fed-{uuid4().hex}"
    asyncio.run(_made(uri, name))
    yield name
    with connect_sync(uri, name).client as client:
        client.drop_database(name)


async def _made(uri: str, name: str) -> None:
    database = connect(uri, name)
    await ensure_collections(database)
    database.client.close()
