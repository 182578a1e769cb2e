"""Hours that are told again in parts: the same whatever the parts, whoever dies between them, whatever waits behind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import numpy as np
import pytest

from deploy.local.servers import Servers
from services.aggregation import handlers, retelling
from shared.domain import gas_time
from shared.domain.analysis import Analyses, empty_analyses
from shared.domain.reading import Readings, Source, empty_rows
from shared.events import line_log
from shared.events.line_log import Analysed, Entry, Recorded, Tick, TopologyAsked
from shared.events.register_history import RegisterHistory
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database
from shared.runtime.persistently import ReadAgainError
from shared.store.as_known import watermark_ms
from shared.store.digest import digest
from shared.store.documents import Collection, hours_of
from shared.store.measurements import one_moment
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
from tests.pipeline.stations import plan, recent_hours

PLAN = plan("AGAIN", stations=1, lines=2)
STATION = PLAN.stations[0]
LINE, OTHER = PLAN.lines[STATION]
HOURS = recent_hours(days=70, until_days_ago=80)
HERE, THERE = 11_200_000, 11_400_000
A_MESSAGE = 500


def attributed(offset: int, chromatograph: str, line: str, hour: int) -> TopologyAsked:
    """Return a change of the register: whose gas a line carries from an hour on."""
    start = gas_time.hour_text(hour)
    named = [{"id": name, "name": name} for name in ("HERE", "THERE")]
    attribution = {"line": line, "from": start, "chromatograph": chromatograph, "contract_gcv_kwh_per_m3n": 11.0}
    document = {"reason": "telling again", "chromatographs": named, "attributions": [attribution]}
    return TopologyAsked(offset, FIRST_KNOWN_MS, json.dumps(document).encode())


def analysed(offset: int, chromatograph: str, gcv: int, hours: range, sent_ms: int = 1) -> Analysed:
    """Return analyses of hours."""
    rows = empty_analyses(len(hours))
    rows["hour"], rows["gcv"], rows["place"] = list(hours), gcv, range(len(hours))
    return Analysed(Analyses(chromatograph, f"T{offset}", offset, sent_ms, FIRST_KNOWN_MS, rows))


def recorded(offset: int, line: str, hours: range, volume: int = 8_000) -> Recorded:
    """Return volumes of hours, and nothing else."""
    rows = empty_rows(len(hours))
    rows["hour"], rows["volume"], rows["place"] = list(hours), volume, range(len(hours))
    return Recorded(Readings(rows, [line], [Source("telemetry", 0, offset, f"T{offset}", STATION, offset)]))


def entries() -> list[Entry]:
    """Return a line log: volumes under one chromatograph with a gap in it, then another one, a correction, silence."""
    half, gap = HOURS[len(HOURS) // 2], HOURS[200]
    log: list[Entry] = [
        TopologyAsked(0, FIRST_KNOWN_MS, PLAN.document("2020-01-01")),
        attributed(1, "HERE", LINE, HOURS[0]),
        attributed(2, "HERE", OTHER, HOURS[0]),
        analysed(0, "HERE", HERE, range(HOURS[0], gap)),
        analysed(1, "HERE", HERE, range(gap + 60, HOURS[-1] + 1)),
        analysed(2, "THERE", THERE, range(half, HOURS[-1] + 1)),
    ]
    offset = 0
    for line in (LINE, OTHER):
        for first in range(HOURS.start, HOURS.stop, A_MESSAGE):
            log.append(recorded(offset, line, range(first, min(first + A_MESSAGE, HOURS.stop))))
            offset += 1
    log += [
        attributed(3, "THERE", LINE, half),
        recorded(offset, LINE, range(half, half + 30), 9_000),
        analysed(3, "HERE", HERE + 1_000, range(gap, gap + 20), sent_ms=2),
        analysed(4, "HERE", HERE + 2_000, range(HOURS[0], gap), sent_ms=2),
        recorded(offset + 1, OTHER, range(half, half + 30)),
        Tick(FIRST_KNOWN_MS),
    ]
    return log


LOG = [Record(place, FIRST_KNOWN_MS + place, line_log.encode(entry)) for place, entry in enumerate(entries())]


@pytest.fixture
async def database(stack: Servers) -> AsyncIterator[Database]:
    """An empty database."""
    async with database_on(stack.mongo_uri) as made:
        yield made


async def settled(database: Database, *, batch: int, dies: bool = False) -> dict[str, str]:
    """Let the stages take the log, some records at a time; return the digest. `dies`: a new worker after each part."""
    register, topic = RegisterHistory("nobody:1"), Topic0()
    judging = validation(database, topic, register)
    for first in range(0, len(LOG), batch):
        await judging.handle(PARTITION, LOG[first : first + batch])
    deciding, cursor = aggregation(database, register), 0
    while (await deciding._state(PARTITION)).progress.read < len(topic.messages) - 1:
        records = topic.records(cursor, batch)
        if records:
            await deciding.handle(PARTITION, records)
            cursor += len(records)
        await deciding.turn()
        if dies:
            deciding = aggregation(database, register)
            cursor = await deciding.begin(PARTITION)
    await caught_up(deciding)
    return await digest(database)


async def gas_of(database: Database, line: str) -> dict[int, tuple[int, int, int]]:
    """Return calorific value, energy and revision of the hours of a line."""
    told = {}
    async for document in database[Collection.LINE_DAYS].find({"l": line}):
        day = gas_time.hours_of_day(np.datetime64(document["_id"].rpartition("|")[2]).astype(object))
        for hour, row in zip(day, hours_of(document["h"]), strict=False):
            if row["revision"]:
                told[hour] = int(row["gcv"]), int(row["energy"]), int(row["revision"])
    return told


async def test_parts_make_no_difference(database: Database, stack: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """All at once, or unit by unit with a turn between any two, with a new worker after each: the same to the bit."""
    whole = await settled(database, batch=len(LOG))
    verified = await verify(database)
    assert (verified.mismatches, verified.days) == ([], 2 * 70)
    monkeypatch.setattr(retelling, "UNITS_A_PART", 1)
    monkeypatch.setattr(retelling, "LOOKED_AT", 2)
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 0.0)
    for batch, dies in ((3, False), (5, True)):
        async with database_on(stack.mongo_uri) as other:
            assert await settled(other, batch=batch, dies=dies) == whole, (batch, dies)


async def test_exactly_the_hours_that_it_touches(database: Database) -> None:
    """Each with the gas that serves it in the end, one revision for each change of it."""
    await settled(database, batch=len(LOG))
    half, gap = len(HOURS) // 2, 200
    line, other = await gas_of(database, LINE), await gas_of(database, OTHER)
    assert [line[hour][0] for hour in HOURS[:gap]] == [HERE + 2_000] * gap
    assert {line[hour][2] for hour in HOURS[:gap]} == {2}
    assert [line[hour][0] for hour in HOURS[gap : gap + 20]] == [HERE + 1_000] * 20
    assert {line[hour][0] for hour in HOURS[half:]} == {THERE}
    assert [line[hour][1:] for hour in HOURS[half : half + 30]] == [(9_000 * THERE // 10**6, 3)] * 30
    assert {line[hour][2] for hour in HOURS[half + 30 :]} == {2}
    assert {other[hour][2] for hour in HOURS[half:]} == {1}
    assert {row[1] for hour, row in other.items() if hour >= HOURS[half]} == {8_000 * HERE // 10**6}


async def test_what_waits_is_bounded_and_taken_in_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """While hours are told again, records wait; where too many would, they are told again at once."""
    monkeypatch.setattr(retelling, "UNITS_A_PART", 1)
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 0.0)
    register, topic = RegisterHistory("nobody:1"), Topic0()
    await validation(database, topic, register).handle(PARTITION, LOG)
    deciding = aggregation(database, register)
    await deciding.handle(PARTITION, topic.records(0, len(topic.messages)))
    state = await deciding._state(PARTITION)
    assert state.progress.retelling is not None
    assert deciding._waiting[PARTITION]
    async with one_moment(database) as session:
        told_until = await watermark_ms(database, LINE, session)
    assert told_until == state.progress.retelling.known_at_ms - 1 < state.progress.known_at_ms
    monkeypatch.setattr(handlers, "MOST_WAITING", 1)
    monkeypatch.setattr(handlers, "MOST_PATIENCE_SECONDS", 600.0)  # all of it, however busy the machine is
    await deciding.handle(PARTITION, topic.records(len(topic.messages) - 1, 1))
    assert not deciding.is_behind(PARTITION)
    assert not deciding._waiting[PARTITION]


async def test_a_second_worker_fences_one_that_tells_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are at the same place of the log: the parts that are done tell them apart."""
    monkeypatch.setattr(retelling, "UNITS_A_PART", 1)
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 0.0)
    register, topic = RegisterHistory("nobody:1"), Topic0()
    await validation(database, topic, register).handle(PARTITION, LOG)
    old, new = aggregation(database, register), aggregation(database, register)
    await old.handle(PARTITION, topic.records(0, len(topic.messages)))
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 0.5)
    await new.begin(PARTITION)
    await new.turn()
    await old.turn()
    assert not old._states


async def test_a_lost_answer(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits behind it is read again, and nothing is written past the hole."""
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 60.0)  # the hole stands behind all that is told again before
    register, topic = RegisterHistory("nobody:1"), Topic0()
    await validation(database, topic, register).handle(PARTITION, LOG)
    deciding, records = aggregation(database, register), topic.records(0, len(topic.messages))
    with pytest.raises(ReadAgainError):
        await deciding.handle(PARTITION, [*records[:5], *records[6:]])
    assert (await deciding._state(PARTITION)).progress.offset < 6
    assert not deciding._waiting[PARTITION]
