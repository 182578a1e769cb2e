"""Lists page by page: what a page of a collection is, and where the next one begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from services.query.asked.parameters import refused_cursor
from shared.runtime.mongo import Database
from shared.store.documents import Collection

Document = dict[str, Any]
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Listed:
    """Part of a list: its rows, and what the cursor to the rest stands for, None at the end."""

    rows: list[Document]
    last_id: str | None


async def by_id(database: Database, collection: Collection, after: str, limit: int) -> Listed:
    """Return a page in the order of the ids."""
    where = {"_id": {"$gt": after}}
    found = await database[collection].find(where).sort("_id", 1).limit(limit + 1).to_list(limit + 1)
    return Listed(*cut(found, limit, lambda last: str(last["_id"])))


async def newest_first(
    database: Database, collection: Collection, condition: Document, after: str, limit: int
) -> Listed:
    """Return a page of what became known last; the order of an index ends with known_at and _id, both descending.

    Args:
        database: The store.
        collection: A collection whose documents have `known_at`.
        condition: Which documents, beside their place.
        after: Place of the last document of the page before ("known_at|_id"), empty for the first page.
        limit: Rows a page.

    Raises:
        ProblemError: 422 for a place that no answer gave.
    """
    where = _following(condition, after) if after else condition
    found = database[collection].find(where).sort([("known_at", -1), ("_id", -1)]).limit(limit + 1)
    read: list[Document] = await found.to_list(limit + 1)
    return Listed(*cut(read, limit, lambda last: f"{last['known_at']}|{last['_id']}"))


def _following(condition: Document, after: str) -> Document:
    """Return the condition of what comes after a place: two ranges of the index, which the store reads as one."""
    known_at, _, name = after.partition("|")
    if not (known_at.isascii() and known_at.isdecimal() and len(known_at) < 19):
        raise refused_cursor()
    moment = int(known_at)
    places: list[Document] = [{"known_at": moment, "_id": {"$lt": name}}, {"known_at": {"$lt": moment}}]
    return {"$or": [{**condition, **place} for place in places]}


def cut(found: list[_One], limit: int, place: Callable[[_One], str]) -> tuple[list[_One], str | None]:
    """Return a page of what was found, and the place of its last one where more follows.

    Args:
        found: One more than the page, where there is one; before rights are looked at, so that none is skipped.
        limit: Rows a page.
        place: Where one of them stands, as cursors say it.
    """
    return found[:limit], place(found[limit - 1]) if len(found) > limit else None
