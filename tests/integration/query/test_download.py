"""Files over a real MongoDB: csv in both dialects and xml say the same as the API."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx2
import pytest
from lxml import etree

from services.export.api import SCHEMA

PERIOD = {"from": "2026-09-20", "to": "2026-11-24"}
ASKED = {"line": "BE-0042-A", **PERIOD}


async def api_rows(query: httpx2.AsyncClient, view: str, period: dict[str, str]) -> list[dict[str, Any]]:
    """Return the rows of the API."""
    given = await query.get("/v1/lines/BE-0042-A/measurements", params={"view": view, **period})
    rows: list[dict[str, Any]] = given.json()["rows"]
    return rows


def read(body: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a csv file."""
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter))


async def test_csv_says_what_the_api_says(query: httpx2.AsyncClient, export: httpx2.AsyncClient) -> None:
    """Every hour, missing ones too, with the same numbers; over several blocks and the switch day."""
    given = await export.get("/v1/download", params=ASKED)
    rows, said = await api_rows(query, "hour", PERIOD), read(given.content)
    assert len(said) == len(rows) == 1_551
    for row, line in zip(rows, said, strict=True):
        assert (line["line"], line["start"], line["local_start"]) == ("BE-0042-A", row["start"], row["local_start"])
        assert (float(line["volume_m3n"]) if line["volume_m3n"] else None) == row["volume_m3n"]
        assert (float(line["energy_kwh"]) if line["energy_kwh"] else None) == row["energy"]
        assert line["quality"] == row["quality"]
        assert (line["known_at"] == "") == (row["quality"] == "MISSING")


async def test_the_csv_is_rfc4180(export: httpx2.AsyncClient) -> None:
    """Lines end with CR LF, no byte order mark, a name that tells what is inside."""
    given = await export.get("/v1/download", params=ASKED)
    assert given.content.startswith(b"line,name,start,")
    assert given.content.count(b"\r\n") == given.content.count(b"\n") == 1_552
    name = "gastrack_BE-0042-A_hour_2026-09-20_2026-11-24_kWh.csv"
    assert given.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert given.headers["content-type"] == "text/csv; charset=utf-8; header=present"


async def test_excel_in_belgium(export: httpx2.AsyncClient) -> None:
    """Byte order mark, semicolons, decimal commas; a name that looks like a formula is disarmed."""
    asked = {"line": ["BE-0042-A", "BE-0042-B"], **PERIOD, "dialect": "excel-be"}
    body = (await export.get("/v1/download", params=asked)).content
    assert body.startswith(b"\xef\xbb\xbfline;name;")
    rows = read(body, ";")
    assert rows[0]["volume_m3n"].count(",") == 1
    assert "." not in rows[0]["volume_m3n"]
    assert rows[-1]["name"] == '\'=glass & "works"'
    assert len(rows) == 2 * 1_551


@pytest.mark.parametrize(
    ("view", "period", "count"),
    [("hour", PERIOD, 1_551), ("day", PERIOD, 65), ("month", {"from": "2026-09", "to": "2026-12"}, 3)],
)
async def test_xml_keeps_its_schema(
    query: httpx2.AsyncClient, export: httpx2.AsyncClient, view: str, period: dict[str, str], count: int
) -> None:
    """The file is valid against the published schema, complete, and says what the API says."""
    asked = {"line": ["BE-0042-A", "BE-0042-B"], "view": view, "format": "xml", **period}
    given = await export.get("/v1/download", params=asked)
    root = etree.fromstring(given.content)
    etree.XMLSchema(etree.fromstring((await export.get("/v1/schemas/measurements.xsd")).content)).assertValid(root)
    assert len(root) == 2 * count + 1
    assert root[-1].get("rows") == str(2 * count)
    assert root[count].get("name") == '=glass & "works"'
    rows = await api_rows(query, view, period)
    said = [element.get("energy") for element in root.findall("{*}" + view)[:count]]
    assert [None if text is None else float(text) for text in said] == [row["energy"] for row in rows]


async def test_what_is_wrong_is_said_before_the_first_byte(export: httpx2.AsyncClient) -> None:
    """An unknown line is 404, everything else that is wrong 422 with all issues."""
    unknown = await export.get("/v1/download", params={"line": ["BE-0042-A", "NOPE"], **PERIOD})
    assert (unknown.status_code, unknown.json()["issues"][0]["position"]) == (404, "line[1]")
    wrong = await export.get("/v1/download", params={"format": "pdf", "dialect": "x", "node": "/", "view": "week"})
    assert wrong.status_code == 422
    assert [issue["code"] for issue in wrong.json()["issues"]] == ["NODE", "FORMAT", "DIALECT", "VIEW"]


async def test_head_tells_what_would_come(export: httpx2.AsyncClient) -> None:
    """The name of a file can be asked for without the file."""
    given = await export.head("/v1/download", params=ASKED)
    assert (given.status_code, given.content) == (200, b"")
    assert given.headers["content-disposition"].endswith('_kWh.csv"')


async def test_a_period_without_rows_is_a_heading(export: httpx2.AsyncClient) -> None:
    """A file without rows is whole all the same."""
    asked = {"line": "BE-0042-A", "from": "2027-01-01", "to": "2027-01-02"}
    assert (await export.get("/v1/download", params=asked)).text.count("\r\n") == 1
    root = etree.fromstring((await export.get("/v1/download", params={**asked, "format": "xml"})).content)
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
