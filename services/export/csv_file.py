"""Rows as csv, column-wise. Dialects: rfc4180 (comma, point) and excel-be (semicolon, comma, byte order mark)."""

from __future__ import annotations

import numpy as np

from services.export.asked import Dialect
from services.export.blocks import Block
from shared.domain import text_columns as text
from shared.domain.period import REFERENCE, Question
from shared.domain.published import Column, columns_of
from shared.domain.text_columns import Cells
from shared.domain.view import no_rows

_SEPARATOR = {Dialect.RFC4180: ",", Dialect.EXCEL_BE: ";"}
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_POINT, _COMMA = ord("."), ord(",")


def header(question: Question, dialect: Dialect, *, has_gas: bool = False) -> bytes:
    """Return the heading: the names of the columns, with the unit and the reference where they can differ."""
    mark = _BYTE_ORDER_MARK if dialect is Dialect.EXCEL_BE else ""
    return (mark + _SEPARATOR[dialect].join(column_names(question, has_gas=has_gas)) + "\r\n").encode()


def column_names(question: Question, *, has_gas: bool = False) -> list[str]:
    """Return the names of a file's columns, in order; `has_gas`: those of the gas are among them.

    What is per m³ of another reference than 25/0 says so: `gcv_kwh_per_m3_at_15_15`.
    """
    unit = question.unit.value.lower()
    per = "per_m3n" if question.reference == REFERENCE else f"per_m3_at_{question.reference.replace('/', '_')}"
    with_unit = {
        "energy": f"energy_{unit}",
        "density": f"density_kg_{per}",
        **{name: f"{name}_{unit}_{per}" for name in ("gcv", "ncv", "wobbe")},
    }
    rows = no_rows(question.view, with_gas=has_gas)
    names = [column.flat_name for column in columns_of(rows, question.unit)]
    return ["line", "name", *(with_unit.get(name, name) for name in names), "known_at"]


def rows(block: Block, dialect: Dialect) -> bytes:
    """Return a block's rows; some 800,000 a second."""
    separator = text.literal(_SEPARATOR[dialect], block.rows)
    parts: list[Cells] = []
    for column in block.columns:
        parts += [_cells(column, dialect), separator]
    parts[-1] = text.literal("\r\n", block.rows)
    return text.text_of(text.beside(parts))


def _cells(column: Column, dialect: Dialect) -> Cells:
    cells = column.cells
    if column.is_number and dialect is Dialect.EXCEL_BE:
        cells = np.where(cells == _POINT, np.uint8(_COMMA), cells)
    return cells if column.present is None else text.where(column.present, cells)
