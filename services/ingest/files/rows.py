"""Text to rows and cells.

No column that we know can hold a line break, so a row ends at every line break, quoted or not: a quote that is never
closed spoils its own row and not the rest of the file. Row numbers are those an editor shows: the heading is row 1.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.ingest.files.refusal import FileRefusedError, RefusalCode

MAX_FIELD_CHARACTERS = 1_024
MAX_COLUMNS = 64
MAX_ROW_CHARACTERS = 16 * MAX_FIELD_CHARACTERS
"""No known format has more than 13 columns; so three rows of at most 4 bytes a character stay below 200 KiB."""
_ROW = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file and its text with the line end."""

    number: int
    text: str


def rows(characters: str) -> Iterator[Row]:
    """Yield the rows that are not blank."""
    for number, match in enumerate(_ROW.finditer(characters), start=1):
        if not match[0].isspace() and match[0]:
            yield Row(number, match[0])


def cells(text: str, separator: str) -> list[str] | None:
    """Return the cells of a row without the spaces around them, or None where its quotes do not close (RFC 4180)."""
    text = text.rstrip("\r\n")
    if '"' not in text:
        return [cell.strip() for cell in text.split(separator)]
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=separator, strict=True))]
    except csv.Error:
        return None


def fitted(text: str, separator: str, width: int) -> list[str] | None:
    """Return the cells of a row that has as many as its heading, or None.

    Empty cells too many at the end, as spreadsheets add them, are dropped.
    """
    found = cells(text, separator)
    if found is None or len(found) < width or any(found[width:]):
        return None
    return found[:width]


def refuse_oversized(row: Row, separator: str) -> None:
    """Check the size of a row and its cells before anything else reads them.

    Raises:
        FileRefusedError: more than 64 cells, a cell of more than 1,024 or a row of more than 16,384 characters.
    """
    if row.text.count(separator) >= MAX_COLUMNS:
        raise FileRefusedError(
            RefusalCode.TOO_MANY_COLUMNS, f"row {row.number}", f"more than {MAX_COLUMNS} cells: is this the right file?"
        )
    if len(row.text) <= MAX_FIELD_CHARACTERS:
        return
    if len(row.text) > MAX_ROW_CHARACTERS:
        raise FileRefusedError(
            RefusalCode.FIELD_TOO_LARGE,
            f"row {row.number}",
            f"a row of {len(row.text):,} characters: at most {MAX_ROW_CHARACTERS:,} are taken",
        )
    for place, cell in enumerate(row.text.split(separator), start=1):
        if len(cell) > MAX_FIELD_CHARACTERS:
            raise FileRefusedError(
                RefusalCode.FIELD_TOO_LARGE,
                f"row {row.number}, column {place}",
                f"a cell of {len(cell):,} characters: at most {MAX_FIELD_CHARACTERS:,} are taken",
            )
