"""An access register in a database of its own, and its clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.servers import Servers
from shared.runtime.mongo import Database, SyncDatabase, connect, synchronous
from shared.store.access.register import ClientRegister
from shared.store.documents import ensure_collections
from tests.registered import NOW


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


@pytest.fixture
async def database(stack: Servers) -> AsyncIterator[Database]:
    """An empty database with all collections."""
    made = connect(stack.mongo_uri, f"access-{uuid4().hex}")
    await ensure_collections(made)
    yield made
    await made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
def store(database: Database) -> SyncDatabase[dict[str, Any]]:
    """The same database, for tests that write straight into it."""
    return synchronous(database)


@pytest.fixture
def register(database: Database, clock: Clock) -> ClientRegister:
    """The clients of this database, by the clock of the test."""
    return ClientRegister(database, clock)
