"""Rows as a workbook of one sheet, written and compressed as it streams: memory does not grow with the file.

Texts are inline strings, which no spreadsheet takes for formulas; those that people wrote keep their quote prefix, so
that they stay text when somebody edits the cell. Gas days and moments in UTC are dates, numbers are numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from numpy.typing import NDArray

from services.export.files import xlsx_package as package
from services.export.files.blocks import Block
from services.export.files.escaping import xml_text
from services.export.files.layout import Kind, Layout
from services.export.files.writing import Drain, Text
from shared.domain import text_columns as text
from shared.domain.published import Column
from shared.domain.text_columns import Cells

SHEET_ROWS = 1_048_576
"""Rows of a sheet, the heading among them."""
LARGEST_CELL_BYTES = 96
"""Of a cell on average, at the most: 35 of a number, of a text 60 and its own length. A million rows with as many
columns as the composition of gas adds may come to more than 2 GiB."""
MOST_BYTES_OF_ZIP = 2**31 - 1
"""Of an entry of a package that is not in the form for large ones (ZIP64)."""
_FAST = 1
"""Level of compression: the slower ones take three times as long for a sixth less."""
_PLACES_OF_A_DAY = 9
"""A moment is a number of days: 9 places are 0.1 ms."""
_DAYS_BEFORE_1970 = 25_569
_MS_PER_DAY = 86_400_000


@dataclass(slots=True)
class XlsxWriter:
    """Writes xlsx; some 100,000 rows a second."""

    layout: Layout
    rows: int
    keeps_text: bool = False
    _drain: Drain = field(init=False)
    _zip: ZipFile = field(init=False)
    _sheet: IO[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._drain = Drain()
        self._zip = ZipFile(self._drain, "w", ZIP_DEFLATED, compresslevel=_FAST)

    def quoted(self, free: str) -> str:
        """Return the text of an element."""
        return xml_text(free)

    def begin(self) -> bytes:
        """Return the parts of the package around the sheet, and its heading."""
        for name, content in package.PARTS.items():
            self._zip.writestr(name, content)
        # Its size must be said before it is known, and not every reader knows the form for more than 2 GiB.
        is_large = self.rows * len(self.layout.columns) * LARGEST_CELL_BYTES > MOST_BYTES_OF_ZIP
        self._sheet = self._zip.open(package.SHEET, "w", force_zip64=is_large)
        titles = "".join(package.heading(escape(column.title)) for column in self.layout.columns)
        self._sheet.write(f"{package.SHEET_BEGIN}<row>{titles}</row>".encode())
        return self._drain.taken()

    def texts(self, block: Block, edges: Sequence[int]) -> list[bytes]:
        """Return the rows of each stretch as cells."""
        told = zip(self.layout.columns, block.columns, strict=True)
        parts = [text.literal("<row>", block.rows), *(_cells(known.kind, column) for known, column in told)]
        cells = text.beside([*parts, text.literal("</row>", block.rows)])
        return [text.text_of(cells[begin:end]) for begin, end in pairwise(edges)]

    def put(self, text: Text) -> bytes:
        """Compress cells; return what is ready."""
        self._sheet.write(text)
        return self._drain.taken()

    def end(self, rows: int) -> bytes:
        """Return the end of the sheet and of the package."""
        del rows
        self._sheet.write(package.SHEET_END.encode())
        self._sheet.close()
        self._zip.close()
        return self._drain.taken()


def _cells(kind: Kind, column: Column) -> Cells:
    rows = len(column.cells)
    if column.present is not None and not column.present.any():
        return text.literal("<c/>", rows)
    opening, cells, closing = _cell(kind, column)
    whole = text.beside([text.literal(opening, rows), cells, text.literal(closing, rows)])
    return whole if column.present is None else text.where(column.present, whole, "<c/>")


def _cell(kind: Kind, column: Column) -> tuple[str, Cells, str]:
    if kind is Kind.DAY:
        return f'<c s="{package.DAY}"><v>', text.decimals(_days(column.cells) + _DAYS_BEFORE_1970, 0), "</v></c>"
    if kind is Kind.INSTANT:
        return f'<c s="{package.INSTANT}"><v>', _moments(column), "</v></c>"
    if column.is_number:
        return "<c><v>", column.cells, "</v></c>"
    style = f' s="{package.QUOTED}"' if kind is Kind.FREE else ""
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">', column.cells, "</t></is></c>"


def _days(cells: Cells) -> NDArray[np.int64]:
    return _as_texts(cells).astype("datetime64[D]").astype(np.int64)


def _moments(column: Column) -> Cells:
    """Return moments as numbers of days."""
    width = column.cells.shape[1] - 1  # without the Z
    moments = _as_texts(column.cells[:, :width]).astype("datetime64[ms]").astype(np.int64)
    days, rest = moments // _MS_PER_DAY + _DAYS_BEFORE_1970, moments % _MS_PER_DAY
    scale = 10**_PLACES_OF_A_DAY
    return text.decimals(days * scale + (rest * scale + _MS_PER_DAY // 2) // _MS_PER_DAY, _PLACES_OF_A_DAY)


def _as_texts(cells: Cells) -> NDArray[np.bytes_]:
    return np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").reshape(len(cells))
