"""Reading the change feed: what follows a cursor, as far as the caller may see it, and the cursor behind that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.query.feed.change_rows import Document, Sight, Wanted, rows_of
from services.query.feed.cursor import (
    EARLIEST,
    FeedCursor,
    Position,
    cursor_of,
    from_earliest,
    from_now,
    still_kept,
)
from services.query.feed.merging import merged
from services.query.feed.store import CARDS_AT_ONCE, FeedStore
from shared.access.caller import Caller
from shared.runtime.mongo import Database
from shared.store.changes import Card, Heads
from shared.store.registered_nodes import lines_within, registered_node
from shared.store.views import registered

ROWS_LOOKED_AT = 2_000
"""At a time, where many may not be shown: of 40 bytes each where they rest."""
MOST_LOOKED_AT = 50_000
"""Rows looked at for one page, a quarter of a second: a page may be shorter than asked, and says that there is more."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of the feed, the cursor behind them, and whether there is more already."""

    rows: list[Document]
    cursor: FeedCursor
    has_more: bool


@dataclass(slots=True)
class _Reading:
    """A page while it is read."""

    cursor: FeedCursor
    heads: Heads
    limit: int
    rows: list[Document] = field(default_factory=list)
    positions: dict[int, Position] = field(default_factory=dict)
    unread_ms: dict[int, int] = field(default_factory=dict)
    looked_at: int = 0


async def wanted(database: Database, caller: Caller, lines: Sequence[str], node: str) -> Wanted | None:
    """Return what somebody follows: lines, a node with all of his lines that it ever holds, and their gas.

    None: everything that he may see.

    Raises:
        ProblemError: 404 for what is unknown, or not his.
    """
    if not lines and not node:
        return None
    members: frozenset[str] = frozenset()
    if node:
        within = lines_within(await registered_node(database, caller, node))
        members = frozenset(line for line in within if caller.may_read(line))
    known = [(await registered(database, caller, line)).line for line in sorted({*lines, *members})]
    gas = frozenset(name for line in known for told in line.gas for name in told.chromatographs)
    return Wanted(frozenset(line.id for line in known), frozenset([node] if node else ()), gas)


def begun(since: str, heads: Heads, now_ms: int) -> FeedCursor:
    """Return the cursor that somebody begins with.

    Raises:
        ProblemError: 422 for a cursor that no answer gave; 410 for one that is too old.
    """
    if not since:
        return from_now(heads, now_ms)
    if since == EARLIEST:
        return from_earliest(heads, now_ms)
    return still_kept(cursor_of(since), now_ms)


async def page(store: FeedStore, sight: Sight, cursor: FeedCursor, heads: Heads, limit: int) -> Page:
    """Return what follows a cursor, at most `limit` rows; `heads` tell how far aggregation is, or was a moment ago."""
    positions = {**{partition: cursor.at(partition) for partition, _ in heads.of}, **cursor.positions}
    reading = _Reading(cursor, heads, limit, positions=positions)
    most = limit if sight.wanted is None else max(limit, ROWS_LOOKED_AT)
    while len(reading.rows) < limit and reading.looked_at < MOST_LOOKED_AT:
        if not await _read_some(store, sight, reading, most):
            break
    behind = cursor.moved(heads, reading.positions, reading.unread_ms)
    return Page(reading.rows, behind, bool(behind.unread(heads)))


async def _read_some(store: FeedStore, sight: Sight, reading: _Reading, most_rows: int) -> bool:
    """Read the documents that are next; say whether there were any."""
    here = FeedCursor(reading.cursor.epoch, reading.cursor.reach_ms, reading.positions)
    asked = here.unread(reading.heads)
    if not asked:
        return False
    found = await asyncio.gather(*(store.cards(one, here.at(one).place, here.reach_ms) for one in asked))
    unread = dict(zip(asked, found, strict=True))
    chosen = merged(unread, frozenset(one for one in asked if len(unread[one]) == CARDS_AT_ONCE), most_rows)
    told = await store.documents(chosen)
    # One that is not there any more has just been removed, by a replay: what comes instead is read by the next page.
    is_whole = all(card.id in told and _take(sight, reading, card, told[card.id]) for card in chosen)
    reading.unread_ms = _first_unread(unread, reading.positions)
    await _pass_expired(store, reading, [one for one in asked if not unread[one]])
    return is_whole and bool(chosen)


async def _pass_expired(store: FeedStore, reading: _Reading, empty: Sequence[int]) -> None:
    """Pass over documents that are no longer there because they are too old: nothing is to be read in these partitions.

    But a replay empties them as well, and what it removes comes again. It removes the positions first: where they still
    stand in the same epoch, it had not begun when the documents were looked for.
    """
    if not empty:
        return
    again, lasts = await store.heads(), {partition: head.last for partition, head in reading.heads.of}
    still_there = dict(again.of) if again.epoch == reading.heads.epoch else {}
    reading.positions |= {one: Position(lasts[one]) for one in empty if one in still_there}


def _first_unread(unread: Mapping[int, Sequence[Card]], positions: Mapping[int, Position]) -> dict[int, int]:
    """Return when the first document became known that is still to be read, of partitions where one is known."""
    left = {
        partition: [card.known_at_ms for card in waiting if card.place > positions[partition].place]
        for partition, waiting in unread.items()
    }
    return {partition: moments[0] for partition, moments in left.items() if moments}


def _take(sight: Sight, reading: _Reading, card: Card, document: Document) -> bool:
    """Take the rows of a document; say whether all of them found room. Those of one place are taken together."""
    taken = -1
    position = reading.positions.get(card.partition, Position())
    is_the_same = document["epoch"] == reading.cursor.epoch
    for place, row in rows_of(document, sight, position.rows if is_the_same else 0):
        if len(reading.rows) >= reading.limit and place != taken:
            reading.positions[card.partition] = Position(position.place, place)
            return False
        reading.rows.append(row)
        taken = place
    reading.looked_at += card.rows
    reading.positions[card.partition] = Position(card.place)
    return True
