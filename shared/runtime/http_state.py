"""What a route may ask for: who asks, the database and the clock, as wiring put them there; alike in each service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from shared.access.caller import Caller, demo_caller
from shared.runtime.mongo import Database

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time of the clock: read here, in no rule."""
    return datetime.now(UTC)


def act_as(app: FastAPI, identity: str) -> None:
    """Let everybody act as `identity`, until access is built."""
    app.state.caller = demo_caller(identity)


def read_from(app: FastAPI, database: Database, now: Clock) -> None:
    """Give the routes a database, and the clock that says which hours have ended."""
    app.state.database, app.state.now = database, now


def caller_of(request: Request) -> Caller:
    """Return who asks."""
    caller: Caller = request.app.state.caller
    return caller


def database_of(request: Request) -> Database:
    """Return the database that wiring connected."""
    database: Database = request.app.state.database
    return database


def now_of(request: Request) -> datetime:
    """Return the time of the clock, read once a request."""
    now: datetime = request.app.state.now()
    return now


CallerAsking = Annotated[Caller, Depends(caller_of)]
Store = Annotated[Database, Depends(database_of)]
Now = Annotated[datetime, Depends(now_of)]
