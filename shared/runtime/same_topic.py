"""A topic that is another one than the store has read: made anew, or brought back from an older copy of its disks.

Offsets of a new topic begin at 0 again, so what comes would lie below every position in the store and be dropped in
silence, as read already. Whoever begins asks first; where it is another topic he holds still until somebody has brought
the right one back (docs/adr/0043).
"""

from __future__ import annotations

from shared.events.topics import RECORDED
from shared.runtime.kafka import TopicPartition, consumer, first_offset
from shared.runtime.persistently import HoldStillError


class AnotherTopicError(HoldStillError):
    """The store has read further than this topic reaches, or something else stands there; the message says what."""


async def require_same(bootstrap: str, place: TopicPartition, offset: int, known_at_ms: int | None = None) -> None:
    """Make sure that a partition is the one that was read up to an offset.

    Args:
        bootstrap: Where Kafka is.
        place: A partition that is there.
        offset: The last offset that was read, -1 for none.
        known_at_ms: The latest append time among what was read; None where senders tell the time of their records.

    Raises:
        AnotherTopicError: it ends before the offset, or what stands up to the offset was appended later.
        KafkaError: the broker does not know at the moment.
    """
    if offset < 0:
        return
    reader = consumer(bootstrap, None)
    await reader.start()
    try:
        end = (await reader.end_offsets([place]))[place]
        later = (await reader.offsets_for_times({place: known_at_ms + 1}))[place] if known_at_ms else None
    finally:
        await reader.stop()
    name = f"{place.topic}/{place.partition}"
    if end <= offset:
        raise AnotherTopicError(f"{name} ends at {end}, and the store has read offset {offset} of it: {_ADVICE}")
    if later is not None and later.offset <= offset:
        raise AnotherTopicError(f"offset {later.offset} of {name} is younger than the store's {offset}: {_ADVICE}")


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
        await require_same(self._bootstrap, TopicPartition(RECORDED.name, partition), offset, known_at_ms)
