"""The stream of the change feed over a real server: new hours as they come, resumed exactly, ended cleanly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.servers import Servers
from services.query.feed import events
from services.query.feed.streams import Streams
from services.query.wiring import application
from shared.access.read import Read, What
from shared.runtime.door import open_door
from shared.runtime.http_face import HttpFace
from tests.integration.query.fed_store import (
    FAR,
    LINE,
    NOW,
    OTHER,
    START,
    FedStore,
    fed_store,
    readings,
)
from tests.remembered_reads import Remembering

DRAIN_SECONDS = 60.0
"""How long the server would wait for a stream that does not end: the tests' own patience is shorter."""
PATIENCE_SECONDS = 20.0
MOST = 2
Event = dict[str, str]


@dataclass(slots=True)
class Streaming:
    """A store that the stages fill, and a server of its change feed."""

    store: FedStore
    streams: Streams
    face: HttpFace
    client: httpx2.AsyncClient
    trail: Remembering

    @asynccontextmanager
    async def listen(self, query: str = "", last: str = "") -> AsyncIterator[AsyncIterator[Event]]:
        """Open a stream; give its events, signs of life among them."""
        headers = {"Last-Event-ID": last} if last else {}
        async with self.client.stream("GET", f"/v1/stream{query}", headers=headers) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield events_of(answer)

    async def until_open(self, count: int) -> None:
        """Wait until so many streams are open."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.streams.count != count:  # noqa: ASYNC110 - the server tells nobody that a reader is gone
                await asyncio.sleep(0.01)


async def events_of(answer: httpx2.Response) -> AsyncIterator[Event]:
    """Yield the blocks of a stream; a comment stands under ":"."""
    block: Event = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        else:
            yield block
            block = {}


async def rows_behind(told: AsyncIterator[Event]) -> tuple[list[dict[str, Any]], str]:
    """Return the rows of the next event that has some, and its id."""
    async for event in told:
        if "data" in event:
            assert event["event"] == "changes"
            return json.loads(event["data"])["rows"], event["id"]
    raise AssertionError("the stream ended")


@pytest.fixture
async def streaming(stack: Servers, database_name: str) -> AsyncIterator[Streaming]:
    """A store with all lines registered, and a server."""
    async with fed_store(stack.mongo_uri, database_name) as store:
        streams, trail = Streams(store.database, MOST, look_seconds=0.02), Remembering()
        (port,) = free_ports(1)
        face = HttpFace(
            application(store.database, open_door("demo"), lambda: NOW, streams, trail=trail),
            LOOPBACK,
            port,
            DRAIN_SECONDS,
        )
        await face.start()
        async with httpx2.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=PATIENCE_SECONDS) as client:
            yield Streaming(store, streams, face, client, trail)
        await streams.stop()
        await face.stop()


async def test_a_new_hour_arrives(streaming: Streaming) -> None:
    """And only that: what was there before is not told."""
    await streaming.store.take(0, readings(1, LINE, [START]))
    async with streaming.listen() as told:
        begun = await anext(told)
        assert begun.keys() == {"retry", "id"}
        await streaming.store.take(1, readings(1, FAR, [START]))
        rows, _ = await rows_behind(told)
    assert [(row["kind"], row["line"], row["hours_new"]) for row in rows] == [("hours", FAR, 1)]


async def test_each_event_is_told_to_the_trail(streaming: Streaming) -> None:
    """Before it is sent; where the trail is away the stream ends."""
    async with streaming.listen() as told:
        await anext(told)
        await streaming.store.take(0, readings(1, LINE, [START]))
        await rows_behind(told)
        assert [one.read for one in streaming.trail.readings] == [Read(What.CHANGES, (LINE,))]
        streaming.trail.is_away = True
        await streaming.store.take(0, readings(2, LINE, [START + 1]))
        assert [event async for event in told] == []
    assert len(streaming.trail.readings) == 1


async def test_a_reader_goes_on_behind_the_last_event(streaming: Streaming) -> None:
    """Wherever he was cut off: nothing is left out, nothing told twice."""
    store = streaming.store
    async with streaming.listen(f"?line={LINE}") as told:
        await anext(told)
        await store.take(0, readings(1, LINE, [START]), readings(2, OTHER, [START]))
        _, last = await rows_behind(told)
    await store.take(0, readings(3, LINE, [START + 1]))
    await store.take(0, readings(4, LINE, [START + 2]))
    seen: list[str] = []
    async with streaming.listen(f"?line={LINE}&since=earliest", last) as told:
        while len(seen) < 2:
            rows, last = await rows_behind(told)
            seen += [row["known_at"] for row in rows]
            assert {row["line"] for row in rows} == {LINE}
    assert len(seen) == len(set(seen)) == 2
    changes = await streaming.client.get("/v1/changes", params={"since": last})
    assert changes.json()["rows"] == []


async def test_who_hears_nothing_is_kept_alive(streaming: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    """By comments that move the id on, so that a quiet reader does not grow old."""
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    async with streaming.listen(f"?line={OTHER}") as told:
        first = await anext(told)
        await streaming.store.take(0, readings(1, LINE, [START]))
        while (sign := await anext(told))["id"] == first["id"]:
            assert sign.keys() == {"", "id"}
    answer = await streaming.client.get("/v1/changes", params={"since": sign["id"]})
    assert answer.json()["rows"] == []


async def test_a_stream_ends_after_a_time(streaming: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reader comes again, and his rights are looked at afresh."""
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.05)
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    async with streaming.listen() as told:
        assert [event async for event in told]
    await streaming.until_open(0)


async def test_no_more_streams_than_there_may_be(streaming: Streaming) -> None:
    """Then 503; a reader who has gone makes room."""
    async with streaming.listen(), streaming.listen() as told:
        await anext(told)
        await streaming.until_open(MOST)
        answer = await streaming.client.get("/v1/stream")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert answer.json()["issues"][0]["code"] == "TOO_MANY_STREAMS"
    await streaming.until_open(0)
    async with streaming.listen() as told:
        await anext(told)


async def test_asking_for_the_headers_opens_no_stream(streaming: Streaming) -> None:
    """HEAD is answered, and its place is free again."""
    answer = await streaming.client.head("/v1/stream")
    assert answer.status_code == 200
    await streaming.until_open(0)


@pytest.mark.parametrize(("query", "status"), [("?since=forged", 422), ("?line=NOBODY", 404), ("?node=NOBODY", 404)])
async def test_what_is_wrong_is_said_before_the_first_event(streaming: Streaming, query: str, status: int) -> None:
    """As a problem, and no place is taken."""
    answer = await streaming.client.get(f"/v1/stream{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert streaming.streams.count == 0


async def test_streams_end_when_the_service_stops(streaming: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server waits for its requests, and a stream has no end of its own: it is told to end, at once."""
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", DRAIN_SECONDS)
    async with streaming.listen() as told:
        await anext(told)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await streaming.streams.stop()
            await streaming.face.stop()
        assert [event async for event in told] == []
        await asyncio.gather(streaming.streams.ended(), streaming.face.ended())
        assert streaming.streams.count == 0


async def test_nobody_is_asked_while_nobody_listens(streaming: Streaming) -> None:
    """A reader who has gone leaves nothing behind that asks the store."""
    async with streaming.listen() as told:
        await anext(told)
        assert streaming.streams.is_looking
    await streaming.until_open(0)
    assert not streaming.streams.is_looking
