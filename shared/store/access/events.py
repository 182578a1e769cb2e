"""What has happened to the access register, in order, each event chained to the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.access.chain import Break, Event, first_break
from shared.runtime.mongo import Database, SyncDatabase
from shared.store.documents import Collection

Document = dict[str, Any]


def event_document(event: Event) -> Document:
    """Return an event as it rests."""
    return {
        "_id": event.number,
        "at": event.at,
        "by": event.by,
        "what": event.what,
        "of": event.of,
        "told": event.told,
        "previous": event.previous,
        "hash": event.hash,
    }


def event_of(document: Document) -> Event:
    """Return the event of its document."""
    told = {name: value for name, value in document.items() if name != "_id"}
    return Event(document["_id"], **told)


async def events_listed(database: Database, of: str, before: int, limit: int) -> list[Event]:
    """Return events, the newest first.

    Args:
        database: The store.
        of: An id that they concern; "": all.
        before: Only those with a lower number; 0: from the last one.
        limit: At most so many.
    """
    where: Document = {**({"of": of} if of else {}), **({"_id": {"$lt": before}} if before else {})}
    found = await database[Collection.ACCESS_EVENTS].find(where).sort("_id", -1).limit(limit).to_list(limit)
    return [event_of(document) for document in found]


def verified(store: SyncDatabase[Document]) -> tuple[int, str, Break | None]:
    """Return how many events there are, the hash of the last one, and where their chain is broken, None: nowhere.

    Events that are written meanwhile are left for the next time.
    """
    head = store[Collection.ACCESS_HEAD].find_one({"_id": "head"})
    count = 0 if head is None else int(head["events"])
    last = store[Collection.ACCESS_EVENTS].find_one({"_id": count})
    return count, "" if last is None else str(last["hash"]), first_break(_until(store, count), count)


def _until(store: SyncDatabase[Document], count: int) -> Iterator[Event]:
    for document in store[Collection.ACCESS_EVENTS].find({"_id": {"$lte": count}}).sort("_id", 1):
        yield event_of(document)
