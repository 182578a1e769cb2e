"""How logs name the records that a unit of work is about, so that a telegram can be followed from door to rollup.

A record's name is its source position, "telemetry/3/1742": the same in receipts, dead letters, findings and logs of
all services. A batch of many names them by partition, the first and the last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

MOST_NAMED = 20
"""Records of a batch that are named one by one; of more, the first and last of each partition."""


def sources(positions: Iterable[tuple[str, int, int]]) -> list[str]:
    """Return the names of records (topic, partition, offset), in order; "telemetry/3/1700..1742" of many."""
    by_partition: dict[tuple[str, int], set[int]] = defaultdict(set)
    for topic, partition, offset in positions:
        by_partition[topic, partition].add(offset)
    if sum(map(len, by_partition.values())) <= MOST_NAMED:
        return [
            f"{topic}/{number}/{one}"
            for (topic, number), those in sorted(by_partition.items())
            for one in sorted(those)
        ]
    return [_span(topic, number, those) for (topic, number), those in sorted(by_partition.items())]


def _span(topic: str, partition: int, offsets: set[int]) -> str:
    first, last = min(offsets), max(offsets)
    return f"{topic}/{partition}/{first}" if first == last else f"{topic}/{partition}/{first}..{last}"
