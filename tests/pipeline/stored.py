"""What the store says, read as plainly as possible: hours by line, dead letters, revisions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np

from shared.domain import gas_time
from shared.domain.reading import Quality
from shared.runtime.mongo import Database
from shared.store.documents import Collection, hours_of
from tests.pipeline.running import System

Hours = dict[int, np.void]


def hours_by_line(system: System, prefix: str = "") -> dict[str, Hours]:
    """Return every hour of which something was accepted, by line and hour number."""

    async def read(database: Database) -> dict[str, Hours]:
        found: dict[str, Hours] = defaultdict(dict)
        documents = database[Collection.LINE_DAYS].find({"_id": {"$regex": f"^{prefix}"}})
        async for document in documents:
            line, day = document["_id"].split("|")
            first = gas_time.hours_of_day(date.fromisoformat(day)).start
            for place, row in enumerate(hours_of(document["h"])):
                if row["revision"]:
                    found[line][first + place] = row
        return dict(found)

    return system.store(read)


def volumes(hours: Hours) -> dict[int, int]:
    """Return the volumes, in thousandths, of the hours that are present."""
    return {hour: int(row["volume"]) for hour, row in hours.items() if row["quality"] != Quality.MISSING}


def documents(system: System, collection: Collection, query: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return documents of a collection."""

    async def read(database: Database) -> list[dict[str, Any]]:
        return [document async for document in database[collection].find(query or {}).sort("_id", 1)]

    return system.store(read)


def reasons(system: System, station: str) -> list[str]:
    """Return why readings of a station were dead-lettered, in order of their position."""
    return [letter["reason"] for letter in documents(system, Collection.DEAD_LETTERS, {"station": station})]
