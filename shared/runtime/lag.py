"""How far a worker is behind a topic, in records and in seconds, as Prometheus asks: a worker that waits tells it too.

Worked out at each scrape, not with each batch: while the store is away no batch is finished, and lag is what grows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from shared.runtime import metrics

End = Callable[[int], int | None]
"""Tells the offset behind the last record of a partition, None where it is not known or not ours."""


@dataclass(slots=True)
class _Place:
    """Where a worker is in a partition, the age of what it took last, and when nothing was left for it."""

    next_offset: int
    taken_ms: int
    nothing_left_at: float


class Lag:
    """The lag of one topic; `end` tells where its partitions end, as far as this worker reads them."""

    def __init__(self, topic: str, end: End, clock: Callable[[], float] = time.time) -> None:
        self._topic, self._end, self._clock = topic, end, clock
        self._places: dict[int, _Place] = {}

    @property
    def next_offsets(self) -> dict[int, int]:
        """Which record is next, by partition."""
        return {partition: place.next_offset for partition, place in self._places.items()}

    def begin(self, partition: int, next_offset: int) -> None:
        """Begin at an offset: until something is taken, lag in seconds counts from now."""
        now = self._clock()
        self.reached(partition, next_offset, round(now * 1000))
        self._places[partition].nothing_left_at = 0.0

    def reached(self, partition: int, next_offset: int, taken_ms: int | None = None) -> None:
        """Tell which record is next, and the topic's time of the last that was taken (None: of none)."""
        place = self._places.get(partition)
        if place is None:
            place = self._places[partition] = _Place(next_offset, round(self._clock() * 1000), 0.0)
            labels = (self._topic, str(partition))
            metrics.LAG.labels(*labels).set_function(partial(self._records, partition))
            metrics.LAG_SECONDS.labels(*labels).set_function(partial(self._seconds, partition))
        place.next_offset = next_offset
        if taken_ms is not None:
            place.taken_ms = taken_ms
        self._records(partition)

    def _records(self, partition: int) -> float:
        """Return how many records are left; 0 for a partition that another worker reads."""
        place, end = self._places[partition], self._end(partition)
        if end is None:
            return 0
        if end <= place.next_offset:
            place.nothing_left_at = self._clock()
        return max(0, end - place.next_offset)

    def _seconds(self, partition: int) -> float:
        """Return the age of what was taken last, but not more than since something is left."""
        if not self._records(partition):
            return 0.0
        place, now = self._places[partition], self._clock()
        return max(0.0, now - max(place.taken_ms / 1000, place.nothing_left_at))
