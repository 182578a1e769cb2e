"""Streams whose reader takes nothing, whose store is away, or says what never passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError
from starlette.types import Message, Scope

from services.query.feed import events, streams
from services.query.feed.change_rows import Sight
from services.query.feed.cursor import from_now
from services.query.feed.streams import EventStream, Streams
from shared.access.caller import demo_caller
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError
from shared.store.changes import Head, Heads, Place

NO_STORE = cast("Database", None)
"""These streams ask none."""
SCOPE: Scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
NOTHING = Heads()


async def nothing_comes() -> Message:
    """Receive as long as a reader says nothing."""
    await asyncio.Event().wait()
    raise AssertionError


async def endless() -> AsyncIterator[bytes]:
    """Yield events without end."""
    while True:
        yield b"data: 1\n\n"


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look at the store find nothing."""

    async def found(_: Database) -> Heads:
        return NOTHING

    monkeypatch.setattr(streams, "heads", found)


@pytest.mark.usefixtures("calm")
async def test_a_reader_who_takes_nothing_loses_his_place() -> None:
    """His stream is cut off; what it held is free."""
    sent: list[Message] = []

    async def stuck(message: Message) -> None:
        sent.append(message)
        if len(sent) > 1:
            await asyncio.Event().wait()

    open_streams = Streams(NO_STORE)
    await EventStream(open_streams, endless(), "anna", slow_seconds=0.01)(SCOPE, nothing_comes, stuck)
    assert (open_streams.count, len(sent)) == (0, 2)


@pytest.mark.usefixtures("calm")
async def test_whoever_comes_too_late_finds_no_room() -> None:
    """The last place was taken between his question and his answer."""
    open_streams = Streams(NO_STORE, most=1)
    with open_streams.listening("anna"), pytest.raises(ProblemError, match="TOO_MANY_STREAMS"):
        await EventStream(open_streams, endless(), "bart")(SCOPE, nothing_comes, cast("Any", None))
    await open_streams.stop()
    with pytest.raises(ProblemError):
        await open_streams.begin("anna")


@pytest.mark.usefixtures("calm")
async def test_nobody_takes_the_places_of_all_others() -> None:
    """One client has some; another finds room beside him, and he again once one of his has ended."""
    open_streams = Streams(NO_STORE, most_each=1)
    with open_streams.listening("anna"):
        with pytest.raises(ProblemError, match="TOO_MANY_STREAMS"):
            await open_streams.begin("anna")
        assert await open_streams.begin("bart") == NOTHING
    assert await open_streams.begin("anna") == NOTHING


@pytest.mark.parametrize(
    ("fault", "passes"), [(ConnectionFailure("away"), True), (OperationFailure("no such command"), False)]
)
async def test_a_store_that_is_away_is_looked_for_again(
    fault: PyMongoError, *, passes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not pass by itself ends the service, and is not swallowed."""
    looks = 0

    async def failing(_: Database) -> Heads:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise fault
        return Heads(0, ((0, Head(Place(1), 5, Place(1))),))

    monkeypatch.setattr(streams, "heads", failing)
    open_streams = Streams(NO_STORE, look_seconds=0.0)
    with open_streams.listening("anna"):
        if passes:
            assert (await open_streams.news(NOTHING, 5.0)).of
        else:
            with pytest.raises(OperationFailure):
                await open_streams.ended()
    await open_streams.stop()


@pytest.mark.parametrize(
    ("fault", "passes"), [(ConnectionFailure("away"), True), (OperationFailure("no such command"), False)]
)
async def test_a_stream_ends_when_the_store_goes_away(
    fault: PyMongoError, *, passes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reader comes again by himself, with the id that he has; a defect is one."""

    async def failing(*_: object) -> None:
        raise fault

    monkeypatch.setattr(events, "page", failing)
    cursor = from_now(NOTHING, int(datetime.now(UTC).timestamp() * 1000))
    told = events.events(Streams(NO_STORE), Sight(demo_caller("demo")), cursor, NOTHING, lambda _: None)
    assert (await anext(told)).startswith(b"retry: ")
    if passes:
        assert [block async for block in told] == []
    else:
        with pytest.raises(OperationFailure):
            await anext(told)
