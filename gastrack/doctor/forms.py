"""Whether this software can read what was written last: a newer version may have worked in the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gastrack.doctor.finding import Area, Finding
from shared.domain import gas_time
from shared.runtime.mongo import Database
from shared.store import forms
from shared.store.documents import Collection, day_id
from shared.store.forms import UnknownFormError

MOST_DAYS = 100
"""Of a partition's last change that are looked at."""


async def of_forms(database: Database) -> list[Finding]:
    """Tell the gas days of the last change of each partition that are packed in no form that this software knows."""
    told = [one["told"] async for one in database[Collection.PROGRESS].find({"told": {"$gt": ""}}, {"told": 1})]
    unknown = [
        words
        async for change in database[Collection.CHANGES].find({"_id": {"$in": told}, "runs": {"$exists": True}})
        async for words in _unreadable(database, change)
    ]
    if not unknown:
        return []
    wrong = f"{len(unknown)} documents are in no form that this software knows, such as {unknown[0]}"
    mend = "a newer version works here: go on to it, and ask its own doctor; see docs/runbooks/upgrade.md"
    return [Finding(Area.VERSIONS, wrong, mend)]


async def _unreadable(database: Database, change: dict[str, Any]) -> AsyncIterator[str]:
    try:
        runs = forms.runs(change["runs"], change["count"])
    except UnknownFormError as fault:
        yield f"{change['_id']} of changes: {fault}"
        return
    days = {day_id(change["lines"][run["line"]], gas_time.gas_day(int(run["first"]))) for run in runs[:MOST_DAYS]}
    async for day in database[Collection.LINE_DAYS].find({"_id": {"$in": sorted(days)}}, {"h": 1, "r": 1}):
        try:
            forms.day_hours(day["h"])
            forms.rollup(day["r"])
        except UnknownFormError as fault:
            yield f"{day['_id']} of line_days: {fault}"
