"""Rows as xml after the published schema (measurements.xsd), column-wise: one element a row, values as attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.export.files.asked import Download
from services.export.files.blocks import Block
from services.export.files.escaping import xml_attribute
from services.export.files.writing import Text
from shared.domain import text_columns as text
from shared.domain.instants import instant
from shared.domain.published import Column
from shared.domain.text_columns import Cells

NAMESPACE = "urn:gastrack:measurements:1"
_QUOTED_ALREADY = "name"


@dataclass(frozen=True, slots=True)
class XmlWriter:
    """Writes xml; some 500,000 rows a second."""

    download: Download
    keeps_text: bool = True

    def quoted(self, free: str) -> str:
        """Return an attribute's value in its quotes."""
        return xml_attribute(free)

    def begin(self) -> bytes:
        """Return the root, which says what was asked for."""
        asked, known_at_ms = self.download.question, self.download.known_at_ms
        said = {
            "view": asked.view.value,
            "from": asked.shown_from,
            "to": asked.shown_to,
            "unit": asked.unit.value,
            "reference": asked.reference,
            **({} if known_at_ms is None else {"known_at": instant(known_at_ms)}),
        }
        attributes = "".join(f' {name}="{value}"' for name, value in said.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<measurements xmlns="{NAMESPACE}"{attributes}>\n'.encode()

    def texts(self, block: Block, edges: Sequence[int]) -> list[bytes]:
        """Return the rows of each stretch."""
        parts = [text.literal(f"<{self.download.question.view.value}", block.rows)]
        parts += [_attribute(column, block.rows) for column in block.columns]
        cells = text.beside([*parts, text.literal("/>\n", block.rows)])
        return [text.text_of(cells[begin:end]) for begin, end in pairwise(edges)]

    def put(self, text: Text) -> Text:
        """Return the rows as they are."""
        return text

    def end(self, rows: int) -> bytes:
        """Return what stands after the rows: their number, so that a file that was cut off says so."""
        return f'<end rows="{rows}"/>\n</measurements>\n'.encode()


def _attribute(column: Column, count: int) -> Cells:
    if column.present is not None and not column.present.any():
        return text.literal("", count)
    quote = "" if column.name == _QUOTED_ALREADY else '"'
    lead, tail = text.literal(f" {column.flat_name}={quote}", count), text.literal(quote, count)
    cells = text.beside([lead, column.cells, tail])
    return cells if column.present is None else text.where(column.present, cells)
