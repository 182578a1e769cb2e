"""What a route may ask for: who asks, the database and the clock, as wiring put them there; alike in each service.

All are coroutines: FastAPI sends plain functions to a thread, which costs a request more than its answer from memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class AskingTo:
    """The dependency of routes that only callers with a role for a task may use."""

    task: Task

    async def __call__(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            ProblemError: 403, as `check_role` says.
        """
        caller = caller_of(request)
        check_role(caller, self.task)
        return caller


def check_role(caller: Caller, task: Task) -> None:
    """Refuse who has no role for a task, before anything is looked at: it says nothing of any line.

    Raises:
        ProblemError: 403, the same whatever was asked for.
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
Reading = Annotated[Caller, Depends(AskingTo(Task.READ))]
Downloading = Annotated[Caller, Depends(AskingTo(Task.DOWNLOAD))]
Delivering = Annotated[Caller, Depends(AskingTo(Task.DELIVER))]
Operating = Annotated[Caller, Depends(AskingTo(Task.OPERATE))]
Managing = Annotated[Caller, Depends(AskingTo(Task.MANAGE))]
Reviewing = Annotated[Caller, Depends(AskingTo(Task.REVIEW))]
Confirming = Annotated[Caller, Depends(AskingTo(Task.CONFIRM))]
Auditing = Annotated[Caller, Depends(AskingTo(Task.AUDIT))]
Store = Annotated[Database, Depends(database_of)]
Now = Annotated[datetime, Depends(now_of)]
