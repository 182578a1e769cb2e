"""Analyses as readers get them: gas days of chromatographs, and what an hour of one said before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.analysis import KEPT_ANALYSIS
from shared.runtime.mongo import Database, Session
from shared.store.documents import IDS_PER_QUERY, Collection, day_id

DayOfChromatograph = tuple[str, date]
_VERSION = {"v": 1, "known_at": 1}


async def analyses_of_days(
    database: Database, keys: Sequence[DayOfChromatograph]
) -> dict[DayOfChromatograph, NDArray[np.void]]:
    """Return the 25 KEPT_ANALYSIS rows (revision 0: nothing known) of each gas day of a chromatograph that there is."""
    if not keys:
        return {}
    names = {day_id(*key): key for key in keys}
    found = database[Collection.ANALYSES].find({"_id": {"$in": list(names)}}, {"a": 1})
    return {names[document["_id"]]: np.frombuffer(document["a"], KEPT_ANALYSIS) async for document in found}


class AnalysesVersion(NamedTuple):
    """What names the content of analyses over a period: how many revisions, and when the latest became known (ms)."""

    revisions: int
    known_at_ms: int


async def analyses_version(
    database: Database, chromatographs: Sequence[str], hours: range, session: Session | None = None
) -> AnalysesVersion:
    """Return the version of what some chromatographs tell of a range of hours."""
    revisions = known_at_ms = 0
    for chromatograph in chromatographs:
        found = database[Collection.ANALYSES].find(
            _within(chromatograph, hours), {"v": 1, "known_at": 1}, session=session
        )
        async for document in found:
            revisions += int(document["v"])
            known_at_ms = max(known_at_ms, int(document["known_at"]))
    return AnalysesVersion(revisions, known_at_ms)


async def analyses_versions(
    database: Database, wanted: Sequence[tuple[Sequence[str], range]], session: Session | None = None
) -> list[AnalysesVersion]:
    """Return the version of what some chromatographs tell of a range of hours, for each of `wanted`.

    One query a chromatograph, however many there are: over all hours for which it is wanted.
    """
    told = {
        name: [one async for one in database[Collection.ANALYSES].find(_within(name, hours), _VERSION, session=session)]
        for name, hours in hulls(wanted).items()
    }
    return [
        _version_of([one for name in names for one in _days_within(told[name], name, hours)]) for names, hours in wanted
    ]


def hulls(wanted: Sequence[tuple[Sequence[str], range]]) -> dict[str, range]:
    """Return, by chromatograph, the hours that hold all those for which it is wanted."""
    found: dict[str, range] = {}
    for names, hours in wanted:
        for name in names:
            known = found.get(name, hours)
            found[name] = range(min(known.start, hours.start), max(known.stop, hours.stop))
    return found


def _days_within(documents: list[dict[str, Any]], name: str, hours: range) -> list[dict[str, Any]]:
    bounds = _within(name, hours)["_id"]
    return [one for one in documents if bounds["$gte"] <= one["_id"] <= bounds["$lte"]]


def _version_of(documents: list[dict[str, Any]]) -> AnalysesVersion:
    revisions = sum(int(one["v"]) for one in documents)
    return AnalysesVersion(revisions, max((int(one["known_at"]) for one in documents), default=0))


async def analyses_between(
    database: Database,
    chromatograph: str,
    hours: range,
    session: Session | None = None,
    moment_ms: int | None = None,
) -> NDArray[np.void]:
    """Return a KEPT_ANALYSIS row for each hour of a range, revision 0 where nothing is known, or was at a moment."""
    rows = np.zeros(len(hours), KEPT_ANALYSIS)
    async for document in database[Collection.ANALYSES].find(_within(chromatograph, hours), {"a": 1}, session=session):
        told = np.frombuffer(document["a"], KEPT_ANALYSIS)
        known = told[(told["revision"] > 0) & (told["hour"] >= hours.start) & (told["hour"] < hours.stop)]
        rows[known["hour"] - hours.start] = known
    if moment_ms is not None:
        await _as_known(database, chromatograph, hours, rows, moment_ms, session)
    return rows


async def _as_known(  # noqa: PLR0913, PLR0917 - what, when, and how it is read
    database: Database,
    chromatograph: str,
    hours: range,
    rows: NDArray[np.void],
    moment_ms: int,
    session: Session | None,
) -> None:
    """Put what was known at a moment in place of what became known later."""
    later = np.flatnonzero(rows["known_at"] > moment_ms)
    names = [
        f"{chromatograph}|{hours.start + place}|{revision}"
        for place in later.tolist()
        for revision in range(1, int(rows[place]["revision"]))
    ]
    rows[later] = np.zeros(1, KEPT_ANALYSIS)
    for begin in range(0, len(names), IDS_PER_QUERY):
        asked = {"_id": {"$in": names[begin : begin + IDS_PER_QUERY]}}
        async for document in database[Collection.ANALYSIS_REVISIONS].find(asked, {"row": 1}, session=session):
            row = np.frombuffer(document["row"], KEPT_ANALYSIS)[0]
            place = int(row["hour"]) - hours.start
            if row["known_at"] <= moment_ms and row["revision"] > rows[place]["revision"]:
                rows[place] = row


def _within(chromatograph: str, hours: range) -> dict[str, Any]:
    first, last = gas_time.gas_day(hours.start), gas_time.gas_day(hours.stop - 1)
    return {"_id": {"$gte": day_id(chromatograph, first), "$lte": day_id(chromatograph, last)}}
