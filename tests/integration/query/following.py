"""A client of the change feed over a store that the stages fill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from fastapi import FastAPI

from services.query.wiring import application
from shared.runtime.door import open_door
from tests.integration.query.clients import client_of
from tests.integration.query.fed_store import (
    DAY,
    NOW,
    START,
    FedStore,
    fed_store,
)

Row = dict[str, Any]
HOURS = range(START, START + 12)


@dataclass(slots=True)
class Following:
    """A store that is followed by a client of the query service."""

    store: FedStore
    app: FastAPI
    client: httpx2.AsyncClient

    async def ask(self, link: str = "/v1/changes") -> tuple[list[Row], str, bool]:
        """Return rows, the next link and whether there is more."""
        answer = await self.client.get(link)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert list(told) == ["rows", "next", "more"]
        return told["rows"], told["next"], told["more"]

    async def all_behind(self, link: str) -> tuple[list[Row], str]:
        """Return everything that there is, page by page."""
        rows, more = [], True
        while more:
            page, link, more = await self.ask(link)
            rows += page
        return rows, link


def told(rows: list[Row], *names: str) -> list[tuple[Any, ...]]:
    """Return some of what rows say."""
    return [tuple(row.get(name) for name in names) for row in rows]


def day_of(count: int) -> str:
    """Return a gas day after the first one."""
    return (DAY + timedelta(days=count)).isoformat()


@asynccontextmanager
async def followed(uri: str, database_name: str) -> AsyncIterator[Following]:
    """Give a store with all lines registered, and a client."""
    async with fed_store(uri, database_name) as store:
        app = application(store.database, open_door("demo"), lambda: NOW)
        async with client_of(app) as client:
            yield Following(store, app, client)
