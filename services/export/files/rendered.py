"""Text of months that was written once: kept under a key that names all that it depends on.

Whoever asks reads the versions first, so nothing that is kept is ever stale and nothing is ever invalidated: a change
gives the month another version, and with it another key. What is asked for longest ago leaves first.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import count

import cramjam

from services.export.files.asked import Download
from services.export.files.blocks import Counts
from services.export.files.digests import KeptDigests
from services.export.files.layout import Layout
from services.export.files.writing import Text

RENDERER_VERSION = 1
"""Raised with every change of how rows are written."""
MOST_KEPT_BYTES = 24 * 1024 * 1024
"""Eighteen lines over three years of hours as csv (1.3 MB each, compressed): the process stays below 150 MB."""
_numbers = count()


def form_of(download: Download, layout: Layout) -> str:
    """Return what names how text is written, beside what it tells: texts of equal forms may stand in one file."""
    asked = download.question
    parts = (RENDERER_VERSION, download.format, download.dialect, asked.view, asked.unit, asked.reference, layout)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a month, what its rows come to, and its number: no other text of this process has it."""

    text: Text
    counts: Counts
    number: int = field(default_factory=_numbers.__next__)


@dataclass(frozen=True, slots=True)
class Packed:
    """A text that is kept: compressed to a quarter, which costs a third of a µs a row, and 0.1 µs to undo."""

    block: bytes
    length: int
    counts: Counts
    number: int

    @classmethod
    def of(cls, rendered: Rendered) -> Packed:
        """Compress a text."""
        block = bytes(cramjam.lz4.compress_block(rendered.text, store_size=False))
        return cls(block, len(rendered.text), rendered.counts, rendered.number)

    @property
    def rendered(self) -> Rendered:
        """The text as it was."""
        text = memoryview(cramjam.lz4.decompress_block(self.block, output_len=self.length))
        return Rendered(text, self.counts, self.number)


class KeptTexts:
    """Texts by their keys, bounded in bytes; and the digests of files that were made of them."""

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._texts: OrderedDict[Hashable, Packed] = OrderedDict()
        self.digests = KeptDigests() if most_bytes else KeptDigests(0)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._bytes

    @property
    def keeps_any(self) -> bool:
        """Whether it keeps anything at all."""
        return self._most_bytes > 0

    def get(self, key: Hashable) -> Packed | None:
        """Return the text of a key, or None."""
        found = self._texts.get(key)
        if found is not None:
            self._texts.move_to_end(key)
        return found

    def keep(self, key: Hashable, packed: Packed) -> None:
        """Keep a text; one larger than all together may be is not kept."""
        if key in self._texts or len(packed.block) > self._most_bytes:
            return
        self._texts[key] = packed
        self._bytes += len(packed.block)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._texts.popitem(last=False)[1].block)
