"""A csv file of analyses: heading `chromatograph,start,` components and characteristics; it becomes telegrams.

Only `chromatograph` and `start` are obligatory in the heading. What a cell says stays as it was written until the
telegram is taken apart: a cell that is no number is a fault of its row alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from services.ingest.analysis_telegram import COMPOSITION, ROW
from services.ingest.files.cells import ID, NUMBER
from services.ingest.files.refusal import FileRefusedError, RefusalCode
from services.ingest.files.rows import Row, cells, fitted, refuse_oversized, rows
from services.ingest.files.text import decode
from shared.domain.analysis import CHARACTERISTICS
from shared.domain.physics.components import COMPONENTS

MAX_ANALYSES = 744
"""A gas month of one chromatograph a telegram."""
_SIGN = "chromatograph"
_CHARACTERISTICS = tuple(quantity.field for quantity in CHARACTERISTICS.values())
_COLUMNS = (_SIGN, "start", *COMPONENTS, *_CHARACTERISTICS)
_NOBODY_ID = "UNKNOWN"
"""Under whom rows stand that name no chromatograph: all of them are dead letters."""
_SHOWN = 41
"""Characters kept of a cell that is no number: what a message shows, and one more."""


def telegrams(data: bytes, sent: str) -> list[bytes] | None:
    """Return the telegrams that a file becomes, None where its heading is not that of analyses.

    Args:
        data: The file.
        sent: When it was delivered, with an offset or Z: what ranks its analyses among corrections.

    Raises:
        FileRefusedError: the file as a whole cannot be taken; nothing of it was received.
    """
    found = rows(decode(data).characters)
    head = next(found, None)
    separator = ";" if head is not None and ";" in head.text else ","
    names = cells(head.text, separator) if head is not None else None
    columns = [name.casefold() for name in names or []]
    if _SIGN not in columns:
        return None
    _refuse_wrong_columns(columns)
    name = hashlib.sha256(data).hexdigest()[:12]
    return [
        orjson.dumps({"telegram": f"file/{name}/{number}", _SIGN: who, "sent": sent, "analyses": told})
        for number, (who, told) in enumerate(_parts(list(found), columns, separator))
    ]


def _refuse_wrong_columns(columns: list[str]) -> None:
    for place, column in enumerate(columns):
        position = f"row 1, column {place + 1}"
        if column not in _COLUMNS:
            text = f"{column[:64]!r} is not one of {', '.join(_COLUMNS)}: rename or remove it"
            raise FileRefusedError(RefusalCode.UNKNOWN_COLUMN, position, text)
        if column in columns[:place]:
            raise FileRefusedError(RefusalCode.DUPLICATE_COLUMN, position, f"{column} stands there twice: keep one")
    if "start" not in columns:
        raise FileRefusedError(RefusalCode.MISSING_COLUMN, "row 1", "the heading lacks start")


def _parts(body: list[Row], columns: list[str], separator: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield analyses by chromatograph, at most a gas month at a time, each chromatograph's in the order of the file."""
    if not body:
        raise FileRefusedError(RefusalCode.EMPTY, "row 1", "there is no row below the heading")
    growing: dict[str, list[dict[str, Any]]] = {}
    for row in body:
        refuse_oversized(row, separator)
        who, told = _analysis(row, columns, separator)
        part = growing.setdefault(who, [])
        part.append(told)
        if len(part) == MAX_ANALYSES:
            yield who, growing.pop(who)
    yield from growing.items()


def _analysis(row: Row, columns: list[str], separator: str) -> tuple[str, dict[str, Any]]:
    """Return the chromatograph and the analysis of a row; one that cannot be read says so where it is taken apart."""
    found = fitted(row.text, separator, len(columns))
    if found is None:
        return _NOBODY_ID, {ROW: row.number}
    given = {name: cell for name, cell in zip(columns, found, strict=True) if cell}
    who = given.get(_SIGN, "")
    if not ID.fullmatch(who):
        return _NOBODY_ID, {ROW: row.number, "start": f"of {who[:40]!r}, which is no chromatograph's id"}
    told: dict[str, Any] = {ROW: row.number, "start": given.get("start", "")[:_SHOWN] or None}
    told[COMPOSITION] = {name: _value(given[name], separator) for name in COMPONENTS if name in given} or None
    told |= {name: _value(given[name], separator) for name in _CHARACTERISTICS if name in given}
    return who, told


def _value(cell: str, separator: str) -> float | str:
    """Return a number; with semicolons between cells also one with a decimal comma."""
    plain = cell.replace(",", ".") if separator == ";" else cell
    return float(plain) if NUMBER.fullmatch(plain) else cell[:_SHOWN]
