"""Rows as xml after the published schema (measurements.xsd), column-wise: one element a row, values as attributes."""

from __future__ import annotations

from services.export.blocks import Block
from shared.domain import text_columns as text
from shared.domain.period import Question, View
from shared.domain.published import Column
from shared.domain.text_columns import Cells

NAMESPACE = "urn:gastrack:measurements:1"
_QUOTED_ALREADY = "name"


def header(question: Question) -> bytes:
    """Return what stands before the rows."""
    said = {
        "view": question.view.value,
        "from": question.shown_from,
        "to": question.shown_to,
        "unit": question.unit.value,
        "reference": question.reference,
    }
    attributes = "".join(f' {name}="{value}"' for name, value in said.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<measurements xmlns="{NAMESPACE}"{attributes}>\n'.encode()


def rows(block: Block, view: View) -> bytes:
    """Return a block's rows; some 500,000 a second."""
    parts = [text.literal(f"<{view.value}", block.rows)]
    parts += [_attribute(column, block.rows) for column in block.columns]
    return text.text_of(text.beside([*parts, text.literal("/>\n", block.rows)]))


def footer(count: int) -> bytes:
    """Return what stands after the rows: their number, so that a file that was cut off says so."""
    return f'<end rows="{count}"/>\n</measurements>\n'.encode()


def _attribute(column: Column, count: int) -> Cells:
    quote = "" if column.name == _QUOTED_ALREADY else '"'
    lead, tail = text.literal(f" {column.flat_name}={quote}", count), text.literal(quote, count)
    cells = text.beside([lead, column.cells, tail])
    return cells if column.present is None else text.where(column.present, cells)
