"""`gastrack replay --from-store`: sets Kafka's groups to where a store stands that was brought back from a backup."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from gastrack.reach import Reach, complain, find, say
from shared.events.topics import AGGREGATION_GROUP, GROUPS, INGEST_GROUP, INTAKE, RECORDED, VALIDATED, VALIDATION_GROUP
from shared.runtime import kafka, kafka_groups
from shared.runtime.kafka import KafkaError, TopicPartition, Watcher
from shared.runtime.kafka_groups import Extent
from shared.runtime.mongo import Database, PyMongoError
from shared.runtime.same_topic import AnotherTopicError, Read, require_same
from shared.store import progress, restoring
from shared.store.ledgers import BLOCK_OFFSETS

GOOD, WRONG = 0, 1
STAGE_GROUPS = {
    "validation": (VALIDATION_GROUP, RECORDED.name),
    "aggregation": (AGGREGATION_GROUP, VALIDATED.name),
}
_UNCOUNTED = "what they held is in the line log, but the ledger's difference will not be 0. Back up every day."
Extents = dict[TopicPartition, Extent]


class RefusedError(Exception):
    """The store cannot be gone on with; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where each group stands now, by "topic/partition"; and what can no longer be counted."""

    groups: dict[str, dict[str, int]]
    uncounted: dict[str, int] = field(default_factory=dict)
    """Records of a source, by partition, that Kafka no longer keeps and the store may not have counted."""


def run(*, as_json: bool) -> int:
    """Set the groups; 0 if the workers can go on and all will be counted, 1 if not."""
    try:
        told = asyncio.run(_set())
    except (RefusedError, AnotherTopicError) as fault:
        complain(f"Nothing was changed. {fault}")
        return WRONG
    except (KafkaError, PyMongoError) as fault:
        complain(f"Nothing was changed, or not all: a server does not answer ({fault!r}). Ask again when it does.")
        return WRONG
    if as_json:
        say(json.dumps({"groups": told.groups, "uncounted": told.uncounted}))
    else:
        _tell(told)
    for place, count in told.uncounted.items():
        complain(f"Up to {count:,} records of {place} are no longer kept, so they cannot be counted: {_UNCOUNTED}")
    return WRONG if told.uncounted else GOOD


def _tell(told: Told) -> None:
    for group, offsets in told.groups.items():
        for place, offset in sorted(offsets.items()):
            say(f"{group:<22} {place:<24} {offset:>14,}")
    say("Start ingest, validation and aggregation now. `gastrack ledger --wait 600` tells when all is counted again.")


async def _set() -> Told:
    reach = find()
    database, watcher = reach.database(), kafka.watcher(reach.kafka_bootstrap, INGEST_GROUP)
    await watcher.start()
    try:
        return await _set_groups(reach, database, watcher)
    finally:
        await watcher.stop()
        database.client.close()


async def _set_groups(reach: Reach, database: Database, watcher: Watcher) -> Told:
    bootstrap = reach.kafka_bootstrap
    await _require_nobody_runs(bootstrap)
    if not await restoring.is_whole(database):
        raise RefusedError(
            "The backup was made during a replay: take another one, or let `gastrack replay` make the store anew."
        )
    there = await watcher.topics("")
    if missing := sorted({RECORDED.name, VALIDATED.name, *INTAKE} - set(there)):
        raise RefusedError(f"Kafka has no topic {', '.join(missing)}: this is not the Kafka of this store.")
    places = await kafka_groups.extents(bootstrap, await watcher.ends(RECORDED.name, VALIDATED.name, *INTAKE))
    await _require_same_topics(bootstrap, database, places)
    wanted = await _stages(database, places)
    sources, uncounted = await _sources(database, watcher, places)
    for group, offsets in (wanted | {INGEST_GROUP: sources}).items():
        await kafka_groups.set_group(bootstrap, group, offsets)
    return Told(
        {group: _named(offsets) for group, offsets in (wanted | {INGEST_GROUP: sources}).items()}, _named(uncounted)
    )


async def _require_nobody_runs(bootstrap: str) -> None:
    if found := await kafka_groups.running(bootstrap, GROUPS):
        told = ", ".join(f"{group} ({count})" for group, count in found.items())
        raise RefusedError(
            f"Somebody still works in {told}: stop ingest, validation and aggregation, wait 10 s, and ask again."
        )


async def _require_same_topics(bootstrap: str, database: Database, places: Extents) -> None:
    """Make sure that the line log and the sources are those that the store has read.

    Raises:
        AnotherTopicError: one is another.
        RefusedError: the line log no longer has what follows.
    """
    for stage in STAGE_GROUPS:
        stands = {
            TopicPartition(RECORDED.name, n): at for n, at in (await restoring.standings(database, stage)).items()
        }
        if missing := sorted(set(stands) - set(places)):
            raise RefusedError(
                f"Kafka has no partition {missing[0].partition} of {RECORDED.name}: this is another one."
            )
        await require_same(bootstrap, {place: Read(at.offset, at.known_at_ms) for place, at in stands.items()})
        for place, at in stands.items():
            if at.offset + 1 < places[place].begin:
                raise RefusedError(
                    f"{place.topic}/{place.partition} begins at {places[place].begin}, and the store stands at "
                    f"{at.offset}: what lies between is no longer kept. Restore a younger backup."
                )
    applied = await progress.applied(database)
    sources = {place: applied.get(f"{place.topic}/{place.partition}", -1) for place in places if place.topic in INTAKE}
    await require_same(bootstrap, {place: Read(offset) for place, offset in sources.items()})


async def _stages(database: Database, places: Extents) -> dict[str, dict[TopicPartition, int]]:
    """Return where the groups of the stages stand: their lag is told by it, they themselves ask the store."""
    wanted: dict[str, dict[TopicPartition, int]] = {}
    for stage, (group, topic) in STAGE_GROUPS.items():
        read = {partition: at.read for partition, at in (await restoring.standings(database, stage)).items()}
        wanted[group] = {
            place: min(max(read.get(place.partition, -1) + 1, extent.begin), extent.end)
            for place, extent in places.items()
            if place.topic == topic
        }
    return wanted


async def _sources(
    database: Database, watcher: Watcher, places: Extents
) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    """Return where ingest goes on, and how many records before that are no longer there to be counted."""
    known, blocks = await watcher.committed(INGEST_GROUP), await restoring.last_blocks(database)
    applied = await progress.applied(database)
    found: dict[TopicPartition, int] = {}
    lost: dict[TopicPartition, int] = {}
    for place, extent in ((one, extent) for one, extent in places.items() if one.topic in restoring.COUNTED):
        block = blocks.get((place.topic, place.partition), 0)
        is_behind = applied.get(f"{place.topic}/{place.partition}", -1) + 1 < extent.end
        if is_behind and block * BLOCK_OFFSETS < extent.begin:
            lost[place] = extent.begin - block * BLOCK_OFFSETS
        found[place] = max(extent.begin, min(restoring.to_count_from(block), known.get(place, extent.end)))
    return found, lost


def _named(offsets: dict[TopicPartition, int]) -> dict[str, int]:
    return {f"{place.topic}/{place.partition}": offset for place, offset in offsets.items()}
