"""What a file came to, counted while it is written: for manifests, for progress, and for whoever asks what he got."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.export.files.writing import Text

LARGE_BYTES = 64 * 1024
"""What takes longer to digest than to hand to a thread: 60 µs."""


@dataclass(slots=True)
class Tally:
    """Counts of a file; whole only once the last block of the file was given out.

    Attributes:
        rows: Rows of the file, missing ones included.
        hours_expected: Hours of all lines and nodes for which rows exist, or that days and months hold.
        hours_present: Those of them that carry values; of a node, where none of its lines is missing.
        known_at_ms: When the latest change that is shown became known (ms since 1970); 0: nothing is.
        size: Bytes.
    """

    rows: int = 0
    hours_expected: int = 0
    hours_present: int = 0
    known_at_ms: int = 0
    size: int = 0
    _sha256: Any = field(default_factory=hashlib.sha256, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes so far, in hexadecimal digits."""
        return str(self._sha256.hexdigest())

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the bytes so far."""
        return bytes(self._sha256.digest())

    def count(self, block: Sequence[Text]) -> asyncio.Future[None]:
        """Begin to count a block as it is given out, a large one beside the event loop; wait for it before the next.

        It runs from now on, not from when somebody waits: a task would begin only once the event loop turns.
        """
        loop = asyncio.get_running_loop()
        if sum(map(len, block)) >= LARGE_BYTES:
            return loop.run_in_executor(None, self.add_bytes, block)
        self.add_bytes(block)
        counted: asyncio.Future[None] = loop.create_future()
        counted.set_result(None)
        return counted

    def add_bytes(self, block: Sequence[Text]) -> None:
        """Count a block as it is given out; some 1 GB a second where the processor knows SHA-256."""
        for text in block:
            self.size += len(text)
            self._sha256.update(text)

    def add_rows(self, rows: int, hours_expected: int, hours_present: int, known_at_ms: int) -> None:
        """Count the rows of a block, and the hours that they tell of."""
        self.rows += rows
        self.hours_expected += hours_expected
        self.hours_present += hours_present
        self.known_at_ms = max(self.known_at_ms, known_at_ms)
