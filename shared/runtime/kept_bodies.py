"""Bodies that were written once, by names of their exact content: who names one reads no stale one."""

from __future__ import annotations

from collections import OrderedDict


class KeptBodies:
    """Bodies by their names, as many as there is room for; those asked for longest ago leave first."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()

    def get(self, name: str) -> bytes | None:
        """Return the body of a name, or None."""
        body = self._bodies.get(name)
        if body is not None:
            self._bodies.move_to_end(name)
        return body

    def keep(self, name: str, body: bytes) -> None:
        """Keep a body, unless it is larger than all may be; names count too, because readers may choose long ones."""
        if name in self._bodies or len(name) + len(body) > self._most_bytes:
            return
        self._bodies[name] = body
        self._bytes += len(name) + len(body)
        while self._bytes > self._most_bytes:
            left, gone = self._bodies.popitem(last=False)
            self._bytes -= len(left) + len(gone)
