"""The measurements answer as json text, written column-wise: no Python object stands for a row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from itertools import groupby

import orjson

from shared.domain import text_columns as text
from shared.domain.instants import known_instant
from shared.domain.period import Question
from shared.domain.published import Column
from shared.domain.text_columns import Cells
from shared.domain.topology import Issue
from shared.runtime.problem import unprocessable

BLOCK_ROWS = 8_192
"""Rows written at a time: a block of some 3 MB of cells stays near the processor."""


class Layout(StrEnum):
    """How the measurements lie in the answer."""

    ROWS = "rows"
    COLUMNS = "columns"


def head_of(name: str, official_name: str, question: Question, known_at_ms: int) -> dict[str, object]:
    """Return what stands before the rows of a line or node."""
    return {
        "id": name,
        "name": official_name,
        "view": question.view,
        "unit": question.unit,
        "reference": question.reference,
        "from": question.shown_from,
        "to": question.shown_to,
        "known_at": known_instant(known_at_ms),
    }


def form_of(layout: Layout, names: frozenset[str] = frozenset()) -> str:
    """Return what the tag of an answer says of its form: its layout, and which columns it tells where not all."""
    chosen = hashlib.sha256(",".join(sorted(names)).encode()).hexdigest()[:8] if names else ""
    return f"-{layout.value}{chosen}"


def named(columns: Sequence[Column], names: frozenset[str]) -> Sequence[Column]:
    """Return the columns, or whole groups of them, that are named; all where none is.

    Raises:
        ProblemError: 422 for names that there are not.
    """
    known = {column.group or column.name for column in columns}
    if names - known:
        text = f"{', '.join(sorted(names - known))[:80]!r}: choose of {', '.join(sorted(known))}"
        raise unprocessable([Issue("COLUMNS", "columns", text)])
    return [column for column in columns if not names or (column.group or column.name) in names]


def measurements_json(head: dict[str, object], columns: Sequence[Column], layout: Layout) -> bytes:
    """Return the whole answer.

    Args:
        head: What stands before the rows: id, name, view, unit ...
        columns: The published columns, all of the same length.
        layout: Rows as objects under "rows", or lists under "columns".
    """
    body = _rows(columns) if layout is Layout.ROWS else _columns(columns)
    return orjson.dumps(head)[:-1] + b',"' + layout.value.encode() + b'":' + body + b',"next":null}'


def _rows(columns: Sequence[Column]) -> bytes:
    count = len(columns[0].cells)
    blocks = [_block(columns, begin) for begin in range(0, count, BLOCK_ROWS)]
    return b"[" + b"".join(blocks)[:-1] + b"]"


def _block(columns: Sequence[Column], begin: int) -> bytes:
    parts: list[Cells] = []
    rows = len(columns[0].cells[begin : begin + BLOCK_ROWS])
    lead = "{"
    for group, members in groupby(columns, lambda column: column.group):
        opening, closing = (f'"{group}":{{', "}") if group else ("", "")
        for place, column in enumerate(members):
            name = f'{lead}{opening if not place else ""}"{column.name}":'
            parts += [text.literal(name, rows), _value(column)[begin : begin + BLOCK_ROWS]]
            lead = ","
        lead = closing + ","
    return text.text_of(text.beside([*parts, text.literal(lead[:-1] + "},", rows)]))


def _columns(columns: Sequence[Column]) -> bytes:
    fields = []
    for group, members in groupby(columns, lambda column: column.group):
        inner = b",".join(b'"' + column.name.encode() + b'":' + _list(column) for column in members)
        fields.append(b'"' + group.encode() + b'":{' + inner + b"}" if group else inner)
    return b"{" + b",".join(fields) + b"}"


def _list(column: Column) -> bytes:
    return b"[" + text.text_of(text.beside([_value(column), text.literal(",", len(column.cells))]))[:-1] + b"]"


def _value(column: Column) -> Cells:
    """Return the cells as json values; the texts of our columns need no escaping (dates, times, names of statuses)."""
    rows = len(column.cells)
    if column.as_json is not None:
        return column.as_json
    quote = text.literal('"', rows)
    cells = column.cells if column.is_number else text.beside([quote, column.cells, quote])
    return cells if column.present is None else text.where(column.present, cells, "null")
