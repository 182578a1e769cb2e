"""The routes of the change feed: page by page, and as a stream."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Query, Request

from services.query.asked.parameters import MAX_ROWS_PER_PAGE
from services.query.feed import feed
from services.query.feed.change_rows import Sight
from services.query.feed.cursor import MOST_CHARACTERS, cursor_text
from services.query.feed.events import events
from services.query.feed.store import FeedStore
from services.query.feed.streams import EventStream, Streams
from shared.access.read import Read, What
from shared.runtime.http_state import Now, Reading, Store
from shared.runtime.reads_told import Telling
from shared.store.changes import heads
from shared.store.readable_gas import readable_gas

feed_api = APIRouter(prefix="/v1")
MOST_LINES = 100
"""Followed by name; whoever wants more follows everything that he may see."""


async def streams_of(request: Request) -> Streams:
    """Return the streams of this process."""
    streams: Streams = request.app.state.streams
    return streams


Since = Annotated[
    str,
    Query(
        max_length=MOST_CHARACTERS,
        description="From the next link of an answer, or the id of an event; earliest: all that is kept (89 days); "
        "without it: from now on.",
    ),
]
Lines = Annotated[list[str] | None, Query(max_length=MOST_LINES, description="Only these lines, and their gas.")]
Node = Annotated[str, Query(max_length=200, description="Only this node, and every line that it ever holds.")]
Limit = Annotated[int, Query(ge=1, le=MAX_ROWS_PER_PAGE, description="Rows a page.")]
LastEventId = Annotated[str, Header(max_length=MOST_CHARACTERS, description="Goes on behind this event.")]
Open = Annotated[Streams, Depends(streams_of)]


@feed_api.get("/changes", summary="What has changed since a cursor")
async def get_changes(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    since: Since = "",
    line: Lines = None,
    node: Node = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    """List what has changed, in order for each line, each at least once; `next` is always given, for the next poll.

    `more` says whether there is something behind `next` already. Rows have a `kind`:

    - `hours`: hours of a line that are new or say something else;
    - `gas`: hours that were given another gas, and so other energy;
    - `status`: hours whose validity alone changed: close, reopen, accept, release, or judged by the rules;
    - `analyses`: gas days of which a chromatograph told something else;
    - `topology`: a station, line, node or chromatograph of which the register says something else, from which gas day,
      and the nodes that this concerns.

    A row says what changed, not what it says now: ask for the measurements.
    """
    wanted = await feed.wanted(store, caller, line or [], node)
    found_heads = await heads(store)
    cursor = feed.begun(since, found_heads, _ms(now))
    sight = Sight(caller, wanted, await readable_gas(store, caller))
    found = await feed.page(FeedStore(store), sight, cursor, found_heads, limit)
    tell(Read.rows(What.CHANGES, found.rows))
    asked = [("since", cursor_text(found.cursor)), *(("line", one) for one in line or []), ("node", node)]
    query = urlencode([*((name, value) for name, value in asked if value), ("limit", limit)])
    return {"rows": found.rows, "next": f"/v1/changes?{query}", "more": found.has_more}


@feed_api.get("/stream", summary="Changes as server-sent events")
async def get_stream(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: Reading,
    store: Store,
    now: Now,
    streams: Open,
    tell: Telling,
    since: Since = "",
    line: Lines = None,
    node: Node = "",
    last_event_id: LastEventId = "",
) -> EventStream:
    """Send what changes as it happens: events `changes` with rows as `/v1/changes` has them, their id the cursor."""
    wanted = await feed.wanted(store, caller, line or [], node)
    seen = await streams.begin(caller.identity)
    cursor = feed.begun(last_event_id or since, seen, _ms(now))
    sight = Sight(caller, wanted, await readable_gas(store, caller))
    return EventStream(streams, events(streams, sight, cursor, seen, tell), caller.identity)


def _ms(now: datetime) -> int:
    return int(now.timestamp() * 1000)
