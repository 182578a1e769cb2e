"""Open streams of the change feed: how many there may be, what wakes them, and their end when the service stops.

One question a turn for all streams of the process, and none while nobody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.query.feed.store import SharedFeedStore
from shared.domain.topology import Issue
from shared.runtime import metrics
from shared.runtime.logging import logger
from shared.runtime.mongo import Database, PyMongoError, is_passing
from shared.runtime.problem import ProblemError
from shared.store.changes import Heads, heads

MOST_STREAMS = 200
"""Of a process: each keeps a page of rows, 50 kB, and writes them; what it reads is read once for all."""
MOST_EACH = 50
"""Of one client: nobody takes the places of all others."""
LOOK_SECONDS = 0.5
"""How late an event may be for that. A look at 48 partitions takes the process 2 ms."""
SLOW_SECONDS = 30.0
"""A reader who takes nothing for so long is gone."""
_RETRY_AFTER_SECONDS = 10


class Streams:
    """The streams of a process. A part of the service, so that they end before its HTTP face waits for them."""

    def __init__(
        self,
        database: Database,
        most: int = MOST_STREAMS,
        look_seconds: float = LOOK_SECONDS,
        most_each: int = MOST_EACH,
    ) -> None:
        self._database, self._most, self._look_seconds, self._most_each = database, most, look_seconds, most_each
        self.store = SharedFeedStore(database)
        self._open = Counter[str]()
        self._heads = Heads()
        self._has_news = asyncio.Event()
        self._stopping = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._fault: PyMongoError | None = None

    async def start(self) -> None:
        """Nobody listens yet."""

    async def ended(self) -> None:
        """Wait until they are told to end; raises what the store says that does not pass by itself."""
        await self._stopping.wait()
        if self._fault is not None:
            raise self._fault

    async def stop(self) -> None:
        """Let all streams end, and no other begin."""
        self._stopping.set()
        self._has_news.set()

    @property
    def are_ending(self) -> bool:
        """Whether the service stops."""
        return self._stopping.is_set()

    @property
    def count(self) -> int:
        """How many are open."""
        return self._open.total()

    @property
    def is_looking(self) -> bool:
        """Whether the store is asked again and again."""
        return self._watch is not None

    async def begin(self, reader: str) -> Heads:
        """Return how far aggregation is, for a stream of somebody that begins.

        Raises:
            ProblemError: 503, there is no room for it.
        """
        self._check_room(reader)
        return await self._look()

    @contextlib.contextmanager
    def listening(self, reader: str) -> Iterator[None]:
        """Count a stream of somebody while it is open, and look for news while there is one.

        Raises:
            ProblemError: 503, there is no room for it.
        """
        self._check_room(reader)
        self._open[reader] += 1
        metrics.STREAMS.set(self.count)
        if self._watch is None:
            self._watch = asyncio.create_task(self._look_again_and_again())
        try:
            yield
        finally:
            self._open -= Counter([reader])
            metrics.STREAMS.set(self.count)
            if not self._open:
                self._watch.cancel()
                self._watch = None

    async def news(self, seen: Heads, seconds: float) -> Heads:
        """Return how far aggregation is once there is something to read since `seen`, or after some seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.are_ending and _last_places(self._heads) == _last_places(seen):
                    await self._has_news.wait()
        return self._heads

    def _check_room(self, reader: str) -> None:
        if self.count >= self._most or self._open[reader] >= self._most_each or self.are_ending:
            text = f"{self.count} streams are open here: try again in some seconds, or ask /v1/changes"
            retry = {"Retry-After": str(_RETRY_AFTER_SECONDS)}
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, [Issue("TOO_MANY_STREAMS", "request", text)], retry)

    async def _look(self) -> Heads:
        found = await heads(self._database)
        is_news, self._heads = _last_places(found) != _last_places(self._heads), found
        if is_news:
            self.store.forget()
            self._has_news.set()
            self._has_news = asyncio.Event()
        return found

    async def _look_again_and_again(self) -> None:
        while True:
            try:
                await self._look()
            except PyMongoError as fault:
                if not is_passing(fault):
                    self._fault = fault
                    await self.stop()
                    return
                logger(__name__).warning("left for the next turn: the store is away", fault=repr(fault)[:200])
            await asyncio.sleep(self._look_seconds)


def _last_places(told: Heads) -> tuple[object, ...]:
    """Return what becomes another one when there is something to read."""
    return (told.epoch, *((partition, head.last) for partition, head in told.of))


class EventStream(StreamingResponse):
    """Server-sent events to one reader, who has his place among the streams as long as he takes them."""

    media_type = "text/event-stream"

    def __init__(
        self, streams: Streams, events: AsyncIterator[bytes], reader: str, slow_seconds: float = SLOW_SECONDS
    ) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._streams, self._reader, self._slow_seconds = streams, reader, slow_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the reader is gone, or the stream ends."""
        with self._streams.listening(self._reader):
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send what comes, each within a time."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async for chunk in self.body_iterator:
                async with asyncio.timeout(self._slow_seconds):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            logger(__name__).info("a reader takes nothing any more: his stream ends")
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})
