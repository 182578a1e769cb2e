"""Text of closed months that was written once: kept under a key that names all that it depends on.

Whoever asks reads the versions first, so nothing that is kept is ever stale and nothing is ever invalidated: a change
gives the month another version, and with it another key. What is asked for longest ago leaves first.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from services.export.asked import Download
from services.export.blocks import Counts
from services.export.layout import Layout

RENDERER_VERSION = 1
"""Raised with every change of how rows are written."""
MOST_KEPT_BYTES = 40 * 1024 * 1024
"""Six lines over three years of hours as csv (6.5 MB each): the process stays small (150 MB)."""


def form_of(download: Download, layout: Layout) -> str:
    """Return what names how text is written, beside what it tells: texts of equal forms may stand in one file."""
    asked = download.question
    parts = (RENDERER_VERSION, download.format, download.dialect, asked.view, asked.unit, asked.reference, layout)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a month, and what its rows come to."""

    text: bytes
    counts: Counts


class KeptTexts:
    """Texts by their keys, bounded in bytes."""

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._texts: OrderedDict[Hashable, Rendered] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes of text that are kept."""
        return self._bytes

    def get(self, key: Hashable) -> Rendered | None:
        """Return the text of a key, or None."""
        found = self._texts.get(key)
        if found is not None:
            self._texts.move_to_end(key)
        return found

    def keep(self, key: Hashable, rendered: Rendered) -> None:
        """Keep a text; one larger than all together may be is not kept."""
        if key in self._texts or len(rendered.text) > self._most_bytes:
            return
        self._texts[key] = rendered
        self._bytes += len(rendered.text)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._texts.popitem(last=False)[1].text)
