"""Hours that leave: the same store whenever they are removed, whoever dies meanwhile; and nothing comes back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from deploy.local.servers import Servers
from services.aggregation import sweeping
from services.aggregation.handlers import Aggregation
from shared.domain import gas_time
from shared.domain.analysis import Analyses, empty_analyses
from shared.domain.reading import Provenance, Readings, Source, empty_rows
from shared.domain.retention import first_gas_day, first_online_hour, latest_floor
from shared.events import line_log
from shared.events.line_log import Analysed, Entry, Recorded, Tick, TopologyAsked
from shared.events.register_history import RegisterHistory
from shared.runtime import metrics
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database, in_transaction
from shared.store import ledgers, replaying
from shared.store.digest import digest
from shared.store.documents import Collection
from shared.store.verification import verify
from tests.integration.pipeline.stages import (
    FIRST_KNOWN_MS,
    PARTITION,
    Topic0,
    aggregation,
    caught_up,
    database_on,
    validation,
)
from tests.pipeline.stations import plan

PLAN = plan("LEAVE", stations=1, lines=3)
STATION = PLAN.stations[0]
LINES = PLAN.lines[STATION]
FLOOR = latest_floor(FIRST_KNOWN_MS)
FIRST = first_online_hour(FLOOR)
GAS_FIRST = first_online_hour(first_gas_day(FLOOR))
DAY = 24
HOURS = range(FIRST - 10 * DAY, FIRST + 3 * DAY)
LATE = range(FIRST - DAY, FIRST + DAY)
CORRECTED = range(FIRST - 8 * DAY, FIRST)


def asked(offset: int, **document: Any) -> TopologyAsked:
    """Return a change of the register."""
    return TopologyAsked(offset, FIRST_KNOWN_MS, json.dumps({"reason": "a test", **document}).encode())


def attributed(offset: int, chromatograph: str, hour: int) -> TopologyAsked:
    """Return a change of the register: the first line carries a chromatograph's gas, which takes five hours."""
    told = {"line": LINES[0], "from": gas_time.hour_text(hour), "chromatograph": chromatograph, "delay_h": 5}
    named = [{"id": name, "name": name} for name in ("HERE", "THERE")]
    return asked(offset, chromatographs=named, attributions=[told])


def analysed(offset: int, chromatograph: str, gcv: int, hours: range) -> Analysed:
    """Return analyses of hours."""
    rows = empty_analyses(len(hours))
    rows["hour"], rows["gcv"], rows["place"] = list(hours), gcv, range(len(hours))
    return Analysed(Analyses(chromatograph, f"T{offset}", offset, offset + 1, FIRST_KNOWN_MS, rows))


def from_a_file(offset: int, line: str, hours: range, volume: int) -> Recorded:
    """Return readings of a file, which may be of any age."""
    rows = empty_rows(len(hours))
    rows["hour"], rows["volume"], rows["place"] = list(hours), volume, range(len(hours))
    rows["provenance"] = Provenance.FROM_FILE
    return Recorded(Readings(rows, [line], [Source("telemetry", 0, offset, f"T{offset}", STATION, offset)]))


def entries() -> list[Entry]:
    """Return a line log in which three lines have hours before and after the floor, and are told more after it."""
    numbers = iter(range(1_000))
    entries: list[Entry] = [
        TopologyAsked(0, FIRST_KNOWN_MS, PLAN.document("2020-01-01")),
        attributed(1, "HERE", HOURS.start),
        analysed(0, "HERE", 11_200_000, HOURS),
        *(from_a_file(next(numbers), line, HOURS, 1_000) for line in LINES),
        *(from_a_file(next(numbers), line, range(FIRST - 3 * DAY, FIRST - 2 * DAY), 2_000) for line in LINES),
        asked(2, online_from=FLOOR.isoformat()),
        *(from_a_file(next(numbers), line, LATE, 3_000) for line in LINES),
        analysed(1, "HERE", 11_400_000, CORRECTED),
        attributed(3, "THERE", HOURS.start + DAY),
        analysed(2, "THERE", 11_300_000, range(FIRST - 5, FIRST + 10)),
        from_a_file(next(numbers), LINES[1], range(FIRST, FIRST + 1), 1_000_000_000),
    ]
    return [*entries, Tick(FIRST_KNOWN_MS)]


LOG = [Record(offset, FIRST_KNOWN_MS + offset, line_log.encode(entry)) for offset, entry in enumerate(entries())]
AT_FLOOR = next(
    place for place, entry in enumerate(entries()) if isinstance(entry, TopologyAsked) and entry.offset == 2
)
Worker = Callable[[], Aggregation]


@pytest.fixture
async def database(stack: Servers) -> AsyncIterator[Database]:
    """An empty database."""
    async with database_on(stack.mongo_uri) as made:
        yield made


async def answered(database: Database) -> tuple[Topic0, Worker]:
    """Return the answers to the whole line log, and what begins a worker that takes them."""
    topic, register = Topic0(), RegisterHistory("nobody:1")
    await validation(database, topic, register).handle(PARTITION, LOG)
    return topic, lambda: aggregation(database, register)


async def take(deciding: Aggregation, topic: Topic0, first: int, count: int) -> None:
    """Hand over some answers; return when nothing is left to be told again."""
    await deciding.handle(PARTITION, topic.records(first, count))
    await caught_up(deciding)


async def swept(deciding: Aggregation) -> Aggregation:
    """Let time pass until a worker has nothing left to remove."""
    await deciding.turn()
    while metrics.RETENTION_BEHIND._value.get():
        await deciding.turn()
    return deciding


async def below(database: Database) -> dict[str, int]:
    """Return how many documents there are of which all lies before the floor, as plainly as it can be counted."""
    month = gas_time.month_of(FLOOR)
    found = {
        "days": [d["_id"] async for d in database[Collection.LINE_DAYS].find() if d["_id"].split("|")[1] < month],
        "months": [d["_id"] async for d in database[Collection.LINE_MONTHS].find() if d["_id"].split("|")[1] < month],
        "revisions": [d["_id"] async for d in database[Collection.REVISIONS].find() if d["hour"] < FIRST],
        "closings": [d["_id"] async for d in database[Collection.CLOSINGS].find() if d["end_hour"] <= FIRST],
        "findings": [
            d["_id"] async for d in database[Collection.FINDINGS].find({"line": {"$ne": ""}}) if max(d["hours"]) < FIRST
        ],
        "analyses": [
            d["_id"]
            async for d in database[Collection.ANALYSES].find()
            if d["_id"].split("|")[1] < first_gas_day(FLOOR).isoformat()
        ],
        "gas": [
            d["_id"]
            async for d in database[Collection.GAS_TOLD].find()
            if d["_id"].split("|")[2] < first_gas_day(FLOOR).isoformat()
        ],
        "analysis revisions": [
            d["_id"] async for d in database[Collection.ANALYSIS_REVISIONS].find() if d["hour"] < GAS_FIRST
        ],
    }
    return {name: len(ids) for name, ids in found.items()}


async def test_what_left_is_removed_and_what_comes_late_is_a_dead_letter(database: Database) -> None:
    """By rule A6, from files as well, analyses too; the ledger closes, rollups are true, what straddles stays."""
    topic, worker = await answered(database)
    deciding = worker()
    await take(deciding, topic, 0, AT_FLOOR)
    before = await below(database)
    assert min(before[name] for name in ("days", "months", "revisions", "findings", "analyses", "gas")) > 0
    for first in range(AT_FLOOR, len(LOG)):
        await take(deciding, topic, first, 1)
    await swept(deciding)
    assert set((await below(database)).values()) == {0}
    total = await ledgers.total(database)
    late_analyses = GAS_FIRST - CORRECTED.start
    assert total.dead_lettered == 3 * DAY + late_analyses
    letters = database[Collection.DEAD_LETTERS]
    assert await letters.distinct("reason") == ["A6"]
    assert await letters.count_documents({"line": LINES[0], "threshold": FIRST * 3600.0}) == DAY
    assert await database[Collection.LINE_DAYS].count_documents({}) == 3 * len(LINES)
    assert (await verify(database)).mismatches == []
    assert await replaying.has_reached(database, {PARTITION: len(LOG)})


@pytest.mark.parametrize("batch", [1, len(LOG)])
async def test_when_it_is_removed_changes_nothing(
    database: Database, stack: Servers, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, or long after everything that came behind: the log read again gives the same digest."""
    # The one begins anew with every record and knows what the store says alone; the other has everything at hand.
    topic, worker = await answered(database)
    for first in range(len(LOG)):
        deciding = worker()
        await take(deciding, topic, first, 1)
        await swept(deciding)
    async with database_on(stack.mongo_uri) as other:
        monkeypatch.setattr(sweeping, "TURN_SECONDS", -1.0)
        topic, worker = await answered(other)
        deciding = worker()
        for first in range(0, len(LOG), batch):
            await take(deciding, topic, first, batch)
        assert (await below(other))["days"] > 0
        assert not await replaying.has_reached(other, {PARTITION: len(LOG)})
        monkeypatch.setattr(sweeping, "TURN_SECONDS", 1.0)
        await swept(deciding)
        assert await digest(other) == await digest(database)


async def test_a_worker_that_dies_while_it_removes_leaves_whole_steps(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one goes on where it was: no line is gone in part, none is forgotten."""
    topic, worker = await answered(database)
    monkeypatch.setattr(sweeping, "TURN_SECONDS", -1.0)
    await take(worker(), topic, 0, AT_FLOOR + 1)
    monkeypatch.setattr(sweeping, "TURN_SECONDS", 60.0)
    owner = await begun(worker)
    with monkeypatch.context() as killed:
        killed.setattr(sweeping, "in_transaction", _dying_after(3, in_transaction))
        with pytest.raises(AutoReconnect):
            await owner.turn()
    assert metrics.RETENTION_BEHIND._value.get() == 1
    marker = await database[Collection.SWEPT].find_one({"_id": PARTITION})
    assert marker is not None
    assert (marker["at"], marker["done"]) == (f"line|{LINES[1]}", False)
    left = [day["l"] async for day in database[Collection.LINE_DAYS].find({"_id": {"$lt": f"{LINES[2]}|"}})]
    assert len(left) == 2 * 3
    assert (await below(database))["days"] == 10
    await swept(await begun(worker))
    assert set((await below(database)).values()) == {0}


async def test_only_the_owner_of_a_partition_removes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever had it before notices that it is another's; and a worker of an older epoch removes nothing."""
    topic, worker = await answered(database)
    monkeypatch.setattr(sweeping, "TURN_SECONDS", -1.0)
    old = worker()
    await take(old, topic, 0, AT_FLOOR + 1)
    await old.turn()
    new = await begun(worker)
    await new.turn()
    monkeypatch.setattr(sweeping, "TURN_SECONDS", 60.0)
    before = await below(database)
    for _ in range(2):
        await old._sweeping.turn(old._states)
    assert await below(database) == before
    states = dict(new._states)
    await database[Collection.PROGRESS].delete_many({})
    await new._sweeping.turn(states)
    assert await below(database) == before
    await replaying.begin(database)
    assert await database[Collection.SWEPT].count_documents({}) == 0


async def test_a_partition_is_not_left_alone_for_good(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that a worker took that had it before: the owner takes it back after a while."""
    topic, worker = await answered(database)
    monkeypatch.setattr(sweeping, "TURN_SECONDS", -1.0)
    owner = worker()
    await take(owner, topic, 0, AT_FLOOR + 1)
    await owner.turn()
    await (await begun(worker)).turn()
    monkeypatch.setattr(sweeping, "TURN_SECONDS", 60.0)
    monkeypatch.setattr(sweeping, "AGAIN_SECONDS", 0.0)
    await owner._sweeping.turn(owner._states)
    assert (await below(database))["days"] > 0
    await owner._sweeping.turn(owner._states)
    assert set((await below(database)).values()) == {0}


async def begun(worker: Worker) -> Aggregation:
    """Return a worker to which the partition has been assigned."""
    made = worker()
    await made.begin(PARTITION)
    return made


def _dying_after(steps: int, takes: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return what takes some steps; in the next one the server is away."""
    left = iter(range(steps))

    async def dying(*arguments: Any) -> None:
        if next(left, None) is None:
            raise AutoReconnect("killed")
        await takes(*arguments)

    return dying
