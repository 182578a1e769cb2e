"""Changes of the access register: one transaction each, with the event that tells of it.

Whoever changes it reads, decides purely, and writes, all within `change`. The next event's number is a compare-and-set,
so two changes at the same time happen one after the other: the second one reads what the first one left.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from shared.access.acting import Acting
from shared.access.chain import FIRST_PREVIOUS, Event
from shared.runtime.mongo import (
    ClientSession,
    Database,
    DuplicateKeyError,
    PyMongoError,
    SyncDatabase,
    synchronous,
)
from shared.store.access.events import event_document
from shared.store.documents import Collection

Document = dict[str, Any]
_Left = TypeVar("_Left")
TRIED_FOR_SECONDS = 10.0
"""How long a change is tried that others come before; one takes some milliseconds."""
_PAUSE_SECONDS = 0.01
_THREADS = ThreadPoolExecutor(1, "access-changes")
"""One: two changes at a time would only be in each other's way, and hold the threads by which answers are written."""


class Writing:
    """One change under way: what it reads and writes belongs to one transaction."""

    def __init__(self, store: SyncDatabase[Document], session: ClientSession, acting: Acting) -> None:
        self.store, self.session, self.acting = store, session, acting

    def find(self, collection: Collection, name: str) -> Document | None:
        """Return a document by its id."""
        return self.store[collection].find_one({"_id": name}, session=self.session)

    def put(self, collection: Collection, document: Document) -> None:
        """Write a document, new or in place of what it was."""
        self.store[collection].replace_one({"_id": document["_id"]}, document, upsert=True, session=self.session)

    def remove(self, collection: Collection, name: str) -> None:
        """Remove a document."""
        self.store[collection].delete_one({"_id": name}, session=self.session)

    def tell(self, what: str, of: str, **told: Any) -> None:
        """Write the event of it; `told` holds plain values, and nothing that names a person."""
        head = self.store[Collection.ACCESS_HEAD].find_one({"_id": "head"}, session=self.session)
        count = 0 if head is None else int(head["events"])
        last = self.store[Collection.ACCESS_EVENTS].find_one({"_id": count}, session=self.session) if count else None
        previous = FIRST_PREVIOUS if last is None else str(last["hash"])
        event = Event(count + 1, whole_ms(self.acting.at), self.acting.by, what, of, told, previous).chained()
        self.store[Collection.ACCESS_EVENTS].insert_one(event_document(event), session=self.session)
        moved = {"$set": {"events": count + 1}}
        self.store[Collection.ACCESS_HEAD].update_one({"_id": "head"}, moved, upsert=True, session=self.session)


async def change(database: Database, acting: Acting, work: Callable[[Writing], _Left]) -> _Left:
    """Do a change as a whole, and return what `work` leaves; it is done again where another change came before it.

    Raises:
        ChangeRefusedError: as `work` does; nothing is written.
        PyMongoError: the store is away, or others came before it for too long.
    """
    working = partial(_changed, synchronous(database), acting, work)
    return await asyncio.get_running_loop().run_in_executor(_THREADS, working)


def _changed(store: SyncDatabase[Document], acting: Acting, work: Callable[[Writing], _Left]) -> _Left:
    until = time.monotonic() + TRIED_FOR_SECONDS
    while True:
        try:
            with store.client.start_session() as session, session.start_transaction():
                return work(Writing(store, session, acting))
        except PyMongoError as fault:
            # Two that write the same new document at once: the store calls one a duplicate, and it reads anew.
            # What may have been committed, though the store did not say so, is not done again.
            is_again = isinstance(fault, DuplicateKeyError) or fault.has_error_label("TransientTransactionError")
            if not is_again or time.monotonic() > until:
                raise
        time.sleep(_PAUSE_SECONDS)


def whole_ms(moment: datetime) -> datetime:
    """Return a moment as the store keeps it: in whole milliseconds."""
    return moment - timedelta(microseconds=moment.microsecond % 1000)
