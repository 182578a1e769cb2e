"""A closed month is definitive wherever it is shown, and its tag tells that it closed."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx2
import pytest
from lxml import etree

from shared.domain import gas_time
from shared.domain.reading import Quality, Validity
from shared.runtime.mongo import SyncDatabase
from tests.integration.query.stored_history import StoredHistory
from tests.integration.query.stored_lines import a_line, register

LINE = "BE-0042-C"
PATH = f"/v1/lines/{LINE}/measurements"
BEGUN_MS, CLOSED_MS = 1_793_500_000_000, 1_794_000_000_000
HOURS = gas_time.hours_of_month("2026-10")
SPAN = range(HOURS.start - 24, HOURS.stop + 24)
"""From the last gas day of September to the first of November."""
ASKED = {"from": "2026-09-30", "to": "2026-11-02"}


@pytest.fixture
async def line(database: SyncDatabase[dict[str, Any]]) -> AsyncIterator[StoredHistory]:
    """A line with recorded and told missing hours, and one of which nothing is known, in a month that is open."""
    register(database, a_line(LINE, first=date(2026, 9, 1)))
    stored = StoredHistory(database, LINE)
    stored.revise(SPAN, BEGUN_MS)
    stored.revise(range(HOURS.start + 2, HOURS.start + 5), BEGUN_MS, validity=Validity.RECORDED)
    stored.revise(range(HOURS.start, HOURS.start + 1), BEGUN_MS, quality=Quality.MISSING, method=b"M8")
    stored.revise(range(HOURS.start + 7, HOURS.start + 9), BEGUN_MS, quality=Quality.ESTIMATED, method=b"M4")
    yield stored
    for name in ("line_days", "line_months", "revisions", "closings"):
        database[name].delete_many({"_id": {"$regex": f"^{LINE}"}})


async def rows(query: httpx2.AsyncClient, view: str) -> list[dict[str, Any]]:
    """Return the rows of a view."""
    period = {"from": "2026-09", "to": "2026-12"} if view == "month" else ASKED
    found: list[dict[str, Any]] = (await query.get(PATH, params={"view": view, **period})).json()["rows"]
    return found


async def test_hours_days_and_months_are_definitive(query: httpx2.AsyncClient, line: StoredHistory) -> None:
    """Told missing hours too; the months beside it stay as they are, and so does October once it is opened again."""
    before = [await rows(query, view) for view in ("hour", "day", "month")]
    line.turn("2026-10", "close", CLOSED_MS)
    hours, days, months = [await rows(query, view) for view in ("hour", "day", "month")]
    assert {row["validity"] for row in hours[24:-24]} == {"DEFINITIVE"}
    assert {row["validity"] for row in hours[:24] + hours[-24:]} == {"PRELIMINARY"}
    assert [day["validity"] for day in days] == ["PRELIMINARY", *["DEFINITIVE"] * 31, "PRELIMINARY"]
    assert days[1]["hours_by_validity"] == {"RECORDED": 0, "PRELIMINARY": 0, "DEFINITIVE": 23}
    assert [month["validity"] for month in months] == ["PRELIMINARY", "DEFINITIVE", "PRELIMINARY"]
    assert months[1]["hours_by_validity"]["DEFINITIVE"] == months[1]["hours_present"] == 744
    line.turn("2026-10", "reopen", CLOSED_MS + 1)
    assert [await rows(query, view) for view in ("hour", "day", "month")] == before


async def test_what_is_unknown_stays_unknown(query: httpx2.AsyncClient, line: StoredHistory) -> None:
    """An hour of which nothing was ever told has no validity, closed or not."""
    line.database["line_days"].delete_one({"_id": f"{LINE}|2026-10-05"})
    line.turn("2026-10", "close", CLOSED_MS)
    fifth = [row for row in await rows(query, "hour") if row["gas_day"] == "2026-10-05"]
    assert [(row["validity"], row["revision"]) for row in fifth] == [(None, None)] * 24


async def test_the_tag_tells_every_change_of_status(query: httpx2.AsyncClient, line: StoredHistory) -> None:
    """A close, a reopening and an accept change no value: the tag and known_at tell them all the same."""
    seen = []
    for place, event in enumerate(("", "close", "reopen", "accept")):
        if event == "accept":
            line.accept(range(HOURS.start + 2, HOURS.start + 4), CLOSED_MS + place)
        elif event:
            line.turn("2026-10", event, CLOSED_MS + place)
        given = await query.get(PATH, params={**ASKED, "from": "2026-10-01", "to": "2026-10-02"})
        seen.append((given.headers["etag"], given.json()["known_at"]))
    assert len({tag for tag, _ in seen}) == len(seen)
    assert [known_at[-4:] for _, known_at in seen] == ["000Z", "001Z", "002Z", "003Z"]
    # Of a month in which nothing changed, the tag is the same.
    september = {"from": "2026-09-30", "to": "2026-10-01"}
    tag = (await query.get(PATH, params=september)).headers["etag"]
    line.turn("2026-10", "close", CLOSED_MS + 9)
    assert (await query.get(PATH, params=september, headers={"If-None-Match": tag})).status_code == 304


async def test_files_say_the_same(query: httpx2.AsyncClient, export: httpx2.AsyncClient, line: StoredHistory) -> None:
    """Status and method in csv and xml are those of the API, and the xml keeps its schema."""
    line.turn("2026-10", "close", CLOSED_MS)
    said = [(row["validity"], row["method"]) for row in await rows(query, "hour")]
    assert said[24:34] == [
        ("DEFINITIVE", method) for method in ("M8", None, None, None, None, None, None, "M4", "M4", None)
    ]
    file = {"line": LINE, **ASKED}
    told = csv.DictReader((await export.get("/v1/download", params=file)).text.splitlines())
    assert [(row["validity"], row["method"] or None) for row in told] == said
    root = etree.fromstring((await export.get("/v1/download", params={**file, "format": "xml"})).content)
    etree.XMLSchema(etree.fromstring((await export.get("/v1/schemas/measurements.xsd")).content)).assertValid(root)
    assert [(element.get("validity"), element.get("method")) for element in list(root)[:-1]] == said
