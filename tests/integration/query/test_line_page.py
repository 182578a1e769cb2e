"""The page of a line marks every quality and finding in words and signs, not by colour alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx2

from shared.domain import gas_time
from shared.domain.reading import Quality, Validity
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection
from tests.integration.query.stored_lines import plausible_hours, store_hours

DAY = date(2026, 9, 25)
PERIOD = {"from": "2026-09-25", "to": "2026-09-26"}


def store_a_day(database: SyncDatabase[dict[str, Any]]) -> None:
    """One hour of each quality, and two recorded hours, one of which has a finding that blocks."""
    hours = gas_time.hours_of_day(DAY)
    rows = plausible_hours(hours)
    rows["quality"][: len(Quality)] = list(Quality)
    rows["validity"][10:12] = Validity.RECORDED
    store_hours(database, "BE-0042-A", hours.start, rows)
    numbers = {"observed": [25_310.5], "threshold": [25_200.0], "known_at": 1_795_000_000_000, "state": "open"}
    told = {"line": "BE-0042-A", "severity": "F", "p": 0, "log_offset": 1, **numbers}
    for rule, place in (("C1", 10), ("D7", 12)):
        finding = {"_id": f"telemetry/0/77/{place}|{rule}", "rule": rule, "hours": [hours.start + place], **told}
        database[Collection.FINDINGS].replace_one({"_id": finding["_id"]}, finding, upsert=True)


async def test_every_quality_has_a_word_and_a_pattern(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """All but measured, in the table, in the legend and under the chart, each with a pattern of its own."""
    store_a_day(database)
    page = (await query.get("/lines/BE-0042-A", params=PERIOD)).text
    for quality in (quality.name.lower() for quality in Quality if quality is not Quality.MEASURED):
        assert f'<span class="state {quality}">{quality}</span>' in page
        assert f'class="mark {quality}"' in page
        assert f'<rect class="{quality}" width="22"' in page
    days = (await query.get("/lines/BE-0042-A", params={"view": "day", **PERIOD})).text
    assert ">hours missing<" in days


async def test_recorded_hours_with_findings_are_flagged_and_explained(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """The flag stands at the hour that is held back, not at one that passed since; both findings are told."""
    store_a_day(database)
    page = (await query.get("/lines/BE-0042-A", params=PERIOD)).text
    assert page.count('<a href="#finding-C1">C1</a>') == 1
    assert '<a href="#finding-D7">' not in page
    assert page.count('<text class="flag"') == 1
    assert "25 Sep 16:00: observed 25,310.5, threshold 25,200" in page
    assert "More gas in an hour than the line can carry" in page
    assert "energy identity" in page
