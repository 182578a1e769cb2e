"""A line log in memory: all of it is there, and it is the one of the store."""

from __future__ import annotations


class WholeLog:
    """What a stage asks of the line log when it begins."""

    async def begins(self, partition: int) -> int:  # noqa: ARG002 - all partitions are alike
        """Say that it begins at offset 0."""
        return 0

    async def require_same(self, partition: int, offset: int, known_at_ms: int) -> None:
        """Accept every position."""
