"""MongoDB with no room left: what it refuses passes by itself, and work that waits goes on once there is room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import InsertOne

from deploy.local.mongod import Mongod
from deploy.local.ports import free_ports
from shared.runtime.health import Health
from shared.runtime.metrics import CATALOGUE
from shared.runtime.mongo import (
    ClientSession,
    Database,
    PyMongoError,
    SyncDatabase,
    connect,
    create_collection,
    in_transaction,
    is_passing,
)
from shared.runtime.persistently import persistently
from shared.store.disk import room
from tests.pipeline.small_disk import SmallDisk, small_disk

DISK_MIB = 100
GOES_ON_WITHIN_SECONDS = 30.0
"""MongoDB without room ends itself at its next checkpoint, a minute after its start."""


def _write_many(database: SyncDatabase[dict[str, Any]], session: ClientSession) -> None:
    database["whole"].bulk_write([InsertOne({})], session=session)


Work = Callable[[Database], Awaitable[Any]]
REFUSED: dict[str, Work] = {
    "a collection": lambda store: create_collection(store, "new"),
    "its first document": lambda store: store["first"].insert_one({}),
    "many documents": lambda store: store["many"].bulk_write([InsertOne({}), InsertOne({})]),
    "a transaction": lambda store: in_transaction(store, _write_many),
    "an index": lambda store: store["old"].create_index("name"),
}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk; skips where none can be had."""
    with small_disk(tmp_path / "mongodb", DISK_MIB) as made:
        yield made


@pytest.fixture
async def full(disk: SmallDisk, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one collection, on a disk that has just become full; two seconds."""
    mongod = Mongod(disk.folder, tmp_path / "mongod.log", free_ports(1)[0])
    try:
        mongod.start()
        await asyncio.to_thread(mongod.wait_ready)
        database = connect(mongod.uri, "full")
        await database["old"].insert_one({})
        disk.fill()
        yield database
        database.client.close()
    finally:
        mongod.process.kill()  # without room it cannot end in peace


def faults() -> float:
    """Return how often work has been put off in this process because of the store."""
    return CATALOGUE.get_sample_value("gastrack_server_faults_total", {"server": "store"}) or 0.0


async def test_work_waits_for_room(full: Database, disk: SmallDisk) -> None:
    """It says that it is full; what it refuses passes; a worker tells that it waits, and goes on with room."""
    short = await room(full)
    assert short is not None
    assert (short.is_short, short.used) == (True, 1.0)
    for what, work in REFUSED.items():
        with pytest.raises(PyMongoError, match="No space left on device") as refused:
            await work(full)
        assert is_passing(refused.value), what
    health, before = Health(), faults()
    async with asyncio.timeout(GOES_ON_WITHIN_SECONDS):
        working = asyncio.create_task(persistently(lambda: full["kept"].insert_one({}), "a test", health))
        while faults() < before + 2:  # noqa: ASYNC110 - a counter tells nobody
            await asyncio.sleep(0.05)
        assert health.is_live()
        assert not working.done()
        disk.enlarge()
        await working
    assert await full["kept"].count_documents({}) == 1
