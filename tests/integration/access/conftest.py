"""An access register in a database of its own, and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.servers import Servers
from shared.runtime.mongo import Database, SyncDatabase, connect, connect_sync, synchronous
from shared.store.access.register import ClientRegister
from shared.store.documents import Collection, ensure_collections
from tests.integration.access.site import Site
from tests.registered import NOW

EMPTIED = (
    *(Collection.COMPANIES, Collection.CLIENTS, Collection.PERSONS, Collection.RIGHTS, Collection.APPLICATIONS),
    *(Collection.ACCESS_EVENTS, Collection.ACCESS_HEAD, Collection.TOPOLOGY, Collection.TOPOLOGY_VERSIONS),
)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        """Return its time."""
        return self.moment

    def pass_by(self, **told: float) -> None:
        """Let time pass: seconds, hours, days."""
        self.moment += timedelta(**told)


@pytest.fixture
def clock() -> Clock:
    """The clock of the test."""
    return Clock()


@pytest.fixture(scope="package")
def name(stack: Servers) -> Iterator[str]:
    """The name of a database with all collections: to make them takes longer than a test."""
    made = f"access-{uuid4().hex}"

    async def prepare() -> None:
        database = connect(stack.mongo_uri, made)
        await ensure_collections(database)
        database.client.close()

    asyncio.run(prepare())
    yield made
    with connect_sync(stack.mongo_uri, made).client as client:
        client.drop_database(made)


@pytest.fixture
async def database(stack: Servers, name: str) -> AsyncIterator[Database]:
    """The database, empty."""
    made = connect(stack.mongo_uri, name)
    for collection in EMPTIED:
        await made[collection].delete_many({})
    yield made
    made.client.close()


@pytest.fixture
def store(database: Database) -> SyncDatabase[dict[str, Any]]:
    """The same database, for tests that write straight into it."""
    return synchronous(database)


@pytest.fixture
def register(database: Database, clock: Clock) -> ClientRegister:
    """The clients of this database, by the clock of the test."""
    return ClientRegister(database, clock)


@pytest.fixture
async def site(database: Database, register: ClientRegister, clock: Clock) -> AsyncIterator[Site]:
    """The pages over this database."""
    made = Site(database, register, clock)
    async with made.client:
        yield made
