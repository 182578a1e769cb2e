"""The stages over a real MongoDB: fenced writers, lost answers, positions, blocks counted twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from deploy.local.servers import Servers
from services.aggregation import handlers
from services.aggregation.handlers import Aggregation
from services.ingest.conversion import DeadLetter
from services.ingest.files.told import Fault
from services.ingest.ledger import BlockCounts, store_dead_letters
from services.validation.handlers import Validation
from shared.domain.reading import Source
from shared.domain.reason import Reason
from shared.events import answer, codec, line_log
from shared.events.codec import AnotherVersionError
from shared.events.register_history import RegisterHistory
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database
from shared.runtime.persistently import ReadAgainError
from shared.store import ledgers, progress
from shared.store.digest import digest
from shared.store.documents import Collection
from shared.store.progress import FencedError, Progress
from tests.integration.pipeline.stages import (
    PARTITION,
    Topic0,
    aggregation,
    database_on,
    line_log_of,
    tick,
    validation,
)
from tests.pipeline.stations import plan, recent_hours
from tests.pipeline.whole_log import WholeLog

PLAN = plan("STAGE", stations=1, lines=1)
HOURS = recent_hours(days=2, until_days_ago=80)
LOG = line_log_of(PLAN, HOURS)
OTHER = PARTITION + 1


@pytest.fixture
async def database(stack: Servers) -> AsyncIterator[Database]:
    """An empty database."""
    async with database_on(stack.mongo_uri) as made:
        yield made


async def validated(database: Database) -> Topic0:
    """Return the answers to the whole line log."""
    topic = Topic0()
    await validation(database, topic).handle(PARTITION, LOG)
    return topic


async def drive(judging: Validation, deciding: Aggregation, topic: Topic0, batch: int) -> None:
    """Do what the workers do until both are at the end: take batches, go back where told; ticks keep coming."""
    log, place, cursor = list(LOG), 0, 0
    for _ in range(300):
        await deciding.turn()
        place = await judging.begin(PARTITION) if PARTITION in await judging.turn() else place
        log += [] if log[place:] else [tick(len(log))]
        await judging.handle(PARTITION, log[place : place + batch])
        place = min(place + batch, len(log))
        cursor = await taken(deciding, topic.records(cursor, batch), cursor)
        if (await deciding._state(PARTITION)).progress.offset >= len(LOG) - 1:
            return
    pytest.fail("aggregation never came to the end")


async def taken(deciding: Aggregation, records: list[Record], cursor: int) -> int:
    """Hand over records; return the offset to read from next."""
    if not records:
        return cursor
    try:
        await deciding.handle(PARTITION, records)
    except ReadAgainError as again:
        return again.offset
    return cursor + len(records)


async def test_validation_answers_every_record_once(database: Database) -> None:
    """Contiguous, and not again when the records come again."""
    topic = Topic0()
    stage = validation(database, topic)
    await stage.handle(PARTITION, LOG[:5])
    await stage.handle(PARTITION, LOG)
    assert [answer.decode(message).offset for message in topic.messages] == list(range(len(LOG)))
    assert await stage.turn() == frozenset()
    assert await stage.begin(PARTITION) == len(LOG)


async def test_a_clock_that_went_back_stops_nobody(database: Database) -> None:
    """What became known before stays known: also for a worker that begins where another stored a later time."""
    now_ms = 1_795_431_730_000
    first, *rest = (replace(record, timestamp_ms=now_ms - 1_000 * record.offset) for record in LOG)
    register, topic = RegisterHistory("nobody:1"), Topic0()
    stage = validation(database, Topic0(), register)
    await stage.handle(PARTITION, [first])
    await stage.turn()
    next_worker = validation(database, topic, register)
    assert await next_worker.begin(PARTITION) == 1
    await next_worker.handle(PARTITION, rest)
    told = [answer.decode(message) for message in topic.messages]
    assert [one.offset for one in told] == list(range(1, len(LOG)))
    assert {one.known_at_ms for one in told} == {now_ms}


async def test_validation_refuses_a_hole_in_what_it_reads(database: Database) -> None:
    """Faust has lost a message: it is read again, and nothing is answered past it."""
    topic = Topic0()
    with pytest.raises(ReadAgainError):
        await validation(database, topic).handle(PARTITION, [LOG[0], *LOG[2:]])
    assert topic.messages == []


async def test_what_a_newer_version_wrote_is_not_passed_over(database: Database) -> None:
    """Neither stage goes past it, nor tells a defect: it stands there until a version has come that reads it."""
    newer, topic = replace(LOG[1], value=codec.pack([line_log.VERSION + 1, "readings", b""])), Topic0()
    with pytest.raises(AnotherVersionError):
        await validation(database, topic).handle(PARTITION, [LOG[0], newer])
    assert topic.messages == []
    told = replace(answer.decode((await validated(database)).messages[0]), record=newer.value)
    deciding = aggregation(database)
    with pytest.raises(AnotherVersionError):
        await deciding.handle(PARTITION, [replace(LOG[0], value=answer.encode(told))])
    assert await database[Collection.DEAD_LETTERS].count_documents({}) == 0


async def test_a_second_validation_is_fenced(database: Database) -> None:
    """Whoever holds an old position may send answers again, and moves nothing."""
    topic = Topic0()
    register = RegisterHistory("nobody:1")
    old, new = validation(database, topic, register), validation(database, topic, register)
    await old.handle(PARTITION, LOG[:2])
    await old.turn()
    await new.handle(PARTITION, LOG[2:6])
    await new.turn()
    await old.handle(PARTITION, LOG[2:4])
    assert await old.turn() == {PARTITION}
    assert await old.begin(PARTITION) == 6


async def test_a_partition_begins_anew_while_another_is_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The group is shared out in the middle of a turn: nobody dies of it, and the partition goes on from the store."""
    stage = validation(database, Topic0())
    for partition in (PARTITION, OTHER):
        await stage.handle(partition, LOG[:5])
    save, beginning = progress.save, list[asyncio.Task[int]]()

    async def shared_out(database: Database, before: Progress, after: Progress) -> None:
        await save(database, before, after)
        if not beginning:
            beginning.append(asyncio.create_task(stage.begin(OTHER)))
            await asyncio.sleep(0)  # it has begun, and waits for the store

    monkeypatch.setattr(progress, "save", shared_out)
    assert await stage.turn() == frozenset()
    assert (await beginning[0], await stage.begin(PARTITION)) == (0, 5)
    await stage.handle(OTHER, LOG[:5])
    assert await stage.turn() == frozenset()
    assert await stage.begin(OTHER) == 5


async def test_a_second_aggregation_is_fenced(database: Database) -> None:
    """Its whole transaction is dropped: no hour, no count, no finding twice."""
    topic = await validated(database)
    register = RegisterHistory("nobody:1")
    old, new = aggregation(database, register), aggregation(database, register)
    await old.handle(PARTITION, topic.records(0, 3))
    await new.handle(PARTITION, topic.records(0, len(LOG)))
    before = await digest(database), await ledgers.total(database)
    with pytest.raises(ReadAgainError):
        await old.handle(PARTITION, topic.records(3, 4))
    assert (await digest(database), await ledgers.total(database)) == before
    assert before[1].accepted == len(HOURS)


@pytest.mark.parametrize("batch", [1, 4, 100])
async def test_lost_answers_are_answered_again(database: Database, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is lost, at the beginning, in a row or while answering again: all hours arrive, once."""
    monkeypatch.setattr(handlers, "ASK_AGAIN_SECONDS", 0.0)
    topic = Topic0(lose={0, 4, 5, 9, 14, 15, 20, 31})
    await drive(validation(database, topic), aggregation(database), topic, batch)
    total = await ledgers.total(database)
    assert (total.accepted, total.repeated, total.held, total.dead_lettered) == (len(HOURS), 0, 0, 0)
    assert await database[Collection.REANSWERS].count_documents({}) == 0


async def test_the_digest_does_not_depend_on_batches_or_losses(database: Database, stack: Servers) -> None:
    """One record at a time with losses, or all at once: the same store."""
    lossy = Topic0(lose={3, 8})
    await drive(validation(database, lossy), aggregation(database), lossy, 1)
    async with database_on(stack.mongo_uri) as other:
        whole = Topic0()
        await drive(validation(other, whole), aggregation(other), whole, 1_000)
        assert await digest(other) == await digest(database)


async def test_a_position_moves_only_from_where_it_stands(database: Database) -> None:
    """The first position of an epoch too is written once."""
    first = await progress.load(database, "aggregation", 7, 0, WholeLog())
    assert (first.offset, first.is_stored) == (-1, False)
    moved = replace(first, offset=4, read=4)
    await progress.save(database, first, moved)
    with pytest.raises(FencedError):
        await progress.save(database, first, replace(first, offset=9))
    with pytest.raises(FencedError):
        await progress.save(database, replace(moved, read=3), replace(moved, offset=5))
    await progress.save(database, moved, replace(moved, offset=5, read=6))
    found = await progress.load(database, "aggregation", 7, 0, WholeLog())
    assert (found.offset, found.read, found.is_stored) == (5, 6, True)


async def test_a_new_epoch_begins_anew_and_the_old_one_is_fenced(database: Database) -> None:
    """Who still holds the old epoch's position cannot write it."""
    old = Progress("aggregation/7", 0, 4, is_stored=False)
    await progress.save(database, old, replace(old, offset=5))
    new = await progress.load(database, "aggregation", 7, 1, WholeLog())
    await progress.save(database, new, replace(new, offset=0))
    with pytest.raises(FencedError):
        await progress.save(database, replace(old, offset=5, is_stored=True), replace(old, offset=6))


def letter(offset: int) -> DeadLetter:
    """Return a dead letter of a record."""
    return DeadLetter(Source("telemetry", 0, offset, "T", "S", 0), Fault(0, Reason.A1_SCHEMA, "", "why"))


async def test_a_block_counted_twice_counts_once(database: Database) -> None:
    """Received and dead-lettered, after a restart in the middle of a block; bytes and letters once."""
    for readings in ([10, 20], [10, 20, 30]):
        counts = BlockCounts()
        for place, count in enumerate(readings):
            counts.count(("telemetry", 0), 1_000 + place, count)
        counts.count_dead([letter(1_000)])
        await store_dead_letters(database, [letter(1_000)], {"telemetry/0/1000": b"bytes"})
        await counts.store(database)
        await counts.store(database)
    total = await ledgers.total(database)
    assert (total.received, total.dead_lettered) == (60, 1)
    assert await database[Collection.DEAD_LETTERS].count_documents({}) == 1
    assert await database[Collection.ORIGINALS].count_documents({}) == 1


async def test_a_partition_that_begins_anew_is_counted_from_its_block(database: Database) -> None:
    """What was counted of it before is forgotten, so that reading it again does not add to it."""
    counts = BlockCounts()
    counts.count(("telemetry", 0), 5, 7)
    counts.begin(("telemetry", 0))
    counts.count(("telemetry", 0), 5, 7)
    await counts.store(database)
    assert (await ledgers.total(database)).received == 7


async def test_a_gap_is_asked_for_while_new_answers_keep_coming(database: Database) -> None:
    """What was under way when the partition was wound back must not hide that it has been read again (seen once)."""
    topic = await validated(database)
    deciding = aggregation(database)
    await deciding.handle(PARTITION, topic.records(0, 2))
    # The topic has lost offsets 2 and 3: reading again begins at 4, and other answers arrive in between.
    for first in (4, 5, 6):
        with pytest.raises(ReadAgainError):
            await deciding.handle(PARTITION, topic.records(first, 1))
    await deciding.handle(PARTITION, topic.records(4, 1))
    assert await database[Collection.REANSWERS].count_documents({"_id": PARTITION, "offset": 1}) == 1
