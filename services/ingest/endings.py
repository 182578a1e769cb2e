"""Ends of lines: refused at the door where hours from that day on hold values.

What stands in the store is no part of the register, which is a function of `operations` alone; so the door looks,
before anything is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from shared.domain.revision import has_values
from shared.domain.topology import Issue
from shared.runtime.mongo import Database
from shared.store.documents import Collection, day_id, hours_of


async def endings_over_values(database: Database, ends: Mapping[str, date]) -> list[Issue]:
    """Return which lines would end over values: `ends` are the first gas days on which they are no longer active."""
    found = {line: await _first_day_with_values(database, line, end) for line, end in ends.items()}
    return [
        Issue("ENDS_OVER_VALUES", "lines", f"line {line} holds values on {day}: end it later, or correct those hours")
        for line, day in found.items()
        if day is not None
    ]


async def _first_day_with_values(database: Database, line: str, end: date) -> str | None:
    since = {"_id": {"$gte": day_id(line, end), "$lt": f"{line}}}"}}
    async for document in database[Collection.LINE_DAYS].find(since, {"h": 1}).sort("_id", 1):
        if has_values(hours_of(document["h"])).any():
            return str(document["_id"]).rpartition("|")[2]
    return None
