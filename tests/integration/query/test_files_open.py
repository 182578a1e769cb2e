"""Programs that people have open our files, and find in them what the API says."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import httpx2
import pandas as pd
import polars as pl
import pytest
from csvw import CSVW

from deploy.local.openers import OFFICE, XMLLINT
from services.export.api import SCHEMA
from services.export.files import xlsx_file
from shared.runtime.mongo import SyncDatabase
from tests.integration.query.stored_files import GAS, NODE, A, store_files

PERIOD = {"from": "2026-10-09", "to": "2026-10-27"}
FORMS = ("csv", "xml", "xlsx", "parquet", "json")
WORKBOOKS = ("xlsx", "large.xlsx")
"""The second is in the form that one of more than 2 GiB has."""
OFFICE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Found:
    """What a program finds: rows, those with a volume, the sums of volume and energy, and the last local start."""

    rows: int
    present: int
    volume: float
    energy: float
    last: str

    @classmethod
    def of(cls, volumes: list[float | None], energies: list[float | None], last: str) -> Found:
        """Return what lists of values come to."""
        there = [value for value in volumes if value is not None]
        energy = sum(value for value in energies if value is not None)
        return cls(len(volumes), len(there), round(sum(there), 3), round(energy, 3), last)


@dataclass(frozen=True, slots=True)
class Opened:
    """The files of one question in a folder, and what the API says to it."""

    folder: Path
    said: Found

    def file(self, form: str) -> Path:
        """Return the path of a file."""
        return self.folder / f"measurements.{form}"


@pytest.fixture(scope="module", autouse=True)
def stored(database: SyncDatabase[dict[str, Any]]) -> None:
    """Store what files are made of."""
    store_files(database)


@pytest.fixture
async def opened(
    query: httpx2.AsyncClient, export: httpx2.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Opened:
    """Two lines, one with gaps and one with gas, and a node, as a file of every format."""
    rows = []
    for path in (f"lines/{A}", f"lines/{GAS}", f"nodes/{NODE}"):
        rows += (await query.get(f"/v1/{path}/measurements", params=PERIOD)).json()["rows"]
    for form in (*FORMS, WORKBOOKS[1]):
        asked = {"line": [A, GAS], "node": NODE, **PERIOD, "format": form.removeprefix("large.")}
        monkeypatch.setattr(xlsx_file, "MOST_BYTES_OF_ZIP", -1 if form == WORKBOOKS[1] else 2**31 - 1)
        (tmp_path / f"measurements.{form}").write_bytes((await export.get("/v1/download", params=asked)).content)
    told = [[row[name] for row in rows] for name in ("volume_m3n", "energy")]
    return Opened(tmp_path, Found.of(told[0], told[1], rows[-1]["local_start"]))


def with_pandas(read: Callable[[], pd.DataFrame], energy: str = "energy_kwh") -> Found:
    """Return what pandas finds."""
    table = read()
    lists = [[None if pd.isna(value) else float(value) for value in table[name]] for name in ("volume_m3n", energy)]
    return Found.of(lists[0], lists[1], str(table["local_start"].iloc[-1]))


def workbook(path: Path) -> pd.DataFrame:
    """Return the one sheet of a workbook, as pandas reads it."""
    return pd.read_excel(path)


def with_polars(table: pl.DataFrame) -> Found:
    """Return what polars finds."""
    return Found.of(table["volume_m3n"].to_list(), table["energy_kwh"].to_list(), table["local_start"].to_list()[-1])


def with_duckdb(source: str) -> Found:
    """Return what DuckDB finds by SQL."""
    counted = f"SELECT count(*), count(volume_m3n), sum(volume_m3n), sum(energy_kwh) FROM {source}"  # noqa: S608 - ours
    connection = duckdb.connect()
    rows, present, volume, energy = connection.execute(counted).fetchall()[0]
    last = connection.execute(f"SELECT local_start FROM {source} WHERE line IS NULL ORDER BY start").fetchall()[-1][0]  # noqa: S608 - ours
    return Found(rows, present, round(volume, 3), round(energy, 3), str(last))


def test_pandas(opened: Opened) -> None:
    """Csv, xml, xlsx and parquet."""
    space = {"m": "urn:gastrack:measurements:1"}
    assert with_pandas(lambda: pd.read_csv(opened.file("csv"))) == opened.said
    for form in WORKBOOKS:
        assert with_pandas(partial(workbook, opened.file(form))) == opened.said
    assert with_pandas(lambda: pd.read_parquet(opened.file("parquet"))) == opened.said
    xml = with_pandas(lambda: pd.read_xml(opened.file("xml"), xpath="//m:hour", namespaces=space), "energy")
    assert xml == opened.said


def test_pandas_finds_dates_in_a_workbook(opened: Opened) -> None:
    """Moments and gas days are dates, names are texts: none is a formula."""
    table = pd.read_excel(opened.file("xlsx"))
    assert table["start"].iloc[0] == pd.Timestamp("2026-10-09T04:00:00")
    assert table["gas_day"].iloc[0] == pd.Timestamp("2026-10-09")


def test_polars(opened: Opened) -> None:
    """Csv, xlsx and parquet, whose columns have types."""
    assert with_polars(pl.read_csv(opened.file("csv"), infer_schema_length=None)) == opened.said
    for form in WORKBOOKS:
        assert with_polars(pl.read_excel(opened.file(form), infer_schema_length=None)) == opened.said
    typed = pl.read_parquet(opened.file("parquet"))
    assert with_polars(typed) == opened.said
    assert typed.schema["start"] == pl.Datetime("ms", "UTC")
    assert typed.schema["gas_day"] == pl.Date


def test_duckdb(opened: Opened) -> None:
    """Csv and parquet by SQL."""
    local = "types={'local_start': 'VARCHAR'}"
    assert with_duckdb(f"read_csv('{opened.file('csv')}', sample_size=-1, {local})") == opened.said
    assert with_duckdb(f"read_parquet('{opened.file('parquet')}')") == opened.said


def test_xmllint(opened: Opened) -> None:
    """The schema that we publish holds by another program's judgement."""
    program = XMLLINT.find()
    if program is None:
        pytest.skip(XMLLINT.sentence)
    asked = [program, "--noout", "--stream", "--schema", str(SCHEMA), str(opened.file("xml"))]
    run = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]


def test_libreoffice(opened: Opened) -> None:
    """It opens workbooks and finds the same numbers; what it makes of them is read as csv."""
    program = OFFICE.find()
    if program is None:
        pytest.skip(OFFICE.sentence)
    profile = f"-env:UserInstallation=file://{opened.folder}/profile"
    asked = [program, profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76"]
    made = opened.folder / "made"
    run = subprocess.run(
        [*asked, "--outdir", made, *(opened.file(form) for form in WORKBOOKS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=OFFICE_SECONDS,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    for form in WORKBOOKS:
        with (made / opened.file(form).with_suffix(".csv").name).open(newline="") as file:
            rows = list(csv.DictReader(file))
        lists = [[float(row[name]) if row[name] else None for row in rows] for name in ("volume_m3n", "energy_kwh")]
        assert Found.of(lists[0], lists[1], rows[-1]["local_start"]) == opened.said
        assert (rows[0]["start"], rows[0]["gas_day"]) == ("2026-10-09 04:00:00", "2026-10-09")


@pytest.mark.parametrize("asked", [{}, {"dialect": "excel-be"}, {"view": "day"}, {"view": "month"}, {"unit": "GJ"}])
async def test_csv_keeps_what_its_metadata_say(
    export: httpx2.AsyncClient, tmp_path: Path, asked: dict[str, str]
) -> None:
    """By an independent reader of CSV on the Web: each cell is of the type that is told, and the keys are distinct."""
    months = {"from": "2026-10", "to": "2026-11"} if asked.get("view") == "month" else PERIOD
    answer = await export.get("/v1/download", params={"line": [A, GAS], **months, **asked})
    told = await export.get(answer.headers["Link"][1:].partition(">")[0])
    metadata = told.json()
    (tmp_path / metadata["url"]).write_bytes(answer.content)
    (tmp_path / "metadata.json").write_bytes(told.content)
    read = CSVW(str(tmp_path / "metadata.json"), validate=True)
    assert read.is_valid, read.warnings
    assert len(list(read.tables[0])) == answer.text.count("\r\n") - 1
