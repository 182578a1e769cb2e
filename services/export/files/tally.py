"""What a file came to, counted while it is written: for manifests, for progress, and for whoever asks what he got."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.export.files.digests import Digest, KeptDigests, digest_of_nothing
from services.export.files.writing import Text

Numbered = tuple[Text, int | None]
"""A text of a file with its number; None: it is not written again."""

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
        moments: How many moments of the store the file shows; 0 until it is whole.
    """

    rows: int = 0
    hours_expected: int = 0
    hours_present: int = 0
    known_at_ms: int = 0
    size: int = 0
    moments: int = 0
    _sha256: Digest = field(default_factory=digest_of_nothing, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes so far, in hexadecimal digits."""
        return self._sha256.hexdigest()

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the bytes so far."""
        return self._sha256.digest()

    def count(self, block: Sequence[Numbered], digests: KeptDigests) -> asyncio.Future[None]:
        """Begin to count a block as it is given out, a large one beside the event loop; wait for it before the next.

        It runs from now on, not from when somebody waits: a task would begin only once the event loop turns.
        """
        loop = asyncio.get_running_loop()
        for place, (text, number) in enumerate(block):
            if len(text) >= LARGE_BYTES and not digests.know(self._sha256, number):
                return loop.run_in_executor(None, self._add_bytes, block[place:], digests)
            self._add_bytes([(text, number)], digests)
        counted: asyncio.Future[None] = loop.create_future()
        counted.set_result(None)
        return counted

    def _add_bytes(self, block: Sequence[Numbered], digests: KeptDigests) -> None:
        """Count texts; what nobody knows the digest of takes a second for some GB where the processor knows SHA-256."""
        for text, number in block:
            self.size += len(text)
            self._sha256 = digests.go_on(self._sha256, text, number)

    def add_rows(self, rows: int, hours_expected: int, hours_present: int, known_at_ms: int) -> None:
        """Count the rows of a block, and the hours that they tell of."""
        self.rows += rows
        self.hours_expected += hours_expected
        self.hours_present += hours_present
        self.known_at_ms = max(self.known_at_ms, known_at_ms)
