"""Which partition of the line log a station belongs to: the unit of order, of ownership and of scaling."""

from __future__ import annotations

from zlib import crc32


def partition_of(station: str, partitions: int) -> int:
    """Return crc32(station) mod N: the same everywhere, for ever."""
    return crc32(station.encode()) % partitions
