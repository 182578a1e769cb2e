"""The measurements endpoint over a real MongoDB: rows, sums, tags, errors."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
import numpy as np
import orjson
import pytest
from lxml import etree

from shared.domain import gas_time
from shared.domain.period import day_of
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance
from shared.runtime.mongo import SyncDatabase
from tests.integration.query.conftest import GAP
from tests.integration.query.stored_lines import plausible_hours, store_hours

LINE = "/v1/lines/BE-0042-A/measurements"


async def answer(query: httpx2.AsyncClient, **asked: str) -> dict[str, Any]:
    """Return a measurements answer."""
    given = await query.get(LINE, params=asked)
    assert given.status_code == 200, given.text
    body: dict[str, Any] = orjson.loads(given.content)
    return body


async def test_the_answer_has_the_documented_shape(query: httpx2.AsyncClient) -> None:
    """Head and rows as the fixed points say; the 25-hour day has 25 rows."""
    body = await answer(query, **{"view": "hour", "from": "2026-10-24", "to": "2026-10-25", "unit": "GJ"})
    assert list(body) == ["id", "name", "view", "unit", "reference", "from", "to", "known_at", "rows", "next"]
    assert [row["hour"] for row in body["rows"]] == list(range(1, 26))
    assert list(body["rows"][0]) == [
        *("start", "end", "local_start", "gas_day", "hour", "volume_m3n", "energy", "gcv", "temperature_c"),
        *("validity", "quality", "revision", "volume_basis", "method"),
    ]
    assert body["next"] is None


async def test_hours_days_and_months_add_up_exactly(query: httpx2.AsyncClient) -> None:
    """Σ hours = day and Σ days = month in every unit, read as decimals."""
    for unit in ("kWh", "MJ", "GJ"):
        texts = [
            (await query.get(LINE, params={"view": view, "from": start, "to": end, "unit": unit})).text
            for view, start, end in (
                ("hour", "2026-10-01", "2026-11-01"),
                ("day", "2026-10-01", "2026-11-01"),
                ("month", "2026-10", "2026-11"),
            )
        ]
        for name in ("volume_m3n", "energy"):
            sums = [sum(_numbers(text, name)) for text in texts]
            assert sums[0] == sums[1] == sums[2] > 0


def _numbers(text: str, name: str) -> list[Decimal]:
    return [Decimal(part.split(",", 1)[0]) for part in text.split(f'"{name}":')[1:] if not part.startswith("null")]


async def test_missing_hours_are_rows(query: httpx2.AsyncClient) -> None:
    """Five hours that never came are five rows of quality MISSING, and counted in their day."""
    asked = {"from": "2026-10-10", "to": "2026-10-11"}
    hours = (await answer(query, view="hour", **asked))["rows"]
    assert [row["quality"] for row in hours] == ["MISSING"] * 5 + ["MEASURED"] * 19
    assert hours[0]["volume_m3n"] is None
    assert hours[0]["start"] == f"{gas_time.hour_start(GAP):%Y-%m-%dT%H:%M:%SZ}"
    (day,) = (await answer(query, view="day", **asked))["rows"]
    assert (day["hours_expected"], day["hours_present"]) == (24, 19)
    assert day["hours_by_quality"]["MISSING"] == 5
    assert day["hours_by_validity"] == {"RECORDED": 0, "PRELIMINARY": 0, "DEFINITIVE": 19}


async def test_operating_volume_is_told_hour_by_hour(
    query: httpx2.AsyncClient, export: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """A volume that the operator publishes as it flows says so in json, in both files and in words on the page."""
    day = date(2026, 9, 20)
    hours = gas_time.hours_of_day(day)
    rows = plausible_hours(hours)
    rows["provenance"][3:] = Provenance.FROM_FILE | Provenance.VOLUME_OPERATING
    rows["volume"][23] = ABSENT
    store_hours(database, "BE-0042-A", hours.start, rows)
    asked = {"from": "2026-09-20", "to": "2026-09-21"}
    expected = ["normalised"] * 3 + ["operating"] * 20 + [None]
    assert [row["volume_basis"] for row in (await answer(query, **asked))["rows"]] == expected
    file = {"line": "BE-0042-A", **asked}
    told = csv.DictReader((await export.get("/v1/download", params=file)).text.splitlines())
    assert [row["volume_basis"] or None for row in told] == expected
    root = etree.fromstring((await export.get("/v1/download", params={**file, "format": "xml"})).content)
    assert [element.get("volume_basis") for element in list(root)[:-1]] == expected
    page = (await query.get("/lines/BE-0042-A", params=asked)).text
    assert "20 hours: operating volume as published by the operator, not normalised" in page
    assert page.count(">operating volume<") == 20


async def test_rows_end_with_the_hour_that_has_ended(query: httpx2.AsyncClient) -> None:
    """At 19:31 UTC the last row is the hour from 18:00 UTC."""
    rows = (await answer(query, **{"from": "2026-11-23", "to": "2026-11-24"}))["rows"]
    assert (len(rows), rows[-1]["end"]) == (14, "2026-11-23T19:00:00Z")


async def test_columns_say_the_same_as_rows(query: httpx2.AsyncClient) -> None:
    """layout=columns carries the same values, grouped counts included."""
    asked = {"view": "day", "from": "2026-10-01", "to": "2026-11-01"}
    rows, columns = await answer(query, **asked), await answer(query, layout="columns", **asked)
    assert columns["columns"]["energy"] == [row["energy"] for row in rows["rows"]]
    assert columns["columns"]["hours_by_quality"]["ESTIMATED"] == [
        row["hours_by_quality"]["ESTIMATED"] for row in rows["rows"]
    ]


async def test_the_tag_changes_with_the_content_only(
    query: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """The same content is 304; a changed hour changes the tag of its month, and of no other."""
    september, october = (
        {"view": "hour", "from": f"2026-{month}-01", "to": f"2026-{month}-03"} for month in ("09", "10")
    )
    tags = [(await query.get(LINE, params=asked)).headers["etag"] for asked in (september, october)]
    assert (await query.get(LINE, params=october, headers={"If-None-Match": tags[1]})).status_code == 304
    day = day_of("2026-10-20")
    assert day is not None
    hours = gas_time.hours_of_day(day)
    changed = plausible_hours(hours, seed=9)
    changed["revision"] = 2
    store_hours(database, "BE-0042-A", hours.start, changed)
    again = [
        await query.get(LINE, params=asked, headers={"If-None-Match": tag})
        for asked, tag in zip((september, october), tags, strict=True)
    ]
    assert [given.status_code for given in again] == [304, 200]
    assert again[1].headers["etag"] not in ("", tags[1])
    assert again[1].headers["cache-control"] == "private, no-cache"


async def test_another_layout_has_another_tag(query: httpx2.AsyncClient) -> None:
    """A strong tag names bytes: rows and columns never share one."""
    asked = {"from": "2026-09-01", "to": "2026-09-02"}
    tag = (await query.get(LINE, params=asked)).headers["etag"]
    given = await query.get(LINE, params={**asked, "layout": "columns"}, headers={"If-None-Match": tag})
    assert given.status_code == 200


@pytest.mark.parametrize(
    ("known_at", "status"),
    [
        ("2026-11-23T19:30:00Z", 200),
        ("2026-11-23T20:30:00+01:00", 200),
        ("2027-01-01T00:00:00Z", 422),
        ("2026-09-02T00:00:00Z", 200),
        ("yesterday", 422),
        ("2026-11-23T19:30:00", 422),
    ],
)
async def test_known_at(query: httpx2.AsyncClient, known_at: str, status: int) -> None:
    """As known now or then is answered; the future and what is no moment are refused."""
    asked = {"from": "2026-09-01", "to": "2026-09-03", "known_at": known_at}
    assert (await query.get(LINE, params=asked)).status_code == status


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/lines/NOPE/measurements", 404, "NOT_FOUND"),
        ("/v1/lines/NOPE", 404, "NOT_FOUND"),
        ("/v1/nodes/NOPE", 404, "NOT_FOUND"),
        ("/v1/nothing", 404, "NOT_FOUND"),
        (f"{LINE}?view=week", 422, "VIEW"),
        (f"{LINE}?layout=heap", 422, "LAYOUT"),
        (f"{LINE}?knwon_at=2026-11-01T00:00:00Z", 422, "UNKNOWN_PARAMETER"),
        (f"{LINE}?columns=gas_day,colour", 422, "COLUMNS"),
        (f"{LINE}?from=2026-10-02&to=2026-10-01", 422, "PERIOD_BACKWARDS"),
        (f"{LINE}?view={'x' * 65}", 422, "STRING_TOO_LONG"),
        ("/v1/lines?limit=0", 422, "GREATER_THAN_EQUAL"),
        ("/v1/lines?cursor=%25", 422, "CURSOR"),
        ("/v1/findings?from=x", 422, "DATE"),
    ],
)
async def test_errors_are_problems(query: httpx2.AsyncClient, path: str, status: int, code: str) -> None:
    """Every error is problem+json with its issues."""
    given = await query.get(path)
    assert given.status_code == status
    assert given.headers["content-type"] == "application/problem+json"
    assert [issue["code"] for issue in given.json()["issues"]] == [code]


async def test_a_wrong_method_and_a_large_body_are_problems(query: httpx2.AsyncClient) -> None:
    """405 tells what is allowed, 413 what the limit is."""
    given = await query.post(LINE)
    assert (given.status_code, given.headers["allow"]) == (405, "GET")
    large = await query.post("/v1/lines", content=b"x" * 300_000)
    assert (large.status_code, large.json()["issues"][0]["code"]) == (413, "TOO_LARGE")


async def test_reading_with_numpy_agrees(query: httpx2.AsyncClient) -> None:
    """The published volumes of a day are the stored ones."""
    day = day_of("2026-09-05")
    assert day is not None
    first = gas_time.hours_of_day(day_of("2026-09-01") or day).start
    stored = plausible_hours(range(first, first + 24 * 5))[-24:]["volume"]
    rows = (await answer(query, **{"from": "2026-09-05", "to": "2026-09-06"}))["rows"]
    assert np.array_equal(np.round([row["volume_m3n"] * 1000 for row in rows]), stored)


async def test_only_the_columns_that_are_asked_for(query: httpx2.AsyncClient) -> None:
    """In both layouts, groups as a whole; their tag is another than that of all, and names this choice alone."""
    asked = {"view": "day", "from": "2026-10-01", "to": "2026-10-03", "columns": "gas_day, hours_by_quality"}
    given = await query.get(LINE, params=asked)
    assert [list(row) for row in given.json()["rows"]] == [["gas_day", "hours_by_quality"]] * 2
    columns = (await query.get(LINE, params={**asked, "layout": "columns"})).json()["columns"]
    assert (list(columns), len(columns["hours_by_quality"]["MEASURED"])) == (["gas_day", "hours_by_quality"], 2)
    held = {"If-None-Match": given.headers["etag"]}
    assert (await query.get(LINE, params=asked, headers=held)).status_code == 304
    assert (await query.get(LINE, params={**asked, "columns": "gas_day"}, headers=held)).status_code == 200
    assert (await query.get(LINE, params={**asked, "columns": ""}, headers=held)).status_code == 200
