"""Promise 3: rollups are functions of the hours. Recomputes every day from its hours and every month from its days."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shared.domain import gas_time
from shared.domain.revision import HOUR
from shared.domain.rollup import ROLLUP, fold_days, fold_hours
from shared.runtime.mongo import Database, SyncDatabase
from shared.store.documents import Collection, hours_of, rollups_of, slots_of

AT_ONCE = 2_000
_MONTH_LETTERS = len("2026-11")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A document that is not what its parts say: its id, and the fields that differ."""

    id: str
    fields: tuple[str, ...]

    @property
    def month(self) -> str:
        """The `_id` of the line's gas month that it is, or lies in: a day's is longer by `-dd`."""
        line, _, time = self.id.rpartition("|")
        return f"{line}|{time[:_MONTH_LETTERS]}"


@dataclass(slots=True)
class Verified:
    """What was compared, and what differs."""

    days: int
    months: int
    mismatches: list[Mismatch]


@dataclass(frozen=True, slots=True)
class Compared:
    """How many documents were compared, what differs, and the `_id` of the last month; "" behind the last of all."""

    documents: int
    mismatches: list[Mismatch]
    last: str


def compare(database: SyncDatabase[dict[str, Any]], which: dict[str, Any], most: int) -> Compared:
    """Compare some months with their days, and these with their hours, all as they were at one moment.

    Args:
        database: The store, for work in a thread.
        which: The condition of the months.
        most: How many months at most, in the order of their ids.
    """
    with database.client.start_session(snapshot=True) as session:
        months = list(database[Collection.LINE_MONTHS].find(which, session=session).sort("_id", 1).limit(most))
        names = [f"{month['_id']}-{day_of_month}" for month in months for day_of_month in month["d"]]
        found = database[Collection.LINE_DAYS].find({"_id": {"$in": names}}, session=session)
        documents = list(found) if names else []
    days: dict[str, bytes] = {document["_id"]: document["r"] for document in documents}
    mismatches = _days(documents) if documents else []
    mismatches += [wrong for month in months for wrong in _month(month, days)]
    last = months[-1]["_id"] if len(months) == most else ""
    return Compared(len(documents) + len(months), mismatches, last)


async def verify(database: Database) -> Verified:
    """Compare all days with their hours, all months with their days."""
    verified = Verified(0, 0, [])
    days: dict[str, bytes] = {}
    async for documents in _batches(database, Collection.LINE_DAYS):
        verified.days += len(documents)
        verified.mismatches += _days(documents)
        days |= {document["_id"]: document["r"] for document in documents}
    async for documents in _batches(database, Collection.LINE_MONTHS):
        verified.months += len(documents)
        verified.mismatches += [wrong for document in documents for wrong in _month(document, days)]
    verified.mismatches += [Mismatch(name, ("month",)) for name in days]
    return verified


async def _batches(database: Database, collection: Collection) -> AsyncIterator[list[dict[str, Any]]]:
    documents: list[dict[str, Any]] = []
    async for document in database[collection].find(batch_size=AT_ONCE):
        documents.append(document)
        if len(documents) == AT_ONCE:
            yield documents
            documents = []
    if documents:
        yield documents


def _days(documents: Sequence[dict[str, Any]]) -> list[Mismatch]:
    table = np.zeros((len(documents), gas_time.MAX_HOURS_PER_DAY), HOUR)
    for place, document in enumerate(documents):
        hours = hours_of(document["h"])
        table[place, : len(hours)] = hours
    rollups = fold_hours(table)
    stored = np.concatenate([rollups_of(document["r"]) for document in documents])
    return [
        Mismatch(documents[place]["_id"], _differing(rollups[place], stored[place]))
        for place in np.flatnonzero(rollups != stored).tolist()
    ]


def _month(document: dict[str, Any], days: dict[str, bytes]) -> list[Mismatch]:
    """Compare a month's slots with its days, and its version with its slots; what is compared leaves `days`."""
    wrong = []
    for day_of_month, slot in document["d"].items():
        if days.pop(f"{document['_id']}-{day_of_month}", None) != slot:
            wrong.append(Mismatch(document["_id"], (f"day {day_of_month}",)))
    whole = fold_days(slots_of(document["d"]))
    if (int(whole["changes"]), int(whole["known_at"])) != (document["changes"], document["known_at"]):
        wrong.append(Mismatch(document["_id"], ("version",)))
    return wrong


def _differing(left: np.void, right: np.void) -> tuple[str, ...]:
    return tuple(name for name in ROLLUP.names or () if not np.array_equal(left[name], right[name]))
