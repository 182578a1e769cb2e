"""Cells to ids, numbers and moments; anything that is not plainly one of these is a fault of its hour."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from shared.domain.quantities import Quantity, QuantityError
from shared.domain.reason import Reason

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
"""Decimal point; an exponent as spreadsheets write it."""
COMMA_NUMBER = re.compile(r"-?[0-9]{1,15}(?:,[0-9]{1,15})?", re.ASCII)
"""Decimal comma, as the operator writes it."""
_EAN = re.compile(r'="([0-9]{18})"|([0-9]{18})', re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
_DATE = re.compile(r"([0-9]{2})([/-])([0-9]{2})\2([0-9]{4})", re.ASCII)
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)
_FORMULA_SIGNS = ("=", "+", "-", "@")


class CellFaultError(ValueError):
    """A cell that spoils its hour: reason code, our name of the column ("" for the whole row), and what to do."""

    def __init__(self, code: Reason, column: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.column = column
        self.message = message
        self.row: int | None = None
        """Which of the hour's rows, where one of them is to blame."""


def shown(text: str) -> str:
    """Return a cell as a message shows it: quoted, without odd characters, not longer than 40 characters."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def identifier(text: str, column: str) -> str:
    """Return an id.

    Raises:
        CellFaultError: A1_ID, with a word of its own for formulas.
    """
    if ID.fullmatch(text):
        return text
    if text.startswith(_FORMULA_SIGNS):
        message = f"{shown(text)} begins like a formula: an id begins with a letter or digit"
    else:
        message = f"{shown(text)} is not an id: 1 to 64 letters, digits, '.', '_' or '-', first a letter or digit"
    raise CellFaultError(Reason.A1_ID, column, message)


def ean(text: str) -> str | None:
    """Return the 18 digits of an EAN code, plain or as the formula ="…", or None where the cell holds no such code."""
    match = _EAN.fullmatch(text)
    return (match[1] or match[2]) if match else None


def quantity(text: str, column: str, what: Quantity, written: re.Pattern[str] = NUMBER) -> int:
    """Return a number scaled as its quantity asks.

    Raises:
        CellFaultError: A1_NUMBER not written as a plain decimal number, A1_RANGE outside any line's bounds.
    """
    if not written.fullmatch(text):
        raise CellFaultError(Reason.A1_NUMBER, column, f"{shown(text)} is no plain number: {_advice(written)}")
    try:
        return what.scaled(Decimal(text.replace(",", ".")))
    except QuantityError as fault:
        raise CellFaultError(Reason.A1_RANGE, column, f"{shown(text)}: {fault}") from fault


def _advice(written: re.Pattern[str]) -> str:
    if written is COMMA_NUMBER:
        return "write it like 1234,567, digits with at most one decimal comma"
    return "write it like 1234.567, digits with at most one decimal point, no thousands signs"


def moment(text: str) -> datetime | None:
    """Return the moment of an ISO 8601 cell, with or without offset, or None where it is none."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def day_and_time(day: str, time: str) -> datetime | None:
    """Return the wall-clock moment of a dd/mm/yyyy or dd-mm-yyyy cell and an hh:mm:ss cell, or None."""
    date_match, time_match = _DATE.fullmatch(day), _TIME.fullmatch(time)
    if not date_match or not time_match:
        return None
    hour, minute, second = (int(part or 0) for part in time_match.groups())
    try:
        return datetime(int(date_match[4]), int(date_match[3]), int(date_match[1]), hour, minute, second)  # noqa: DTZ001 - the file gives no offset; rule B4 resolves it
    except ValueError:
        return None
