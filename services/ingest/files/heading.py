"""The heading row says which format a file has and which column is which."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Literal

import msgspec

from services.ingest.files.fluvius_terms import HEADINGS as FLUVIUS_HEADINGS
from services.ingest.files.refusal import FileRefusedError, RefusalCode
from services.ingest.files.rows import cells, fitted
from services.ingest.files.spelling import plain

OWN_COLUMNS = ("line", "start", "volume_m3n", "energy_kwh", "gcv_kwh_per_m3n", "temperature_c", "quality")
_OWN_SIGNS = {"start", "volume_m3n"}
_FLUVIUS_SIGNS = {"from_date", "register", "volume", "unit", "status"}
_KNOWN = (
    f"our own csv ({','.join(OWN_COLUMNS)}) and the hourly gas export of Fluvius"
    " in English (From (date);From (time);…), Dutch (Van datum;Van tijdstip;…) or French (De (date);De (heure);…)"
)


class Format(StrEnum):
    """Formats of files that are taken."""

    OWN = "gastrack-csv"
    FLUVIUS = "fluvius"


OBLIGATORY = {
    Format.OWN: ("start", "volume_m3n"),
    Format.FLUVIUS: (
        "from_date",
        "from_time",
        "until_date",
        "until_time",
        "ean",
        "register",
        "volume",
        "unit",
        "status",
    ),
}


class Heading(msgspec.Struct, frozen=True):
    """A recognised heading row; one that lacks, repeats or adds a column cannot be made (FileRefusedError)."""

    format: Format
    separator: Literal[",", ";"]
    names: tuple[str, ...]
    """The columns as the file calls them."""
    columns: tuple[str, ...]
    """The columns as we call them; "" for a column that is not read."""

    def __post_init__(self) -> None:
        if len(self.names) != len(self.columns):
            raise FileRefusedError(RefusalCode.UNKNOWN_HEADING, "row 1", "names and columns do not match")
        _refuse_wrong_columns(self)

    def cells_of(self, text: str) -> dict[str, str] | None:
        """Return the cells of a row by our names of their columns, or None where it does not fit the heading."""
        found = fitted(text, self.separator, len(self.columns))
        return None if found is None else dict(zip(self.columns, found, strict=True))

    def name(self, column: str) -> str:
        """Return what the file calls a column of ours."""
        return self.names[self.columns.index(column)] if column in self.columns else column


def recognise(head: str) -> Heading:
    """Return the format, separator and columns that a heading row names.

    Raises:
        FileRefusedError: the heading is unknown, or lacks, repeats or adds a column.
    """
    separator: Literal[",", ";"] = ";" if ";" in head else ","
    names = cells(head, separator)
    if names is None:
        raise FileRefusedError(RefusalCode.UNKNOWN_HEADING, "row 1", f"a quote is not closed; known are {_KNOWN}")
    return _named(separator, tuple(names))


def _named(separator: Literal[",", ";"], written: tuple[str, ...]) -> Heading:
    own = tuple(name.casefold() for name in written)
    if _OWN_SIGNS & set(own):
        return Heading(Format.OWN, separator, written, own)
    fluvius = tuple(FLUVIUS_HEADINGS.get(plain(name), "") for name in written)
    if len(_FLUVIUS_SIGNS & set(fluvius)) >= 3:
        return Heading(Format.FLUVIUS, separator, written, fluvius)
    raise FileRefusedError(
        RefusalCode.UNKNOWN_HEADING, "row 1", f"the first row is not a known heading; known are {_KNOWN}"
    )


def _refuse_wrong_columns(heading: Heading) -> None:
    repeated = [name for name, count in Counter(heading.columns).items() if name and count > 1]
    if repeated:
        name = heading.name(repeated[0])
        raise FileRefusedError(
            RefusalCode.DUPLICATE_COLUMN, f"row 1, column {name}", f"{name} stands there twice: keep one"
        )
    if heading.format is Format.OWN:
        _refuse_unknown_column(heading)
    missing = [name for name in OBLIGATORY[heading.format] if name not in heading.columns]
    if missing:
        raise FileRefusedError(
            RefusalCode.MISSING_COLUMN, "row 1", f"the heading lacks {', '.join(missing)}; known are {_KNOWN}"
        )


def _refuse_unknown_column(heading: Heading) -> None:
    """In our own csv a name we do not know is a misspelt one: to ignore it would lose its values without a word."""
    for place, name in enumerate(heading.columns):
        if name not in OWN_COLUMNS:
            raise FileRefusedError(
                RefusalCode.UNKNOWN_COLUMN,
                f"row 1, column {place + 1}",
                f"{heading.names[place][:64]!r} is not one of {', '.join(OWN_COLUMNS)}: rename or remove it",
            )
