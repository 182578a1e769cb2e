"""Why a whole file is refused, so that nothing of it was received: the closed list and the error that carries it."""

from __future__ import annotations

from shared.domain.reason import Code


class RefusalCode(Code):
    """Codes of refused files."""

    EMPTY = "EMPTY", "The file has no bytes, no heading or no row below its heading."
    NOT_CSV = "NOT_CSV", "The file is a workbook, an archive, XML, HTML or JSON, not csv."
    NOT_TEXT = "NOT_TEXT", "The bytes are neither UTF-8 nor UTF-16 with a byte order mark."
    NUL_BYTE = "NUL_BYTE", "The text holds NUL characters."
    UNKNOWN_HEADING = "UNKNOWN_HEADING", "The first row is no heading that we know."
    UNKNOWN_COLUMN = "UNKNOWN_COLUMN", "Our own csv has a column that we would have to ignore."
    MISSING_COLUMN = "MISSING_COLUMN", "The heading lacks a column that cannot be done without."
    DUPLICATE_COLUMN = "DUPLICATE_COLUMN", "Two columns of the heading mean the same."
    TOO_MANY_COLUMNS = "TOO_MANY_COLUMNS", "The heading or a row has more cells than any known format."
    FIELD_TOO_LARGE = "FIELD_TOO_LARGE", "A cell is longer than any value that we know."
    NO_LINE = "NO_LINE", "The file does not say which line its rows belong to, and nobody else did."
    LINE_INVALID = "LINE_INVALID", "The line that was given with the file is not an id."
    MANY_METERING_POINTS = "MANY_METERING_POINTS", "An operator's export for one line holds more than one EAN code."


class FileRefusedError(ValueError):
    """A file of which nothing is taken: a code, where the fault stands, and what to do about it."""

    def __init__(self, code: RefusalCode, position: str, message: str) -> None:
        super().__init__(f"{position}: {message}" if position else message)
        self.code = code
        self.position = position
        self.message = message
