"""Whatever is asked for: csv ≡ xml ≡ xlsx ≡ parquet ≡ json ≡ API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from services.export.api import SCHEMA
from services.export.files.asked import Download, download_of
from services.export.files.layout import Of, layout_of
from shared.runtime.mongo import SyncDatabase
from tests.integration.query.filed import READERS, Row, answered_rows
from tests.integration.query.stored_files import GAS, NODE, A, B, store_files

TODAY = date(2026, 11, 23)
Asked = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def stored(database: SyncDatabase[dict[str, Any]]) -> None:
    """Store what files are made of."""
    store_files(database)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Return a question that can be answered, around the gap and the gas days."""
    first = date(2026, 10, 1) + timedelta(days=draw(st.integers(0, 40)))
    end = first + timedelta(days=draw(st.integers(1, 25)))
    view = draw(st.sampled_from(["hour", "hour", "day", "month"]))
    if view == "month":
        first, end = first.replace(day=1), (end.replace(day=1) + timedelta(days=32)).replace(day=1)
    shown = (lambda day: day.isoformat()[:7]) if view == "month" else date.isoformat
    asked: Asked = {"view": view, "from": shown(first), "to": shown(end)}
    asked["line"] = draw(st.lists(st.sampled_from([A, B, GAS]), unique=True, max_size=3))
    asked["node"] = [NODE] if not asked["line"] or draw(st.booleans()) else []
    asked["unit"] = draw(st.sampled_from(["kWh", "GJ", "MJ"]))
    asked["reference"] = draw(st.sampled_from(["25/0", "15/15"]))
    asked["known_at"] = draw(st.sampled_from(["", "", "2026-11-01T00:00:00Z"]))
    chosen = st.sets(st.sampled_from(["start", "volume_m3n", "energy", "quality", "known_at"]), min_size=1)
    asked["columns"] = ",".join(sorted(draw(chosen))) if draw(st.booleans()) else ""
    return asked


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(asked=questions())
async def test_all_formats_say_what_the_api_says(
    query: httpx2.AsyncClient, export: httpx2.AsyncClient, asked: Asked
) -> None:
    """The same rows in the same order, the same numbers, the same gaps."""
    told = await api_rows(query, asked)
    names = names_of(asked)
    files = {"csv": await file_rows(export, asked, "csv", names)}
    there = {name: name for name in (files["csv"] or [{}])[0]}
    for form in READERS.keys() - {"csv"}:
        files[form] = await file_rows(export, asked, form, there if form == "xml" else names)
    assert len(files["csv"]) == len(told)
    for form, rows in files.items():
        assert rows == files["csv"], form
    for row, answered in zip(files["csv"], told, strict=True):
        for name in row.keys() - {"line", "node", "name", "known_at"}:
            assert row[name] == answered.get(name), name
        if not asked["columns"]:
            assert answered.keys() <= row.keys()


async def api_rows(query: httpx2.AsyncClient, asked: Asked) -> list[Row]:
    """Return what the API answers on the lines and nodes, one after the other."""
    shared = {name: asked[name] for name in ("view", "from", "to", "unit", "reference", "known_at")}
    rows: list[Row] = []
    for kind in ("line", "node"):
        for name in asked[kind]:
            answer = await query.get(f"/v1/{kind}s/{name}/measurements", params=shared)
            assert answer.status_code == 200, answer.text
            rows += answered_rows(answer.json()["rows"])
    return rows


async def file_rows(export: httpx2.AsyncClient, asked: Asked, form: str, names: dict[str, str]) -> list[Row]:
    """Return what a file says; xml keeps its schema."""
    wanted = {"format": "csv", "dialect": form} if form == "excel-be" else {"format": form}
    answer = await export.get("/v1/download", params={**asked, **wanted})
    assert answer.status_code == 200, answer.text
    if form == "xml":
        etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(etree.fromstring(answer.content))
    return READERS[form](answer.content, names)


def names_of(asked: Asked) -> dict[str, str]:
    """Return the name of each column by its title."""
    given = {name: str(value) for name, value in asked.items()}
    download = download_of(asked["line"], asked["node"], given, TODAY)
    assert isinstance(download, Download)
    of = Of(bool(asked["line"]), bool(asked["node"]), gas=True)
    every = layout_of(download.question, of).columns
    return {column.title: column.name for column in every}
