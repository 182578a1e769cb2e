"""What the columns of a csv file mean, for machines: CSV on the Web metadata (W3C), as a document beside the file.

Units stand as `schema:unitText`, the wording as `dc:description`; an empty cell is null.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from services.export.files.asked import Dialect, Download, FileFormat
from services.export.files.csv_file import SEPARATOR
from services.export.files.layout import FileColumn, Kind, Layout
from shared.domain.instants import instant

MEDIA_TYPE = "application/csvm+json"
PATH = "/v1/schemas/measurements.csv-metadata.json"
_NEVER_CHOSEN = {"name", "replaces_revision"}
_TYPES = {Kind.WHOLE: "integer", Kind.DAY: "date", Kind.INSTANT: "dateTimeStamp"}


def metadata_of(download: Download, layout: Layout, file_name: str) -> dict[str, Any]:
    """Return the metadata of a csv file with these columns; its url is the name that the file is saved under.

    Who reads both heeds them only where they name the file that he has.
    """
    separator = SEPARATOR[download.dialect]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file_name,
        "dc:title": "Measurements of gas metering lines and nodes",
        "dialect": {"delimiter": separator, "header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": {
            "columns": [_column(column, download.dialect) for column in layout.columns],
            "primaryKey": _key(layout),
        },
    }


def link_of(download: Download, layout: Layout) -> str:
    """Return the link from a csv file to its metadata; "" for other formats. One line and one node stand for all.

    The columns are named one by one, so that the metadata has exactly those of the file, whoever it is of; the file is
    named too, for one line does not tell of how many it is.
    """
    if download.format is not FileFormat.CSV:
        return ""
    asked = download.question
    chosen = ",".join(
        dict.fromkeys(column.selector for column in layout.columns if column.selector not in _NEVER_CHOSEN)
    )
    given = {
        **{kind: names[0] for kind, names in (("line", download.lines), ("node", download.nodes)) if names},
        "view": asked.view.value,
        "from": asked.shown_from,
        "to": asked.shown_to,
        "unit": asked.unit.value,
        "reference": asked.reference,
        "dialect": download.dialect.value,
        "columns": chosen,
        **({} if download.since_ms is None else {"since": instant(download.since_ms)}),
        "file": download.file_name,
    }
    return f'<{PATH}?{urlencode(given)}>; rel="describedby"; type="{MEDIA_TYPE}"'


def _key(layout: Layout) -> list[str]:
    names = {column.name: column.title for column in layout.columns}
    return [names[name] for name in ("line", "node", "start") if name in names]


def _column(column: FileColumn, dialect: Dialect) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": column.title,
        "titles": column.title,
        "dc:description": column.meaning,
        "datatype": _datatype(column, dialect),
        "null": "",
    }
    return {**told, "schema:unitText": column.unit} if column.unit else told


def _datatype(column: FileColumn, dialect: Dialect) -> Any:
    if column.kind is Kind.DECIMAL:
        comma = dialect is Dialect.EXCEL_BE
        return {"base": "decimal", "format": {"decimalChar": ","}} if comma else "decimal"
    if column.name == "month":
        return "gYearMonth"
    if column.name == "local_start":
        return "dateTimeStamp"
    return _TYPES.get(column.kind, "string")
