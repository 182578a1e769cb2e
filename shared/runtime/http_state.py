"""What a route may ask for: who asks, the database and the clock, as wiring put them there; alike in each service.

All are coroutines: FastAPI sends plain functions to a thread, which costs a request more than its answer from memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from shared.access.caller import Caller
from shared.access.roles import Task
from shared.runtime.door import CALLER
from shared.runtime.mongo import Database
from shared.runtime.problem import forbidden

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time of the clock: read here, in no rule."""
    return datetime.now(UTC)


def read_from(app: FastAPI, database: Database, now: Clock) -> None:
    """Give the routes a database, and the clock that says which hours have ended."""
    app.state.database, app.state.now = database, now


def caller_of(request: Request) -> Caller:
    """Return who asks, as the door found out."""
    caller: Caller = request.scope["state"][CALLER]
    return caller


async def caller_asking(request: Request) -> Caller:
    """Return who asks."""
    return caller_of(request)


def asking_to(task: Task) -> Callable[[Request], Awaitable[Caller]]:
    """Return the dependency of routes that only callers with a role for a task may use."""

    async def asking(request: Request) -> Caller:
        caller = caller_of(request)
        require(caller, task)
        return caller

    return asking


def require(caller: Caller, task: Task) -> None:
    """Refuse a caller none of whose roles lets him do something.

    Raises:
        ProblemError: 403, which says nothing of what is there.
    """
    if not caller.may(task):
        raise forbidden("ROLE", f"this needs a role that may {task.value}: ask your company's administrator")


async def database_of(request: Request) -> Database:
    """Return the database that wiring connected."""
    database: Database = request.app.state.database
    return database


async def now_of(request: Request) -> datetime:
    """Return the time of the clock, read once a request."""
    now: datetime = request.app.state.now()
    return now


CallerAsking = Annotated[Caller, Depends(caller_asking)]
Reading = Annotated[Caller, Depends(asking_to(Task.READ))]
Downloading = Annotated[Caller, Depends(asking_to(Task.DOWNLOAD))]
Delivering = Annotated[Caller, Depends(asking_to(Task.DELIVER))]
Operating = Annotated[Caller, Depends(asking_to(Task.OPERATE))]
Managing = Annotated[Caller, Depends(asking_to(Task.MANAGE))]
Reviewing = Annotated[Caller, Depends(asking_to(Task.REVIEW))]
Confirming = Annotated[Caller, Depends(asking_to(Task.CONFIRM))]
Auditing = Annotated[Caller, Depends(asking_to(Task.AUDIT))]
Store = Annotated[Database, Depends(database_of)]
Now = Annotated[datetime, Depends(now_of)]
