"""MongoDB: whether it is a replica set that takes writes, has our indexes, stands at one epoch, and has room."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gastrack.doctor.broker import CLOCK_SECONDS
from gastrack.doctor.finding import Area, Examination, Finding
from gastrack.doctor.forms import of_forms
from shared.events.topics import RECORDED
from shared.runtime.kafka import SESSION_TIMEOUT_MS, KafkaError, TopicPartition
from shared.runtime.mongo import Database, PyMongoError
from shared.runtime.same_topic import AnotherTopicError, Read, require_same
from shared.store import disk, documents, epochs, export_jobs, restoring, schedules
from shared.store.disk import Room
from shared.store.documents import Collection, Index

INDEXES = (*documents.INDEXES, *export_jobs.INDEXES, *schedules.INDEXES)
_HEALTHY = ("PRIMARY", "SECONDARY", "ARBITER")
_DEPENDENT = (Area.INDEXES, Area.VERSIONS, Area.DISKS)


async def examine(found: Examination, database: Database, bootstrap: str, partitions: int) -> None:
    """Look at the store; `bootstrap` is where Kafka is, `partitions` how many its line log has, 0: there is none."""
    try:
        hello = await database.client.admin.command("hello")
        found.saw(Area.MONGODB, *_of_server(hello), *await _of_members(database, hello), *await _of_limits(database))
        found.saw(Area.CLOCKS, *of_clock(hello["localTime"]))
        found.saw(Area.INDEXES, *await _of_indexes(database))
        found.saw(Area.VERSIONS, *await _of_epochs(database), *await of_forms(database))
        found.saw(Area.DISKS, *_of_disk(await disk.room(database)))
    except PyMongoError as fault:
        wrong, mend = f"MongoDB does not answer: {_short(fault)}", "start it, or correct GASTRACK_MONGO_URI"
        found.saw(Area.MONGODB, Finding(Area.MONGODB, wrong, mend))
        found.missed("MongoDB does not answer", *_DEPENDENT, Area.LINE_LOG)
        return
    if partitions:
        await _examine_line_log(found, database, bootstrap, partitions)


def _short(fault: PyMongoError) -> str:
    return str(fault).split(", Timeout:")[0][:200]


def _of_server(hello: dict[str, Any]) -> Iterator[Finding]:
    is_router = hello.get("msg") == "isdbgrid"
    if not hello.get("setName") and not is_router:
        yield Finding(
            Area.MONGODB,
            "MongoDB is no replica set, so it has no transactions",
            "start mongod with --replSet, initiate it once (rs.initiate()), and name the set in GASTRACK_MONGO_URI",
        )
    elif not hello.get("isWritablePrimary"):
        yield Finding(
            Area.MONGODB, "the replica set has no primary that takes writes", "bring a majority of its members back"
        )


async def _of_members(database: Database, hello: dict[str, Any]) -> list[Finding]:
    if not hello.get("setName"):
        return []
    try:
        status = await database.client.admin.command("replSetGetStatus")
    except PyMongoError:  # whoever may not see it sees at least that there is a primary
        return []
    return [
        Finding(Area.MONGODB, f"member {one['name']} is {one['stateStr']}", "bring it back, or remove it from the set")
        for one in status["members"]
        if one["stateStr"] not in _HEALTHY
    ]


async def _of_limits(database: Database) -> list[Finding]:
    """A dead writer's transaction must end before its successor gives up."""
    name, most = "transactionLifetimeLimitSeconds", SESSION_TIMEOUT_MS // 1000
    try:
        seconds = (await database.client.admin.command({"getParameter": 1, name: 1}))[name]
    except PyMongoError:  # whoever may not see it, and a router, cannot tell
        return []
    if seconds < most:
        return []
    wrong = f"{name} is {seconds} s: after a crash a partition waits that long for the dead worker's transaction"
    return [Finding(Area.MONGODB, wrong, f"start mongod with --setParameter {name}=5")]


def of_clock(theirs: datetime) -> Iterator[Finding]:
    """Tell where MongoDB's clock, as it has just answered, is not that of this machine."""
    apart = theirs.timestamp() - time.time()
    if abs(apart) > CLOCK_SECONDS:
        way = "ahead of" if apart > 0 else "behind"
        wrong = f"MongoDB's clock is {abs(apart):.0f} s {way} that of this machine"
        yield Finding(Area.CLOCKS, wrong, "let NTP set the clocks of all machines")


async def _of_indexes(database: Database) -> list[Finding]:
    there = {name: await database[name].index_information() for name in await database.list_collection_names()}
    return [found for index in INDEXES if (found := _of_index(index, there))]


def _of_index(index: Index, there: dict[str, Any]) -> Finding | None:
    named = f"{index.collection.value} ({', '.join(f'{name} {way}' for name, way in index.fields)})"
    by_fields = {tuple(map(tuple, one["key"])): one for one in there.get(index.collection, {}).values()}
    seen = by_fields.get(index.fields)
    if seen is None:
        return Finding(Area.INDEXES, f"the index {named} is missing", "start ingest and export, which make it")
    differing = [name for name, value in index.options.items() if seen.get(name) != value]
    if not differing:
        return None
    wrong = f"the index {named} has another {', '.join(differing)}"
    return Finding(Area.INDEXES, wrong, f"drop the index {named}, and start ingest and export, which make it")


async def _of_epochs(database: Database) -> list[Finding]:
    if not await restoring.is_whole(database):
        wrong = "a replay is under way, or was broken off: the workers hold still"
        return [Finding(Area.VERSIONS, wrong, "if nobody runs one, run `gastrack replay` once more")]
    epoch = await epochs.current(database)
    ahead = await database[Collection.PROGRESS].find({"epoch": {"$gt": epoch}}, {"_id": 1}).to_list(None)
    if not ahead:
        return []
    wrong = f"positions of {', '.join(sorted(one['_id'] for one in ahead))} are of a later epoch than {epoch}"
    return [
        Finding(
            Area.VERSIONS, wrong, "the backup is no whole one: restore another, see docs/runbooks/backup-restore.md"
        )
    ]


def _of_disk(room: Room | None) -> Iterator[Finding]:
    if room is not None and room.is_short:
        wrong = f"MongoDB's disk is {room.used:.0%} full: {room.free_bytes / 1024**3:.1f} GiB are free"
        yield Finding(Area.DISKS, wrong, "enlarge it now; what may leave: docs/runbooks/disk-full.md")


async def _examine_line_log(found: Examination, database: Database, bootstrap: str, partitions: int) -> None:
    """Look whether Kafka's line log is the one that the store has read."""
    for stage in ("validation", "aggregation"):
        read = {
            TopicPartition(RECORDED.name, partition): Read(at.offset, at.known_at_ms)
            for partition, at in (await restoring.standings(database, stage)).items()
            if partition < partitions
        }
        try:
            await require_same(bootstrap, read)
        except AnotherTopicError as fault:
            mend = "nothing is read until the right one is back: docs/runbooks/backup-restore.md"
            found.saw(Area.LINE_LOG, Finding(Area.LINE_LOG, f"{stage} holds still: {fault}", mend))
        except KafkaError as fault:
            found.missed(repr(fault)[:200], Area.LINE_LOG)
            return
    found.saw(Area.LINE_LOG)
