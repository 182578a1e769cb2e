"""Consumer groups seen from outside: who is in them, how far they are, and setting them elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient

from shared.runtime.brokers import reached
from shared.runtime.kafka import TopicPartition, consumer, for_code

_GONE = ("Dead", "Empty")


@dataclass(frozen=True, slots=True)
class Extent:
    """What a partition holds: from its first offset to the one behind its last."""

    begin: int
    end: int


async def extents(bootstrap: str, places: Iterable[TopicPartition]) -> dict[TopicPartition, Extent]:
    """Return what these partitions hold; all of them must be there.

    Raises:
        KafkaError: the broker does not answer.
    """
    asked, reader = sorted(places), consumer(bootstrap, None)
    await reader.start()
    try:
        begins, ends = await reader.beginning_offsets(asked), await reader.end_offsets(asked)
    finally:
        await reader.stop()
    return {place: Extent(begins[place], ends[place]) for place in asked}


async def later_than(bootstrap: str, places: Iterable[TopicPartition], moment_ms: int) -> bool:
    """Say whether one of these partitions holds a record that was appended after a moment.

    Raises:
        KafkaError: the broker does not answer.
    """
    reader = consumer(bootstrap, None)
    await reader.start()
    try:
        found = await reader.offsets_for_times(dict.fromkeys(places, moment_ms))
    finally:
        await reader.stop()
    return any(one is not None for one in found.values())


async def members(admin: AIOKafkaAdminClient, group: str) -> int:
    """Return how many processes are in a group.

    Raises:
        KafkaError: the broker does not know at the moment.
    """
    found = 0
    for answer in await admin.describe_consumer_groups([group]):
        for code, _, state, _, _, those, *_ in answer.groups:
            if code:
                raise for_code(code)(f"{group} cannot be described")
            found += 0 if state in _GONE else max(1, len(those))
    return found


async def running(bootstrap: str, groups: Iterable[str]) -> dict[str, int]:
    """Return the groups that have members, with how many; a process that was killed counts until its session ends.

    Raises:
        KafkaError: the broker does not know at the moment.
    """
    admin = AIOKafkaAdminClient(**reached(bootstrap))
    await admin.start()
    try:
        counts = {group: await members(admin, group) for group in groups}
    finally:
        await admin.close()
    return {group: count for group, count in counts.items() if count}


async def set_group(bootstrap: str, group: str, offsets: Mapping[TopicPartition, int]) -> None:
    """Let a group without members go on at these offsets.

    Raises:
        KafkaError: somebody is in it, or the broker refuses.
    """
    reader = consumer(bootstrap, group)
    await reader.start()
    try:
        reader.assign(sorted(offsets))
        await reader.commit(dict(offsets))
    finally:
        await reader.stop()
