"""The page of a line marks every quality and finding in words and signs, not by colour alone."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import httpx2

from services.query.pages.downloads import DIALECTS, FORMATS
from shared.domain import gas_time
from shared.domain.estimation import Method
from shared.domain.reading import Provenance, Quality, Validity
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
    assert "25 Sept 16:00: observed 25,310.5, threshold 25,200" in page
    assert "More gas in an hour than the line can carry" in page
    assert "energy identity" in page


async def test_an_open_finding_of_a_checked_hour_is_flagged(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """A rule that looks ahead found it after the hour had passed: the hour blocks the close, and says so."""
    store_a_day(database)
    hours = gas_time.hours_of_day(DAY)
    row = plausible_hours(hours)[12:13]
    row["provenance"] = Provenance.BLOCKED
    store_hours(database, "BE-0042-A", hours.start + 12, row)
    page = (await query.get("/lines/BE-0042-A", params=PERIOD)).text
    assert page.count('<a href="#finding-D7">D7</a>') == 1
    assert "held back by a finding" in page


async def test_settled_findings_say_how_and_keep_nothing_back(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """They stand after what is open; a rule of which all is settled says so."""
    store_a_day(database)
    hour = gas_time.hours_of_day(DAY).start + 10
    settled = [{"hours": [hour], "how": "accepted", "known_at": 1_795_000_100_000, "decision": 41}]
    settle = {"$set": {"open": [], "settled": settled, "state": "settled"}}
    database[Collection.FINDINGS].update_one({"rule": "C1"}, settle)
    page = (await query.get("/lines/BE-0042-A", params=PERIOD)).text
    assert "25 Sept 16:00: observed 25,310.5, threshold 25,200 " in page
    assert "(accepted as it stands)" in page
    assert "1 hour: settled" in page
    assert "1 hour, 1 open: held back until" in page
    assert '<a href="#finding-C1">' not in page
    assert page.index('id="finding-D7"') < page.index('id="finding-C1"')


async def test_an_estimated_hour_says_its_method_and_each_hour_leads_to_its_history(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """The method in one sentence; its page is one link away, for hours alone."""
    store_a_day(database)
    hours = gas_time.hours_of_day(DAY)
    row = plausible_hours(hours)[:1]
    row["quality"], row["method"] = Quality.ESTIMATED, b"M4"
    store_hours(database, "BE-0042-A", hours.start, row)
    page = (await query.get("/lines/BE-0042-A", params=PERIOD)).text
    assert page.count(f'<abbr title="{Method.LIKE_DAYS.words}">M4</abbr>') == 1
    links = re.findall(r'<th scope="row"><a href="(/lines/[^"]+/hours/[^"]+)"', page)
    assert (len(links), links[0]) == (24, "/lines/BE-0042-A/hours/2026-09-25T04:00:00Z")
    assert (await query.get(f"/v1{links[0]}/history")).json()["rows"][0]["method"] == "M4"
    assert "/hours/" not in (await query.get("/lines/BE-0042-A", params={"view": "day", **PERIOD})).text


async def test_a_closed_month_is_shown_as_definitive(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """Every hour that is told, and the period as a whole."""
    store_a_day(database)
    month = {"_id": "BE-0042-A|2026-09"}
    database[Collection.LINE_MONTHS].update_one(month, {"$set": {"closed": {"known_at": 1}, "statuses": 1}})
    page = (await query.get("/lines/BE-0042-A", params=PERIOD)).text
    database[Collection.LINE_MONTHS].update_one(month, {"$set": {"closed": None, "statuses": 2}})
    assert page.count('<span class="badge definitive">definitive</span>') == 24 + 1
    assert 'class="badge recorded"' not in page


async def test_every_file_that_the_page_offers_is_served(query: httpx2.AsyncClient, export: httpx2.AsyncClient) -> None:
    """Its form and its command name formats and dialects of the export service."""
    page = (await query.get("/lines/BE-0042-A", params={"view": "day", **PERIOD})).text
    assert "curl -f -OJ &#39;http://gastrack/v1/download?line=BE-0042-A&amp;view=day&amp;" in page
    for name, offered in (("format", FORMATS), ("dialect", DIALECTS)):
        for one in offered:
            assert f'<option value="{one}"' in page
            asked = {"line": "BE-0042-A", "view": "day", **PERIOD, name: one}
            assert (await export.get("/v1/download", params=asked)).status_code == 200
