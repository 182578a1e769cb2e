"""Digests of files that begin alike: who has the same bytes so far and takes the same text next has the same after.

A file of three years is digested once, and again from where it differs. What is told of a file is the digest of the
texts as they were written first: bytes that changed in memory since are found by whoever verifies the file.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from services.export.files.writing import Text

if TYPE_CHECKING:
    from hashlib import _Hash  # known to type checkers only

Digest: TypeAlias = "_Hash"

MOST_KEPT_DIGESTS = 2_048
"""Those of some fifty files of three years, 1 MB."""


class KeptDigests:
    """Digests by what they went on from: the bytes before, and the number of the text. Any thread may ask."""

    def __init__(self, most: int = MOST_KEPT_DIGESTS) -> None:
        self._most = most
        self._after: OrderedDict[tuple[bytes, int], Digest] = OrderedDict()
        self._lock = Lock()

    def know(self, before: Digest, number: int | None) -> bool:
        """Whether a text of this number came behind these bytes before; None: a text that is not written again."""
        return number is not None and (before.digest(), number) in self._after

    def go_on(self, before: Digest, text: Text, number: int | None) -> Digest:
        """Return the digest of the bytes before and a text; `before` may be the one that goes on."""
        if number is None or not self._most:
            before.update(text)
            return before
        name = (before.digest(), number)
        with self._lock:
            known = self._after.get(name)
            if known is not None:
                self._after.move_to_end(name)
                return known.copy()
        before.update(text)
        after = before.copy()
        with self._lock:
            self._after[name] = after
            if len(self._after) > self._most:
                self._after.popitem(last=False)
        return before


def digest_of_nothing() -> Digest:
    """Return the digest with which every file begins: SHA-256."""
    return hashlib.sha256()
