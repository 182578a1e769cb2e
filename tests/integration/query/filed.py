"""The rows of files and of answers in one form: by the names of xml, with None for what is not there."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import openpyxl
import pyarrow.parquet
from lxml import etree

Row = dict[str, Any]
_INSTANTS = ("start", "end", "analysis_start", "known_at")


def csv_rows(body: bytes, names: Mapping[str, str], delimiter: str = ",") -> list[Row]:
    """Return the rows of a csv file; `names` gives the name for each title."""
    text = body.decode("utf-8-sig")
    rows = [_plain(row, names) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)]
    for row in rows:
        if row["name"].startswith("'="):
            row["name"] = row["name"][1:]
    return rows


def excel_rows(body: bytes, names: Mapping[str, str]) -> list[Row]:
    """Return the rows of csv as Belgian Excel reads it: decimal commas in numbers."""
    return csv_rows(body.replace(b",", b"."), names, ";")


def json_rows(body: bytes, names: Mapping[str, str]) -> list[Row]:
    """Return the rows of a json file, which says how many there are."""
    told = json.loads(body)
    rows = [
        _plain(dict(zip(part["columns"], values, strict=True)), names)
        for part in told["parts"]
        for values in zip(*part["columns"].values(), strict=True)
    ]
    assert told["rows"] == len(rows)
    return rows


def xml_rows(body: bytes, names: Mapping[str, str]) -> list[Row]:
    """Return the rows of an xml file, which says how many there are."""
    *elements, end = etree.fromstring(body)
    assert end.get("rows") == str(len(elements))
    return [_plain({name: row.get(name) for name in names.values()}, {}) for row in elements]


def xlsx_rows(body: bytes, names: Mapping[str, str]) -> list[Row]:
    """Return the rows of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    titles, *rows = book["measurements"].iter_rows(values_only=True)
    book.close()
    return [_plain(dict(zip(map(str, titles), row, strict=True)), names) for row in rows]


def parquet_rows(body: bytes, names: Mapping[str, str]) -> list[Row]:
    """Return the rows of a parquet file."""
    table = pyarrow.parquet.read_table(io.BytesIO(body))
    return [_plain(row, names) for row in table.to_pylist()]


READERS: dict[str, Callable[[bytes, Mapping[str, str]], list[Row]]] = {
    "csv": csv_rows,
    "excel-be": excel_rows,
    "json": json_rows,
    "xml": xml_rows,
    "xlsx": xlsx_rows,
    "parquet": parquet_rows,
}


def answered_rows(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the rows of an answer of the API."""
    return [_plain(_flat(row), {}) for row in rows]


def _flat(row: Mapping[str, Any]) -> Row:
    flat: Row = {}
    for name, value in row.items():
        if not isinstance(value, dict):
            flat[name] = value
        elif name == "composition_mol_percent":
            flat.update({f"{one}_mol_percent": share for one, share in value.items()})
        else:
            what = name.partition("_")[0]
            flat.update({f"{what}_{one.lower()}": count for one, count in value.items()})
            if name == "lines_by_quality":
                flat["lines_quality_missing"] = value["MISSING"]
                flat["lines_missing"] = row["lines_missing"]
    return flat


def _plain(row: Mapping[str, Any], names: Mapping[str, str]) -> Row:
    return {names.get(title, title): _value(names.get(title, title), value) for title, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if value is None or value in ("", []):
        return None
    if isinstance(value, list):
        return " ".join(value)
    if name in _INSTANTS:
        return _instant(value if isinstance(value, str) else value.isoformat())
    if isinstance(value, date):  # a moment at midnight, where a spreadsheet says so
        return value.isoformat()[:10]
    try:
        return float(value)
    except ValueError:
        return value


def _instant(text: str) -> str:
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds")
