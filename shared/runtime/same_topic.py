"""A topic that is another one than the store has read: made anew, or brought back from an older copy of its disks.

Offsets of a new topic begin at 0 again, so what comes would lie below every position in the store and be dropped in
silence, as read already. Whoever begins asks first; where it is another topic he holds still until somebody has brought
the right one back (docs/adr/0042).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.events.topics import RECORDED
from shared.runtime.kafka import TopicPartition, consumer, first_offset
from shared.runtime.persistently import HoldStillError


class AnotherTopicError(HoldStillError):
    """The store has read further than this topic reaches, or something else stands there; the message says what."""


@dataclass(frozen=True, slots=True)
class Read:
    """How far a partition was read: its last offset, and the latest append time; None where senders tell the time."""

    offset: int
    known_at_ms: int | None = None


async def require_same(bootstrap: str, read: Mapping[TopicPartition, Read]) -> None:
    """Make sure that partitions, which are there, are those that were read so far.

    Raises:
        AnotherTopicError: one ends before the offset, or what stands up to the offset was appended later.
        KafkaError: the broker does not know at the moment.
    """
    asked = {place: one for place, one in read.items() if one.offset >= 0}
    timed = {place: one.known_at_ms + 1 for place, one in asked.items() if one.known_at_ms}
    if not asked:
        return
    reader = consumer(bootstrap, None)
    await reader.start()
    try:
        ends = await reader.end_offsets(list(asked))
        later = await reader.offsets_for_times(timed) if timed else {}
    finally:
        await reader.stop()
    for place, one in asked.items():
        name, younger = f"{place.topic}/{place.partition}", later.get(place)
        if ends[place] <= one.offset:
            raise AnotherTopicError(
                f"{name} ends at {ends[place]}, and the store has read offset {one.offset} of it: {_ADVICE}"
            )
        if younger is not None and younger.offset <= one.offset:
            raise AnotherTopicError(
                f"offset {younger.offset} of {name} is younger than the store's {one.offset}: {_ADVICE}"
            )


_ADVICE = "this is another topic; bring the one of this store back (docs/runbooks/backup-restore.md)"


class LineLog:
    """The line log as a stage sees it that begins at its position."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def begins(self, partition: int) -> int:
        """Return the first offset that a partition still has."""
        return await first_offset(self._bootstrap, RECORDED, partition)

    async def require_same(self, partition: int, offset: int, known_at_ms: int) -> None:
        """Make sure that a partition is the one that a position is of.

        Raises:
            AnotherTopicError: it is another one.
        """
        await require_same(self._bootstrap, {TopicPartition(RECORDED.name, partition): Read(offset, known_at_ms)})
