"""Comparing rollups with their hours all the time, some months at each turn and then from the beginning again."""

from __future__ import annotations

import asyncio

from shared.runtime import metrics
from shared.runtime.logging import logger
from shared.runtime.mongo import Database, synchronous
from shared.store.verification import compare

TURN_SECONDS = 10.0
MONTHS_A_TURN = 20
"""600 days are 2 MB and some 20 ms: 7,000 months an hour, the months of 2,000 lines of three years in half a day."""
MOST_WRONG = 100
"""Months that are looked at again at each turn, until they are mended; one is enough to wake somebody."""


class RollupWatch:
    """Goes through the months in the order of their ids; several replicas do the same, each for itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._at = ""
        self._wrong: set[str] = set()
        self._log = logger(__name__)

    async def turn(self) -> None:
        """Compare the months that follow, and once more those that were wrong."""
        database = synchronous(self._database)
        found = await asyncio.to_thread(compare, database, {"_id": {"$gt": self._at}}, MONTHS_A_TURN)
        self._at = found.last
        wrong = {mismatch.month for mismatch in found.mismatches}
        if known := sorted(self._wrong - wrong)[:MOST_WRONG]:
            again = await asyncio.to_thread(compare, database, {"_id": {"$in": known}}, MOST_WRONG)
            wrong |= {mismatch.month for mismatch in again.mismatches}
        if new := wrong - self._wrong:
            self._log.error("rollups are not what their hours say", months=sorted(new)[:10], all=len(wrong))
        self._wrong = wrong
        metrics.ROLLUPS_COMPARED.inc(found.documents)
        metrics.ROLLUP_MISMATCHES.set(len(wrong))
