"""Which writer writes a format, what may be written in it, and under which media type."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import cast

from services.export.files.asked import Download, FileFormat
from services.export.files.csv_file import CsvWriter
from services.export.files.json_file import JsonWriter
from services.export.files.layout import Layout
from services.export.files.writing import Writer
from services.export.files.xlsx_file import SHEET_ROWS, XlsxWriter
from services.export.files.xml_file import XmlWriter
from shared.domain.topology import Issue
from shared.runtime.problem import unprocessable

MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8; header=present",
    FileFormat.XML: "application/xml",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.JSON: "application/json",
}


def writer_of(download: Download, layout: Layout, rows: int) -> Writer:
    """Return what writes a file of so many rows.

    Raises:
        ProblemError: 422 for a format whose extra is not installed here.
    """
    match download.format:
        case FileFormat.CSV:
            return CsvWriter(layout, download.dialect)
        case FileFormat.XML:
            return XmlWriter(download)
        case FileFormat.JSON:
            return JsonWriter(layout, download)
        case FileFormat.XLSX:
            return XlsxWriter(layout, rows)
        case FileFormat.PARQUET:
            return _parquet(layout)


def check_fits(form: FileFormat, rows: int) -> None:
    """Refuse what a format cannot hold.

    Raises:
        ProblemError: 422, xlsx beyond one sheet.
    """
    if form is FileFormat.XLSX and rows >= SHEET_ROWS:
        text = (
            f"{rows} rows and a heading are more than the {SHEET_ROWS} of a sheet: ask for format=csv or format=parquet"
        )
        raise unprocessable([Issue("TOO_MANY_ROWS_FOR_XLSX", "format", text)])


def _parquet(layout: Layout) -> Writer:
    if find_spec("pyarrow") is None:
        text = "parquet is not installed here (the extra `parquet`): ask for csv, xml, xlsx or json"
        raise unprocessable([Issue("FORMAT_NOT_INSTALLED", "format", text)])
    # At its first use: it takes 50 MB of a process that may never need it.
    return cast("Writer", import_module("services.export.files.parquet_file").ParquetWriter(layout))
