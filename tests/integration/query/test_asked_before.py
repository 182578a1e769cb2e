"""A question that was asked before is answered as before while no position moves, and anew as soon as one has."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from deploy.local.servers import Servers
from services.query.measured import asked_before
from services.query.wiring import application
from shared.domain import gas_time
from shared.runtime.door import open_door
from shared.runtime.mongo import SyncDatabase, connect
from shared.store.documents import Collection
from shared.store.positions import Positions, Standing
from tests.integration.query.clients import client_of
from tests.integration.query.conftest import NOW
from tests.integration.query.stored_lines import a_line, move, plausible_hours, register, store_hours

LINE = "BE-0042-C"
DAY = date(2026, 11, 20)
HOURS = gas_time.hours_of_day(DAY)
PATH = f"/v1/lines/{LINE}/measurements?from={DAY}&to={DAY + timedelta(days=1)}"


class AClock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> AClock:
    """A clock of the test's own."""
    return AClock()


@pytest.fixture
async def asking(
    stack: Servers, database: SyncDatabase[dict[str, Any]], clock: AClock
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the query service, which keeps nothing yet, over a line with the hours of one gas day."""
    register(database, a_line(LINE, first=DAY))
    store_hours(database, LINE, HOURS.start, plausible_hours(HOURS))
    store = connect(stack.mongo_uri, database.name)
    async with client_of(application(store, open_door("demo"), clock)) as client:
        yield client
    store.client.close()


def changed_in_silence(database: SyncDatabase[dict[str, Any]]) -> None:
    """Change the version of a month without moving a position, as nothing of ours does: it shows who looks at it."""
    month = {"_id": f"{LINE}|{gas_time.month_of(DAY)}"}
    assert database[Collection.LINE_MONTHS].update_one(month, {"$inc": {"changes": 1}}).matched_count == 1


async def test_the_versions_are_read_after_a_move_alone(
    asking: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """Until then the answer is the one that was given, and 304 for who holds it."""
    first = await asking.get(PATH)
    changed_in_silence(database)
    again = await asking.get(PATH)
    assert (again.status_code, again.content, again.headers) == (200, first.content, first.headers)
    held = {"If-None-Match": first.headers["etag"]}
    assert (await asking.get(PATH, headers=held)).status_code == 304
    move(database)
    assert (await asking.get(PATH, headers=held)).headers["etag"] != first.headers["etag"]


async def test_a_question_full_of_nothing_is_not_remembered(
    asking: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """It is answered, from the versions each time: ten thousand such questions would fill the memory."""
    filled = f"{PATH}{'&unit=' * asked_before.LONGEST_QUESTION}"
    first = await asking.get(filled)
    assert first.status_code == 200
    changed_in_silence(database)
    assert (await asking.get(filled)).headers["etag"] != first.headers["etag"]


async def test_a_304_is_remembered_as_well(asking: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]) -> None:
    """Where the body is not at hand, it is read for whoever does not hold it."""
    tag = (await asking.get(PATH)).headers["etag"]
    store_hours(database, LINE, HOURS.start, plausible_hours(HOURS, seed=2))
    second = (await asking.get(PATH, headers={"If-None-Match": tag})).headers["etag"]
    move(database)
    for _ in range(2):
        assert (await asking.get(PATH, headers={"If-None-Match": second})).status_code == 304
    assert (await asking.get(PATH)).headers["etag"] == second


async def test_what_is_committed_is_seen_by_whoever_asks_then(
    asking: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """However many ask at the same time, before and after."""
    for revision in range(2, 7):
        rows = plausible_hours(HOURS, seed=revision)
        rows["revision"] = revision
        before = [asyncio.create_task(asking.get(PATH)) for _ in range(8)]
        await asyncio.to_thread(store_hours, database, LINE, HOURS.start, rows)
        after = await asyncio.gather(*(asking.get(PATH) for _ in range(8)))
        assert len({answer.headers["etag"] for answer in after}) == 1
        told = [row["energy"] for row in after[0].json()["rows"]]
        assert told == [energy / 1_000 for energy in rows["energy"].tolist()]
        await asyncio.gather(*before)


async def test_another_question_is_another_answer(asking: httpx2.AsyncClient) -> None:
    """Each with its own columns, unit and view; what is refused stays refused."""
    asked = [PATH, f"{PATH}&unit=GJ", f"{PATH}&layout=columns", f"{PATH}&view=day", PATH.replace(LINE, "BE-0042-B")]
    once = [(await asking.get(path)).content for path in asked]
    assert len(set(once)) == len(asked)
    assert [(await asking.get(path)).content for path in asked] == once
    assert [(await asking.get(f"{PATH}&view=week")).status_code for _ in range(2)] == [422, 422]
    assert [(await asking.get(PATH.replace(LINE, "X"))).status_code for _ in range(2)] == [404, 404]


async def test_hours_that_end_are_another_question(asking: httpx2.AsyncClient, clock: AClock) -> None:
    """The rows of hours that have ended appear though nothing is written."""
    clock.now = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    some = (await asking.get(PATH)).json()["rows"]
    clock.now += timedelta(hours=1)
    assert len((await asking.get(PATH)).json()["rows"]) == len(some) + 1


async def test_while_a_replay_empties_the_store_nothing_holds(
    asking: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]]
) -> None:
    """It removes the positions first: what is read until there are new ones is read each time."""
    positions = list(database[Collection.PROGRESS].find())
    database[Collection.PROGRESS].delete_many({})
    first = await asking.get(PATH)
    changed_in_silence(database)
    assert (await asking.get(PATH)).headers["etag"] != first.headers["etag"]
    database[Collection.PROGRESS].insert_many(positions)


async def test_questions_are_forgotten_one_by_one(
    asking: httpx2.AsyncClient, database: SyncDatabase[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those asked longest ago leave first; forgotten means asked anew, nothing else."""
    monkeypatch.setattr(asked_before, "MOST_QUESTIONS", 1)
    first = await asking.get(PATH)
    await asking.get(f"{PATH}&unit=GJ")
    changed_in_silence(database)
    assert (await asking.get(PATH)).headers["etag"] != first.headers["etag"]


class Slow(Positions):
    """Looks when it is let."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.looks, self.let, self.looking = 0, threading.Event(), threading.Event()

    def _look(self) -> Standing:
        self.looks += 1
        self.looking.set()
        assert self.let.wait(30)
        return super()._look()


async def test_one_look_serves_all_who_come_before_it_begins(
    stack: Servers, database: SyncDatabase[dict[str, Any]]
) -> None:
    """Whoever comes while a look is under way waits for the next one, which sees what was committed meanwhile."""
    store = connect(stack.mongo_uri, database.name)
    move(database)
    slow = Slow(store)
    early = [asyncio.create_task(_now(slow)) for _ in range(5)]
    assert await asyncio.to_thread(slow.looking.wait, 30)
    late = [asyncio.create_task(_now(slow)) for _ in range(5)]
    await asyncio.sleep(0)
    late[0].cancel()  # who leaves takes it from nobody
    move(database)
    slow.let.set()
    before, after = await asyncio.gather(*early), await asyncio.gather(*late[1:])
    assert slow.looks == 2
    assert len({*before, *after[1:]}) <= 2
    assert len(set(after)) == 1
    assert after[0] == await slow.now() != ()
    store.client.close()


async def _now(positions: Positions) -> Standing:
    return await positions.now()
