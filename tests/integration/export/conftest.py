"""A database with a line, the HTTP face over it for two callers, and workers in this process or in one of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from deploy.local.servers import Servers
from deploy.local.services import Service, common_environment, five_services
from services.export.jobs.attempt import Workshop
from services.export.jobs.sweeping import Sweeper
from services.export.jobs.worker import JobWorker
from services.export.wiring import application
from shared.domain import gas_time
from shared.runtime.door import open_door
from shared.runtime.mongo import Database, SyncDatabase, connect, connect_sync
from shared.store.results import GridResults
from tests.callers import everybody_may
from tests.integration.query.clients import client_of
from tests.integration.query.stored_lines import a_line, plausible_hours, register, store_hours

NOW = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)
FIRST = date(2026, 10, 1)
ORDER = {"line": ["BE-0042-A"], "from": "2026-10-01", "to": "2026-11-01"}
MANY = tuple(f"MANY-{number:03d}" for number in range(20))
"""Lines without hours: 26,304 missing ones each in three years; a long export that costs no time to store."""


@pytest.fixture(scope="module")
def stored(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """Line BE-0042-A with its hours of October and November, and many lines without any."""
    made = connect_sync(stack.mongo_uri, f"export-{uuid4().hex}")
    register(made, a_line(first=FIRST), *(a_line(name) for name in MANY))
    hours = range(gas_time.hours_of_day(FIRST).start, int(NOW.timestamp()) // 3600)
    store_hours(made, "BE-0042-A", hours.start, plausible_hours(hours))
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def database(stack: Servers, stored: SyncDatabase[dict[str, Any]]) -> AsyncIterator[Database]:
    """The database, without jobs of another test."""
    for name in ("export_jobs", "export_results.files", "export_results.chunks"):
        stored[name].delete_many({})
    made = connect(stack.mongo_uri, stored.name)
    await Sweeper(Workshop(made, GridResults(made), everybody_may)).start()
    yield made
    made.client.close()


@pytest.fixture
async def export(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the export service."""
    async with client_of(application(database, open_door("anna"), lambda: NOW)) as client:
        yield client


@pytest.fixture
async def other(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client who is somebody else."""
    async with client_of(application(database, open_door("bart"), lambda: NOW)) as client:
        yield client


@pytest.fixture
def shop(database: Database) -> Workshop:
    """What workers need."""
    return Workshop(database, GridResults(database), everybody_may)


@pytest.fixture
def worker(shop: Workshop) -> JobWorker:
    """A worker in this process; `work_on_next` lets it work on one job."""
    return JobWorker(shop)


@pytest.fixture
def processes(stack: Servers, stored: SyncDatabase[dict[str, Any]], tmp_path: Path) -> Iterator[list[Service]]:
    """Two processes of the service on this database, not started; a worker is dead after two seconds of silence."""
    told = {
        **common_environment(stack.kafka_bootstrap, stack.mongo_uri),
        "GASTRACK_MONGO_DATABASE": stored.name,
        "GASTRACK_EXPORT_LEASE_SECONDS": "2",
    }
    made = [five_services(told, tmp_path / name)["export"] for name in ("first", "second")]
    yield made
    for service in made:
        if service.process.running:
            service.process.stop()


async def ordered(client: httpx2.AsyncClient, **more: Any) -> str:
    """Order an export; return its id."""
    given = await client.post("/v1/exports", json={**ORDER, **more})
    assert given.status_code == 202, given.text
    job: str = given.json()["id"]
    return job


async def seen(client: httpx2.AsyncClient, job: str) -> dict[str, Any]:
    """Return how an export is told."""
    given = await client.get(f"/v1/exports/{job}")
    assert given.status_code == 200, given.text
    told: dict[str, Any] = given.json()
    return told
