"""What every format has in common: a heading, text of rows, what becomes of it in the file, and an end."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Protocol

from services.export.files.blocks import Block

Text = bytes | memoryview
"""Finished text; a view where it was unpacked a moment ago."""


class Writer(Protocol):
    """Writes one file. `texts` may run in any thread and keeps nothing; the others run in the order of the file."""

    @property
    def keeps_text(self) -> bool:
        """Whether the text of rows is the same in every file of this layout: then that of closed months is kept."""

    def quoted(self, free: str) -> str:
        """Return a free text, safe in this format."""

    def begin(self) -> bytes:
        """Return what stands before the rows."""

    def texts(self, block: Block, edges: Sequence[int]) -> list[bytes]:
        """Return the text of rows, apart for each stretch; `edges` are the first row of each, and the end."""

    def put(self, text: Text) -> Text:
        """Take the next text of rows; return what of the file is ready."""

    def end(self, rows: int) -> bytes:
        """Return what stands after so many rows."""


class Drain(io.RawIOBase):
    """A file that nobody can go back in: what was written to it is taken away again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def tell(self) -> int:
        """Return how much was written."""
        return self._place

    def write(self, data: object) -> int:
        """Take bytes."""
        part = bytes(data)  # type: ignore[call-overload] # bytes, or a buffer that its writer will use again
        self._parts.append(part)
        self._place += len(part)
        return len(part)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
