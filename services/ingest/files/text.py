"""Bytes of a file to text: UTF-8 with or without byte order mark, UTF-16 with one; everything else is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.ingest.files.refusal import FileRefusedError, RefusalCode

_SIGNATURES = {
    b"PK\x03\x04": "a workbook (xlsx) or zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\xd0\xcf\x11\xe0": "an old workbook (xls)",
    b"\x1f\x8b": "a gzip archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"%PDF": "a PDF document",
    b"PAR1": "a parquet file",
}
_OPENINGS = {"<": "XML or HTML", "{": "JSON", "[": "JSON"}


class Encoding(StrEnum):
    """Encodings in which rows stand in a chunk; none of them writes a byte order mark."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"


_MARKS = {b"\xef\xbb\xbf": Encoding.UTF_8, b"\xff\xfe": Encoding.UTF_16_LE, b"\xfe\xff": Encoding.UTF_16_BE}


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text without its byte order mark, and the encoding that gives its bytes back."""

    characters: str
    encoding: Encoding


def decode(data: bytes) -> Text:
    """Return the text of a file.

    Raises:
        FileRefusedError: empty, another kind of file, not decodable (with the byte's place), or with NUL characters.
    """
    if not data:
        raise FileRefusedError(RefusalCode.EMPTY, "", "the file is empty: export it again")
    _refuse_other_kinds(data)
    mark = next((m for m in _MARKS if data.startswith(m)), b"")
    encoding = _MARKS.get(mark, Encoding.UTF_8)
    try:
        characters = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as fault:
        place = f"byte {len(mark) + fault.start + 1}"
        raise FileRefusedError(
            RefusalCode.NOT_TEXT, place, f"these bytes are not {encoding.upper()}: save the file as CSV UTF-8"
        ) from fault
    _refuse_odd_text(characters)
    return Text(characters, encoding)


def _refuse_other_kinds(data: bytes) -> None:
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise FileRefusedError(RefusalCode.NOT_CSV, "byte 1", f"this is {kind}: save the sheet as CSV UTF-8")


def _refuse_odd_text(characters: str) -> None:
    opening = _OPENINGS.get(characters[:256].lstrip()[:1])
    if opening:
        raise FileRefusedError(RefusalCode.NOT_CSV, "row 1", f"this is {opening}: send csv with a heading row")
    nul = characters.find("\0")
    if nul >= 0:
        raise FileRefusedError(
            RefusalCode.NUL_BYTE,
            f"character {nul + 1}",
            "the text holds a NUL: save the file as CSV UTF-8 (UTF-16 needs its byte order mark)",
        )
