"""A database of the module's own with a seeded line and the two HTTP faces over it; or one that the stages fill."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import httpx2
import numpy as np
import pytest

from deploy.local.servers import Servers
from services.export.wiring import application as export_application
from services.query.wiring import application as query_application
from shared.domain import gas_time
from shared.domain.reading import Quality, Validity
from shared.domain.topology import Composition, Node, Station
from shared.runtime.door import open_door
from shared.runtime.mongo import SyncDatabase, connect, connect_sync
from tests.integration.query.clients import client_of
from tests.integration.query.fed_store import database_of_a_module
from tests.integration.query.following import Following, followed
from tests.integration.query.stored_lines import a_line, plausible_hours, reach, register, store_hours

NOW = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)
FIRST = date(2026, 9, 1)
GAP = gas_time.hours_of_day(date(2026, 10, 10)).start
ESTIMATED = gas_time.hours_of_day(date(2026, 10, 11)).start


@pytest.fixture(scope="module")
def database(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """Line BE-0042-A with hours since September 2026: five missing, three estimated, October definitive."""
    made = connect_sync(stack.mongo_uri, f"query-{uuid4().hex}")
    line = a_line(first=FIRST)
    register(made, Station("BE-0042", "MOERBROEK Vaartdijk"), line, a_line("BE-0042-B", FIRST, '=glass & "works"'))
    register(made, Node("NODE-1", "Moerbroek", (Composition(FIRST, ()),)))
    hours = range(gas_time.hours_of_day(FIRST).start, int(NOW.timestamp()) // 3600)
    rows = plausible_hours(hours)
    rows["validity"][: gas_time.hours_of_day(date(2026, 11, 1)).start - hours.start] = Validity.DEFINITIVE
    rows[GAP - hours.start : GAP - hours.start + 5] = np.zeros(5, rows.dtype)
    rows["quality"][ESTIMATED - hours.start : ESTIMATED - hours.start + 3] = Quality.ESTIMATED
    store_hours(made, line.id, hours.start, rows)
    reach(made, int(NOW.timestamp() * 1000))
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def query(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the query service."""
    store = connect(stack.mongo_uri, database.name)
    async with client_of(query_application(store, open_door("demo"), lambda: NOW)) as client:
        yield client
    store.client.close()


@pytest.fixture
async def export(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the export service."""
    store = connect(stack.mongo_uri, database.name)
    async with client_of(export_application(store, open_door("demo"), lambda: NOW)) as client:
        yield client
    store.client.close()


@pytest.fixture(scope="module")
def database_name(stack: Servers) -> Iterator[str]:
    """A database for all tests of a module, which the stages fill."""
    with database_of_a_module(stack.mongo_uri) as name:
        yield name


@pytest.fixture
async def following(stack: Servers, database_name: str) -> AsyncIterator[Following]:
    """A store with all lines registered, and a client of the feed over it."""
    async with followed(stack.mongo_uri, database_name) as made:
        yield made
