"""One MongoDB for all scenarios, with one database that is emptied for each: making collections costs half a second."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from deploy.local.mongod import Mongod
from deploy.local.ports import free_ports
from shared.runtime.mongo import Database, connect
from shared.store.documents import ensure_collections


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where MongoDB is: the one that the environment names, else one of our own."""
    elsewhere = os.environ.get("GASTRACK_MONGO_URI")
    if elsewhere:
        yield elsewhere
        return
    folder = tmp_path_factory.mktemp("scenarios")
    mongod = Mongod(folder / "mongodb", folder / "mongod.log", free_ports(1)[0])
    mongod.start()
    try:
        mongod.wait_ready()
        yield mongod.uri
    finally:
        mongod.process.stop()


@pytest.fixture(scope="session")
def database_name(mongo_uri: str) -> Iterator[str]:
    """Return the name of a database that has all collections."""
    name = f"scenarios-{uuid4().hex}"
    asyncio.run(_made(mongo_uri, name))
    yield name
    asyncio.run(_dropped(mongo_uri, name))


async def _made(uri: str, name: str) -> None:
    database = connect(uri, name)
    await ensure_collections(database)
    database.client.close()


async def _dropped(uri: str, name: str) -> None:
    database = connect(uri, name)
    await database.client.drop_database(name)
    database.client.close()


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """Return the database, with a client of the test's own."""
    made = connect(mongo_uri, database_name)
    yield made
    made.client.close()
