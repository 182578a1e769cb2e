"""The three services in this process over one store; a header of the request says which client asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import Scope

from deploy.local.servers import Servers
from services.export.wiring import application as export_application
from services.ingest.handlers import Doors
from services.ingest.wiring import application as ingest_application
from services.query.feed import events
from services.query.wiring import application as query_application
from shared.access.caller import Caller
from shared.runtime.kafka import AIOKafkaProducer, KafkaError
from shared.runtime.mongo import Database, SyncDatabase, connect, connect_sync
from tests.integration.query.clients import client_of
from tests.integration.rights.grid import EVERYBODY, NOW, stored

WHO = "x-who"


async def as_the_header_says(scope: Scope) -> Caller:
    """Let in whom a request names."""
    return EVERYBODY[Headers(scope=scope)[WHO]]


class BrokerAway:
    """A broker that does not answer: what a door looks at before it appends is looked at all the same."""

    async def send_and_wait(self, *_: object, **__: object) -> None:
        """Take nothing.

        Raises:
            KafkaError: always.
        """
        raise KafkaError


@pytest.fixture(scope="package")
def grid(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """A store with own and foreign lines."""
    made = connect_sync(stack.mongo_uri, f"rights-{uuid4().hex}")
    stored(made)
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def store(stack: Servers, grid: SyncDatabase[dict[str, Any]]) -> AsyncIterator[Database]:
    """The same store, for what runs in the event loop."""
    made = connect(stack.mongo_uri, grid.name)
    yield made
    made.client.close()


@pytest.fixture
def apps(store: Database, monkeypatch: pytest.MonkeyPatch) -> dict[str, FastAPI]:
    """The applications of the three services that have a face; streams of the feed end at once."""
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.001)
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.001)
    doors = Doors(cast("AIOKafkaProducer", BrokerAway()), store, 4)
    return {
        "query": query_application(store, as_the_header_says, lambda: NOW),
        "export": export_application(store, as_the_header_says, lambda: NOW, most_open_exports=1_000_000),
        "ingest": ingest_application(doors, as_the_header_says, 0.1),
    }


@pytest.fixture
async def clients(apps: dict[str, FastAPI]) -> AsyncIterator[dict[str, httpx2.AsyncClient]]:
    """A client of each service, by its name."""
    made = {name: client_of(app) for name, app in apps.items()}
    yield made
    for one in made.values():
        await one.aclose()
