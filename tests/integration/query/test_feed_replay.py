"""The change feed when the line log is read again: the same documents, and cursors that go on."""

from __future__ import annotations

from datetime import datetime
from unittest.mock import ANY

from services.query.feed import feed
from services.query.feed.change_rows import Sight
from services.query.feed.cursor import from_earliest
from services.query.feed.store import FeedStore
from shared.access.caller import demo_caller
from shared.domain import gas_time
from shared.store import replaying
from shared.store.changes import BEGIN, heads
from shared.store.documents import Collection
from tests.integration.query.fed_store import (
    FAR,
    KNOWN_MS,
    LINE,
    OTHER,
    FedStore,
    readings,
)
from tests.integration.query.following import HOURS, Following, Row


async def test_what_a_replay_has_just_removed_is_not_passed_over(following: Following) -> None:
    """It comes again: who looked just before stays where he is."""
    store = following.store
    await store.take(0, readings(1, LINE, HOURS[:1]))
    before = await heads(store.database)
    cursor = from_earliest(before, KNOWN_MS)
    await replaying.begin(store.database)
    found = await feed.page(FeedStore(store.database), Sight(demo_caller("demo")), cursor, before, 100)
    await replaying.end(store.database)
    assert (found.rows, found.has_more) == ([], True)
    assert {position.place for position in found.cursor.positions.values()} == {BEGIN}


async def applied_anew(store: FedStore, batch: int) -> None:
    """Empty the store as a replay does, and let both stages take the whole line log again."""
    await replaying.begin(store.database)
    await replaying.end(store.database)
    again = FedStore(store.database, store.register)
    for partition, log in store.logs.items():
        await again.judging[partition].handle(partition, log)
        await again.apply(partition, batch)


async def documents_of(store: FedStore) -> list[Row]:
    """Return all documents of the feed, but for the epoch in which they were written."""
    return [one async for one in store.database[Collection.CHANGES].find({}, {"epoch": 0}).sort("_id", 1)]


async def test_a_replay_onto_an_emptied_store_writes_the_same_documents(following: Following) -> None:
    """Cut into the same batches; a cursor of the time before goes on behind what it has read."""
    store = following.store
    await fill(store)
    before = await documents_of(store)
    _, link, _ = await following.ask("/v1/changes?since=earliest&limit=10")
    rest, behind = await following.all_behind(link)
    await applied_anew(store, batch=1)
    assert await documents_of(store) == before
    assert await following.all_behind(link) == (rest, ANY)
    assert (await following.all_behind(behind))[0] == []


async def test_a_cursor_survives_a_replay_that_cuts_documents_anew(following: Following) -> None:
    """Wherever it stands, in the midst of a document too: whatever lay behind it is told, some of it once more."""
    store, link, links = following.store, "/v1/changes?since=earliest&limit=1", []
    await fill(store)
    rows, more = list[Row](), True
    while more:
        page, link, more = await following.ask(link)
        rows += page
        links.append((link, len(rows)))
    await applied_anew(store, batch=3)
    for place, count in links:
        again, _ = await following.all_behind(place.replace("limit=1", "limit=500"))
        assert uncovered(rows[count:], again) == []


async def fill(store: FedStore) -> None:
    """Let two lines and a third have hours, batch by batch."""
    for number, hour in enumerate(HOURS[:4], start=1):
        entries = [readings(2 * number, OTHER, [hour, hour + 5]), readings(2 * number + 1, LINE, [hour])]
        await store.take(0, *entries, batch=1)
        await store.take(1, readings(number, FAR, [hour]))


def uncovered(rows: list[Row], again: list[Row]) -> list[tuple[str, str]]:
    """Return the hours (rows of one each) that are not in what was told again."""
    hours = {
        (row["line"], gas_time.hour_text(hour))
        for row in again
        if row["kind"] == "hours"
        for hour in range(*(gas_time.hour_number(datetime.fromisoformat(row[end])) for end in ("from", "to")))
    }
    told = {(row["line"], row["from"]) for row in rows if row["kind"] == "hours"}
    return sorted(told - hours)
