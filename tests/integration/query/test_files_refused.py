"""What is wrong with a download is said before its first byte, with the limit; and what a file came to is counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest

from deploy.local.servers import Servers
from services.export import handlers
from services.export.files import csvw, formats
from services.export.files.asked import Download, FileFormat, download_of
from services.export.files.layout import Of, layout_of
from services.export.files.parts import layout_for
from services.export.files.tally import Tally
from shared.access.caller import Caller, demo_caller
from shared.domain.topology import Issue
from shared.runtime.mongo import Database, SyncDatabase, connect
from shared.runtime.problem import ProblemError
from shared.store.documents import Collection
from shared.store.register import FLOOR_ID, to_document
from tests.integration.query.conftest import NOW
from tests.integration.query.stored_files import GAS, NODE, A, store_files
from tests.integration.query.test_retention import FLOOR

PERIOD = {"from": "2026-10-01", "to": "2026-11-01"}
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module", autouse=True)
def stored(database: SyncDatabase[dict[str, Any]]) -> None:
    """Store what files are made of."""
    store_files(database)


@pytest.fixture
def store(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> Iterator[Database]:
    """The same database, as services read it."""
    made = connect(stack.mongo_uri, database.name)
    yield made
    made.client.close()


async def refused(export: httpx2.AsyncClient, **asked: Any) -> dict[str, str]:
    """Return the first issue of a download that is refused with 422."""
    answer = await export.get("/v1/download", params={"line": A, **PERIOD, **asked})
    assert answer.status_code == 422, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    issue: dict[str, str] = answer.json()["issues"][0]
    return issue


@pytest.mark.parametrize(
    ("asked", "code", "limit"),
    [
        ({"to": "2026-09-01"}, "PERIOD_BACKWARDS", "2026-10-01"),
        ({"from": "2020-01-01"}, "PERIOD_TOO_LONG", "1200"),
        ({"columns": "volume,gcv"}, "COLUMNS", "volume_m3n"),
        ({"unit": "m3"}, "UNIT", "kWh"),
        ({"format": "pdf"}, "FORMAT", "parquet"),
        ({"known_at": "yesterday"}, "KNOWN_AT", "offset"),
        ({"known_at": "2027-01-01T00:00:00Z"}, "KNOWN_AT", "future"),
        ({"formt": "xml"}, "UNKNOWN_PARAMETER", "'formt'"),
        ({"line": []}, "LINE", "at least one"),
        ({"node": ["x"] * 1_000}, "TOO_MANY_LINES", "1000"),
    ],
)
async def test_what_cannot_be_asked_for(export: httpx2.AsyncClient, asked: Any, code: str, limit: str) -> None:
    """The code, and in the words what would be right."""
    issue = await refused(export, **asked)
    assert issue["code"] == code
    assert limit in issue["message"]


async def test_nodes_and_columns_that_lines_do_not_have(export: httpx2.AsyncClient) -> None:
    """A column of nodes alone can be asked for where there is a node."""
    assert (await refused(export, columns="lines_missing"))["code"] == "COLUMNS"
    answer = await export.get("/v1/download", params={"node": NODE, **PERIOD, "columns": "start,lines_missing"})
    assert answer.text.splitlines()[0] == "node,name,start,lines_missing"


async def test_too_many_rows_are_a_job(export: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit and the way around it are named."""
    monkeypatch.setattr(handlers, "MOST_ROWS_AT_ONCE", 744)
    issue = await refused(export)
    assert issue["code"] == "TOO_MANY_ROWS"
    assert "745 rows" in issue["message"]
    assert "POST /v1/exports" in issue["message"]
    assert (await export.get("/v1/download", params={"line": A, **PERIOD, "to": "2026-10-31"})).status_code == 200


async def test_a_sheet_that_would_overflow(export: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The heading counts; csv and parquet are named."""
    monkeypatch.setattr(formats, "SHEET_ROWS", 746)
    assert (await export.get("/v1/download", params={"line": A, **PERIOD, "format": "xlsx"})).status_code == 200
    monkeypatch.setattr(formats, "SHEET_ROWS", 745)
    issue = await refused(export, format="xlsx")
    assert issue["code"] == "TOO_MANY_ROWS_FOR_XLSX"
    assert "format=csv or format=parquet" in issue["message"]


async def test_a_format_without_its_extra(export: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyarrow is not installed."""
    monkeypatch.setattr(formats, "find_spec", lambda _: None)
    assert (await refused(export, format="parquet"))["code"] == "FORMAT_NOT_INSTALLED"


async def test_what_is_not_kept_online(export: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]) -> None:
    """A file that would begin later than was asked for is refused: nothing is cut off in silence."""
    document = {"_id": FLOOR_ID, "kind": "retention", "doc": to_document(FLOOR), "known_at": 1}
    database[Collection.TOPOLOGY].insert_one(document)
    issue = await refused(export, **{"from": "2023-10-31", "to": "2023-11-02"})
    database[Collection.TOPOLOGY].delete_one({"_id": FLOOR_ID})
    assert (issue["code"], "2023-11-01" in issue["message"]) == ("OUTSIDE_RETENTION", True)


async def test_unknown_and_not_allowed_are_the_same(store: Database) -> None:
    """For lines as for nodes, word for word."""
    nobody, everybody = Caller("a client"), demo_caller("demo")
    for lines, nodes in (([A], []), ([], [NODE])):
        theirs = await problem(store, nobody, lines, nodes)
        unknown = await problem(store, everybody, [f"{one}-X" for one in lines], [f"{one}-X" for one in nodes])
        assert [(one.code, one.position) for one in theirs] == [(one.code, one.position) for one in unknown]
        assert theirs[0].message == unknown[0].message.replace("-X", "")


async def problem(store: Database, caller: Caller, lines: list[str], nodes: list[str]) -> list[Issue]:
    """Return why a caller does not get lines and nodes: 404."""
    with pytest.raises(ProblemError) as refusal:
        await handlers.parts_of(store, caller, download(lines, nodes))
    assert refusal.value.status == 404
    return list(refusal.value.issues)


@pytest.mark.parametrize("form", list(FileFormat))
async def test_a_file_is_counted_while_it_is_written(store: Database, form: FileFormat) -> None:
    """Rows, hours, size, digest, and when the latest change became known."""
    asked, tally = download([A, GAS], [], form), Tally()
    parts = await handlers.parts_of(store, demo_caller("demo"), asked)
    body = b"".join([block async for block in handlers.file_of(store, parts, asked, NOW, tally)])
    assert (tally.rows, tally.hours_expected, tally.hours_present) == (745 + 217, 745 + 217, 745 - 5 + 97)
    assert (tally.size, tally.digest, tally.sha256.hex()) == (len(body), hashlib.sha256(body).hexdigest(), tally.digest)
    assert tally.known_at_ms > 1_790_000_000_000


async def test_what_the_columns_mean(export: httpx2.AsyncClient) -> None:
    """A csv file links to the metadata of exactly its columns, units and types among them."""
    known, since = {"known_at": "2026-11-20T00:00:00Z"}, {"since": "2026-10-20T00:00:00Z"}
    asked_for = (
        {"line": [A, GAS], **known},
        {"line": A, "node": NODE, "unit": "GJ", **since},
        {"node": NODE, "view": "day"},
    )
    for asked in asked_for:
        answer = await export.get("/v1/download", params={**asked, **PERIOD})
        links = answer.headers["link"].split(", ")
        link, *more = next(one for one in links if csvw.MEDIA_TYPE in one).split("; ")
        assert more == ['rel="describedby"', f'type="{csvw.MEDIA_TYPE}"']
        metadata = (await export.get(link.strip("<>"))).json()
        columns = metadata["tableSchema"]["columns"]
        assert [column["titles"] for column in columns] == answer.text.split("\r\n")[0].split(",")
        assert all(column["dc:description"] for column in columns)
        assert f'filename="{metadata["url"]}"' in answer.headers["content-disposition"]
    units = {column["name"]: column.get("schema:unitText") for column in columns}
    assert (units["energy_kwh"], units["volume_m3n"], units["gcv_kwh_per_m3n"]) == ("kWh", "m³(n)", "kWh/m³(n)")


def test_metadata_of_decimal_commas() -> None:
    """As Belgian Excel reads numbers; months and moments have their types."""
    months = {"from": "2026-10", "to": "2026-11", "view": "month"}
    asked = download([A], [], FileFormat.CSV, dialect="excel-be", **months)
    told = csvw.metadata_of(asked, layout_of(asked.question, Of(lines=True, nodes=False)), asked.file_name)
    types = {column["name"]: column["datatype"] for column in told["tableSchema"]["columns"]}
    assert types["volume_m3n"] == {"base": "decimal", "format": {"decimalChar": ","}}
    assert (types["month"], types["start"], types["local_start"]) == ("gYearMonth", "dateTimeStamp", "dateTimeStamp")
    assert told["dialect"]["delimiter"] == ";"


async def test_a_file_has_the_columns_that_somebody_has(store: Database) -> None:
    """Those of the gas where one line has it."""
    names = []
    for lines in ([A], [A, GAS]):
        asked = download(lines, [])
        layout = layout_for(await handlers.parts_of(store, demo_caller("demo"), asked), asked)
        names.append({column.name for column in layout.columns})
    assert "methane_mol_percent" in names[1] - names[0]


def download(lines: list[str], nodes: list[str], form: FileFormat = FileFormat.CSV, **given: str) -> Download:
    """Return a download that can be asked for."""
    found = download_of(lines, nodes, {**PERIOD, "format": form, **given}, TODAY)
    assert isinstance(found, Download)
    return found
