"""The change feed as server-sent events: an event is a page of rows, its id the cursor behind them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import orjson

from services.query.feed.change_rows import Sight
from services.query.feed.cursor import FeedCursor, cursor_text
from services.query.feed.feed import Page, page
from services.query.feed.streams import Streams
from shared.access.read import Read, What
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError, is_passing
from shared.runtime.reads_told import Tell
from shared.runtime.trail import TrailAwayError
from shared.store.changes import Heads

ROWS_AN_EVENT = 100
"""30 kB."""
HEARTBEAT_SECONDS = 15.0
"""Below the half minute after which proxies and firewalls begin to forget a connection on which nothing passes."""
STREAM_SECONDS = 900.0
"""Then a stream ends, and its reader comes again by himself: so his rights are looked at afresh."""
RETRY_MS = 2_000
"""How long a reader waits before he does."""


async def events(streams: Streams, sight: Sight, cursor: FeedCursor, seen: Heads, tell: Tell) -> AsyncIterator[bytes]:
    """Yield what follows a cursor, for ever but for a time, the end of the service, a store or a trail that is away."""
    yield b"retry: %d\nid: %s\n\n" % (RETRY_MS, cursor_text(cursor).encode())
    told_at = time.monotonic()
    end = told_at + STREAM_SECONDS
    while not streams.are_ending and time.monotonic() < end:
        try:
            found = await page(streams.store, sight, cursor, seen, ROWS_AN_EVENT)
        except PyMongoError as fault:
            if not is_passing(fault):
                raise
            logger(__name__).warning("a stream ends: the store is away", fault=repr(fault)[:200])
            return
        is_stuck, cursor = found.cursor.positions == cursor.positions, found.cursor  # while a replay empties the store
        try:
            tell(Read.rows(What.CHANGES, found.rows))
        except TrailAwayError:
            logger(__name__).warning("a stream ends: the trail is away")
            return
        if found.rows or time.monotonic() - told_at >= HEARTBEAT_SECONDS:
            yield event(found)
            told_at = time.monotonic()
        if is_stuck or not found.has_more:
            seen = await streams.news(seen, HEARTBEAT_SECONDS)


def event(found: Page) -> bytes:
    """Return a page as an event; one without rows as a sign of life that only moves the id on."""
    name = cursor_text(found.cursor).encode()
    if not found.rows:
        return b": still here\nid: %s\n\n" % name
    return b"event: changes\nid: %s\ndata: %s\n\n" % (name, orjson.dumps({"rows": found.rows}))
