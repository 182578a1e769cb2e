"""Columns of text at numpy's speed: what json, csv and xml are written from.

`Cells` is the text of one column: a byte matrix (rows, width) in which 0 means "no byte here". Columns and literals
laid side by side and stripped of their zeros are the finished text: no Python object is made for a row or a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_ZERO, _MINUS, _PLUS, _POINT = ord("0"), ord("-"), ord("+"), ord(".")
_NOTHING = b"\0"


def literal(text: str, rows: int) -> Cells:
    """Return the same text in every row."""
    return np.broadcast_to(_bytes(text), (rows, len(_bytes(text))))


def decimals(values: NDArray[np.int64], places: int) -> Cells:
    """Return scaled integers as plain decimals with `places` places (1234500, 3: "1234.500"); never an exponent."""
    largest = max(int(values.max(initial=0)), -int(values.min(initial=0)))
    # Division by ten is half of the work, and half as much in 32 bits, which most columns keep.
    kind = np.uint32 if largest < 2**32 else np.uint64
    magnitude: NDArray[np.unsignedinteger[Any]] = np.abs(values).astype(kind)
    digits, ten = max(len(str(largest)), places + 1), kind(10)
    cells = np.zeros((len(values), 1 + digits + (places > 0)), np.uint8)
    cells[:, 0] = np.where(values < 0, _MINUS, 0)
    rest, column = magnitude, cells.shape[1] - 1
    for place in range(digits):
        if places and place == places:
            cells[:, column], column = _POINT, column - 1
        higher: NDArray[np.unsignedinteger[Any]] = rest // ten
        digit = (rest - higher * ten).astype(np.uint8) + np.uint8(_ZERO)
        cells[:, column] = digit if place <= places else np.where(rest > 0, digit, 0)
        rest, column = higher, column - 1
    return cells


def choices(places: NDArray[np.integer], texts: Sequence[str]) -> Cells:
    """Return `texts[places[i]]` in row i."""
    width = max((len(_bytes(text)) for text in texts), default=0)
    table = np.zeros((len(texts), width), np.uint8)
    for row, text in enumerate(texts):
        table[row, : len(_bytes(text))] = _bytes(text)
    chosen: Cells = table.take(places, axis=0)
    return chosen


def short_texts(texts: NDArray[np.bytes_]) -> Cells:
    """Return texts of a few letters, kept as bytes of one width."""
    return np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), texts.dtype.itemsize)


def dates(days: NDArray[np.integer]) -> Cells:
    """Return day numbers (days since 1970-01-01) as 2026-11-23."""
    if not len(days):
        return _dates(days)
    low, high = int(days.min()), int(days.max())
    if high - low >= len(days):
        return _dates(days)
    table: Cells = _dates(np.arange(low, high + 1))[days - low]  # many hours lie in few days
    return table


def _dates(days: NDArray[np.integer]) -> Cells:
    moments = days.astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (moments - months.astype("datetime64[D]")).astype(np.int64) + 1
    rows = len(days)
    return beside([_padded(year, 4), literal("-", rows), _padded(month, 2), literal("-", rows), _padded(day, 2)])


def utc_hours(hours: NDArray[np.integer]) -> Cells:
    """Return hour numbers as 2026-11-23T10:00:00Z."""
    return beside([_wall_clock(hours), literal(":00:00Z", len(hours))])


def local_hours(hours: NDArray[np.integer], offsets: NDArray[np.integer]) -> Cells:
    """Return hour numbers as local time with its offset in whole hours: 2026-11-23T11:00:00+01:00."""
    rows = len(hours)
    sign = np.where(offsets < 0, _MINUS, _PLUS).astype(np.uint8)[:, None]
    ahead = _padded(np.abs(offsets), 2)
    return beside([_wall_clock(hours + offsets), literal(":00:00", rows), sign, ahead, literal(":00", rows)])


def instants(milliseconds: NDArray[np.int64]) -> Cells:
    """Return milliseconds since 1970 UTC as 2026-11-23T11:02:10.123Z."""
    rows, seconds = len(milliseconds), milliseconds // 1000
    parts = [_wall_clock(seconds // 3600), literal(":", rows), _padded(seconds // 60 % 60, 2), literal(":", rows)]
    fraction = _padded(milliseconds % 1000, 3)
    return beside([*parts, _padded(seconds % 60, 2), literal(".", rows), fraction, literal("Z", rows)])


def where(present: Mask, cells: Cells, otherwise: str = "") -> Cells:
    """Return the cells where present, and another text elsewhere."""
    width = max(cells.shape[1], len(_bytes(otherwise)))
    chosen = np.zeros((len(cells), width), np.uint8)
    chosen[:, : cells.shape[1]] = cells
    chosen[~present] = 0
    chosen[~present, : len(_bytes(otherwise))] = _bytes(otherwise)
    return chosen


def beside(columns: Sequence[Cells]) -> Cells:
    """Lay columns side by side."""
    return np.concatenate(columns, axis=1)


def below(parts: Sequence[Cells]) -> Cells:
    """Lay the cells of one column behind each other, whatever the width of each part."""
    cells = np.zeros((sum(len(part) for part in parts), max(part.shape[1] for part in parts)), np.uint8)
    row = 0
    for part in parts:
        cells[row : row + len(part), : part.shape[1]] = part
        row += len(part)
    return cells


def text_of(cells: Cells) -> bytes:
    """Return the finished text: all rows one after the other, without the empty places."""
    return cells.tobytes().translate(None, _NOTHING)


def strings_of(cells: Cells) -> list[str]:
    """Return the cells as Python strings, for the few rows that a page shows."""
    return text_of(beside([cells, literal("\n", len(cells))])).decode().split("\n")[:-1]


def _wall_clock(hours: NDArray[np.integer]) -> Cells:
    days = hours // 24
    return beside([dates(days), literal("T", len(hours)), _padded(hours - days * 24, 2)])


def _padded(numbers: NDArray[np.integer], width: int) -> Cells:
    if width in _DIGITS:
        looked_up: Cells = _DIGITS[width].take(numbers, axis=0)
        return looked_up
    return _digits(numbers, width)


def _digits(numbers: NDArray[np.integer], width: int) -> Cells:
    powers = 10 ** np.arange(width - 1, -1, -1)
    return (numbers[:, None] // powers % 10 + _ZERO).astype(np.uint8)


_DIGITS = {width: _digits(np.arange(10**width), width) for width in (2, 3)}
"""Small numbers with their zeros: looked up in a tenth of the time of dividing."""


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.replace("\0", "").encode(), np.uint8)
