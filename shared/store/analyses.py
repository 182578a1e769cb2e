"""Analyses as readers get them: gas days of chromatographs, and what an hour of one said before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.analysis import KEPT_ANALYSIS
from shared.runtime.mongo import Database, Session
from shared.store.documents import Collection, day_id

DayOfChromatograph = tuple[str, date]


async def analyses_of_days(
    database: Database, keys: Sequence[DayOfChromatograph], session: Session | None = None
) -> dict[DayOfChromatograph, NDArray[np.void]]:
    """Return the 25 KEPT_ANALYSIS rows (revision 0: nothing known) of each gas day of a chromatograph that there is."""
    if not keys:
        return {}
    names = {day_id(*key): key for key in keys}
    found = database[Collection.ANALYSES].find({"_id": {"$in": list(names)}}, {"a": 1}, session=session)
    return {names[document["_id"]]: np.frombuffer(document["a"], KEPT_ANALYSIS) async for document in found}


async def analyses_between(
    database: Database, chromatograph: str, hours: range, session: Session | None = None
) -> NDArray[np.void]:
    """Return a KEPT_ANALYSIS row for each hour of a range, revision 0 where nothing is known."""
    rows = np.zeros(len(hours), KEPT_ANALYSIS)
    if not len(hours):
        return rows
    first, last = gas_time.gas_day(hours.start), gas_time.gas_day(hours.stop - 1)
    within = {"_id": {"$gte": day_id(chromatograph, first), "$lte": day_id(chromatograph, last)}}
    async for document in database[Collection.ANALYSES].find(within, {"a": 1}, session=session):
        told = np.frombuffer(document["a"], KEPT_ANALYSIS)
        known = told[(told["revision"] > 0) & (told["hour"] >= hours.start) & (told["hour"] < hours.stop)]
        rows[known["hour"] - hours.start] = known
    return rows
