"""Kafka: whether it answers, whether its topics are what they shall be, and whether somebody reads them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from gastrack.doctor.finding import Area, Examination, Finding
from shared.events.topics import GROUPS, INGEST_GROUP, INTAKE, RECORDED, TOPICS, VALIDATED, Topic
from shared.runtime import kafka, kafka_groups, kafka_seen
from shared.runtime.kafka import KafkaError, TopicPartition, Watcher
from shared.runtime.kafka_seen import Cluster, TopicSeen

LOOK_AGAIN_SECONDS = 3.0
"""Groups commit about once a second; where one has not moved by then although there is something to read, it stands."""
CLOCK_SECONDS = 5
"""By which clocks may differ: a reading is refused as of the future only beyond minutes."""
_MAKE = "start ingest, which makes it; if it was there before, first see docs/runbooks/backup-restore.md"
_DEPENDENT = (Area.TOPICS, Area.LINE_LOG, Area.GROUPS)


async def examine(found: Examination, bootstrap: str, partitions: int | None, copies: int) -> int:
    """Look at Kafka; return how many partitions its line log has, 0 where it is not there.

    Args:
        found: What was found.
        bootstrap: Where Kafka is, "" where nobody says so.
        partitions: Of the line log, as a setting says; None: as it is.
        copies: Of each topic.
    """
    if not bootstrap:
        found.missed("nobody says where Kafka is: set GASTRACK_KAFKA_BOOTSTRAP", Area.KAFKA, *_DEPENDENT)
        return 0
    try:
        cluster = await kafka_seen.look(bootstrap, [topic.name for topic in TOPICS])
    except (KafkaError, OSError) as fault:
        wrong = f"no broker answers at {bootstrap}: {fault!r}"
        mend = "start Kafka, or correct GASTRACK_KAFKA_BOOTSTRAP and the certificates of GASTRACK_KAFKA_*_FILE"
        found.saw(Area.KAFKA, Finding(Area.KAFKA, wrong, mend))
        found.missed("Kafka does not answer", *_DEPENDENT)
        return 0
    found.saw(Area.KAFKA, *_too_few(cluster, copies))
    found.saw(Area.TOPICS, *_of_topics(cluster, partitions, copies))
    if {*INTAKE, RECORDED.name, VALIDATED.name} <= set(cluster.topics):
        await _examine_groups(found, bootstrap)
    else:
        found.missed("topics are missing", Area.GROUPS)
    if RECORDED.name not in cluster.topics:
        found.missed("the topic is not there", Area.LINE_LOG)
        return 0
    return cluster.topics[RECORDED.name].partitions


def _too_few(cluster: Cluster, copies: int) -> Iterator[Finding]:
    if cluster.brokers < copies:
        yield Finding(
            Area.KAFKA,
            f"{cluster.brokers} brokers answer, and GASTRACK_KAFKA_REPLICATION asks for {copies} copies of each topic",
            "bring the other brokers back, or set fewer copies",
        )


def _of_topics(cluster: Cluster, partitions: int | None, copies: int) -> Iterator[Finding]:
    log = cluster.topics.get(RECORDED.name)
    wanted = partitions or (log.partitions if log else None)
    for topic in TOPICS:
        seen = cluster.topics.get(topic.name)
        if seen is None:
            yield _topic(f"topic {topic.name} is not there", _MAKE)
            continue
        yield from _of_topic(topic, seen, topic.partitions or wanted, copies)


def _of_topic(topic: Topic, seen: TopicSeen, partitions: int | None, copies: int) -> Iterator[Finding]:
    if partitions is not None and seen.partitions != partitions:
        yield _topic(
            f"{topic.name} has {seen.partitions} partitions, not {partitions}",
            "the number is fixed at install: set GASTRACK_PARTITIONS to that of the line log"
            if topic is RECORDED
            else f"give {topic.name} as many partitions as the line log has, or set GASTRACK_PARTITIONS right",
        )
    if seen.headless:
        yield _topic(f"partitions {_listed(seen.headless)} of {topic.name} have no leader", "bring their brokers back")
    if seen.copies < copies:
        yield _topic(
            f"{topic.name} has {seen.copies} copies, not {copies}",
            "reassign its partitions to more brokers (kafka-reassign-partitions, or the operator's rebalance)",
        )
    if seen.in_step < seen.copies and not seen.headless:
        yield _topic(
            f"of {topic.name} {seen.in_step} of {seen.copies} copies are in step", "look which broker is away or slow"
        )
    for name, value in kafka.settings_of(topic).items():
        if seen.settings and seen.settings.get(name) != value:
            yield _topic(
                f"{topic.name} has {name}={seen.settings.get(name)}, not {value}",
                f"kafka-configs --alter --entity-type topics --entity-name {topic.name} --add-config {name}={value}",
            )


def _topic(wrong: str, mend: str) -> Finding:
    return Finding(Area.TOPICS, wrong, mend)


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


async def _examine_groups(found: Examination, bootstrap: str) -> None:
    watcher = kafka.watcher(bootstrap, INGEST_GROUP)
    try:
        await watcher.start()
        running = await kafka_groups.running(bootstrap, GROUPS)
        behind = {group: await _behind(watcher, group) for group in GROUPS}
        if any(behind.values()):
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        after = {group: await _behind(watcher, group) for group in GROUPS}
        soon_ms = int((time.time() + CLOCK_SECONDS) * 1000)
        ahead = await kafka_groups.later_than(bootstrap, await watcher.ends(RECORDED.name), soon_ms)
    except KafkaError as fault:
        found.missed(f"the broker does not say: {fault!r}", Area.GROUPS)
        return
    finally:
        await watcher.stop()
    for group, topics in GROUPS.items():
        found.saw(Area.GROUPS, *_of_group(group, topics, running.get(group, 0), behind[group], after[group]))
    found.saw(Area.CLOCKS, *([_ahead()] if ahead else []))


async def _behind(watcher: Watcher, group: str) -> dict[TopicPartition, tuple[int, int]]:
    """Return where a group is behind: what it has committed, and the end."""
    committed, ends = await watcher.committed(group), await watcher.ends(*GROUPS[group])
    return {place: (committed.get(place, 0), end) for place, end in ends.items() if committed.get(place, 0) < end}


def _of_group(
    group: str,
    topics: tuple[str, ...],
    members: int,
    before: dict[TopicPartition, tuple[int, int]],
    after: dict[TopicPartition, tuple[int, int]],
) -> Iterator[Finding]:
    waiting = sum(end - committed for committed, end in after.values())
    service = group.removeprefix("gastrack-")
    if not members:
        yield Finding(
            Area.GROUPS,
            f"nobody reads {', '.join(topics)}: {service} does not run; {waiting:,} records wait",
            f"start {service}",
        )
        return
    standing = sorted(place for place in after if place in before and before[place][0] == after[place][0])
    if standing:
        told = ", ".join(f"{place.topic}/{place.partition}" for place in standing)
        yield Finding(
            Area.GROUPS,
            f"{service} has not moved for {LOOK_AGAIN_SECONDS:.0f} s in {told}; {waiting:,} records wait",
            f"look into the log of {service} for `waiting to try again`, `gap` or `defect`; see docs/runbooks/lag.md",
        )


def _ahead() -> Finding:
    return Finding(
        Area.CLOCKS,
        f"{RECORDED.name} holds records of the future ({CLOCK_SECONDS} s or more): a clock is wrong, theirs or ours",
        "let NTP set the clocks of all machines",
    )
