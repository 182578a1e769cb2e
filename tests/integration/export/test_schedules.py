"""Schedules over the real stages and the real store: by the clock, by closes and by changes; each occasion once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from deploy.local.servers import Servers
from services.export.jobs.attempt import Workshop
from services.export.jobs.worker import JobWorker
from services.export.schedules.turns import Schedules
from services.export.wiring import application
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.events.line_log import Tick
from shared.runtime.door import open_door
from shared.runtime.mongo import Database
from shared.store import deliveries, schedules
from shared.store.results import GridResults
from tests.callers import everybody_may, someone
from tests.integration.query.clients import client_of
from tests.integration.query.fed_store import (
    DAY,
    FAR,
    FIRST,
    KNOWN_MS,
    LINE,
    NODE,
    START,
    FedStore,
    database_of_a_module,
    decided,
    fed_store,
    readings,
    registered,
)

MONTH = gas_time.month_of(DAY)
LAST = gas_time.days_of_month(MONTH)[-1]
PERIOD = {"from": DAY.isoformat(), "to": (DAY + timedelta(days=1)).isoformat()}
KEPT_SECONDS = 3600.0


@dataclass
class Desk:
    """A store that the stages fill, a client, and what works on schedules."""

    store: FedStore
    client: httpx2.AsyncClient
    turns: Schedules
    worker: JobWorker

    @property
    def database(self) -> Database:
        """The store."""
        return self.store.database

    async def schedule(self, when: dict[str, str], **what: Any) -> str:
        """Make a schedule; return its id."""
        given = await self.client.post("/v1/schedules", json={"when": when, "what": what})
        assert given.status_code == 201, given.text
        assert given.headers["location"] == f"/v1/schedules/{given.json()['id']}"
        made: str = given.json()["id"]
        return made

    async def work(self) -> list[dict[str, Any]]:
        """Let everything happen that is to happen; return the pick-up list."""
        for _ in range(2):
            await self.turns.turn()
            while await self.worker.work_on_next():
                pass
        await self.turns.turn()
        return await self.listed()

    async def listed(self) -> list[dict[str, Any]]:
        """Return the pick-up list, page by page."""
        rows, link = [], "/v1/deliveries?limit=2"
        while link:
            page = (await self.client.get(link)).json()
            rows += page["rows"]
            link = page["next"]
        return rows

    async def file(self, delivery: dict[str, Any]) -> list[str]:
        """Return the lines of a delivery's file."""
        given = await self.client.get(delivery["result"]["link"])
        assert given.status_code == 200
        return given.text.splitlines()


@pytest.fixture(scope="module")
def database_name(stack: Servers) -> Iterator[str]:
    """A database for all these tests."""
    with database_of_a_module(stack.mongo_uri) as name:
        yield name


@pytest.fixture
async def desk(stack: Servers, database_name: str) -> AsyncIterator[Desk]:
    """A store with all lines registered and two hours of one, and everything for its schedules."""
    async with fed_store(stack.mongo_uri, database_name) as store:
        await store.take(0, readings(1, LINE, [START, START + 1]), Tick(KNOWN_MS + 1_000))
        await store.take(1, Tick(KNOWN_MS + 1_000))
        store.count = 2_000  # what comes from here on became known later
        turns = Schedules(store.database, KEPT_SECONDS, everybody_may)
        await turns.start()
        shop = Workshop(store.database, GridResults(store.database), everybody_may)
        async with client_of(application(store.database, open_door("anna"))) as client:
            yield Desk(store, client, turns, JobWorker(shop))


async def test_every_day_the_gas_day_before(desk: Desk) -> None:
    """What was missed is made once each, in order, whoever makes it and however often it is looked at."""
    schedule = await desk.schedule({"kind": "daily", "at": "11:00"}, line=[LINE])
    planned = datetime.fromisoformat((await desk.client.get(f"/v1/schedules/{schedule}")).json()["next"])
    assert planned > datetime.now(UTC)
    assert await desk.work() == []
    missed = [planned - timedelta(days=days) for days in (3, 2, 1)]
    await desk.database["schedules"].update_one({"_id": schedule}, {"$set": {"next_at": missed[0]}})
    others = [Schedules(desk.database, KEPT_SECONDS, everybody_may) for _ in range(3)]
    await asyncio.gather(*(one.turn() for one in others))
    rows = await desk.work()
    days = [(gas_time.gas_day(int(moment.timestamp()) // 3600) - timedelta(days=1)).isoformat() for moment in missed]
    assert [row["occasion"] for row in rows[:2]] == days[:2]
    assert {(row["state"], row["where"]) for row in rows} == {("ready", "list")}
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(await desk.file(rows[0])) in {24, 25, 26}
    assert rows[0]["result"]["file_name"].startswith(f"gastrack_{LINE}_hour_{days[0]}")
    assert await desk.work() == rows


async def test_a_delivery_is_told_until_it_is_acknowledged(desk: Desk) -> None:
    """Twice is as once; another caller has none of it; one that is being made is neither listed nor acknowledged."""
    schedule = await desk.schedule({"kind": "daily", "at": "00:00"}, line=[LINE])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await desk.database["schedules"].update_one({"_id": schedule}, {"$set": {"next_at": yesterday}})
    await desk.turns.turn()
    being_made = await desk.database["deliveries"].find_one({"schedule": schedule})
    assert being_made is not None
    path = f"/v1/deliveries/{being_made['_id']}"
    assert await desk.listed() == []
    assert (await desk.client.post(f"{path}/acknowledge")).status_code == 409
    assert (await desk.work())[0]["id"] == being_made["_id"]
    async with client_of(application(desk.database, open_door("bart"))) as other:
        assert (await other.get("/v1/deliveries")).json() == {"rows": [], "next": None}
        for method, tail in (("GET", ""), ("POST", "/acknowledge")):
            assert (await other.request(method, f"{path}{tail}")).status_code == 404
    for _ in range(2):
        assert (await desk.client.post(f"{path}/acknowledge")).status_code == 204
    assert being_made["_id"] not in [row["id"] for row in await desk.work()]
    assert (await desk.client.get(path)).json()["state"] == "acknowledged"


async def test_when_a_month_is_definitive(desk: Desk) -> None:
    """For all its lines; a month that was definitive before is none of it; opened and closed again, once more."""
    lines = [f"{FIRST}-SHORT", f"{FIRST}-SMALL"]
    made = [{"id": line, "station": FIRST, "name": "Short", "from": LAST.isoformat()} for line in lines]
    await desk.store.take_everywhere(registered(1, lines=made))
    for number, line in enumerate(lines):
        await desk.store.take(0, readings(10 + number, line, gas_time.hours_of_day(LAST)))
    one = await desk.schedule({"kind": "definitive"}, line=lines[:1])
    both = await desk.schedule({"kind": "definitive"}, line=lines, view="month")
    assert await desk.work() == []
    await _close(desk, 2, lines[0])
    rows = await desk.work()
    assert [(row["schedule"], row["occasion"][:7]) for row in rows] == [(one, MONTH)]
    assert len(await desk.file(rows[0])) == 1 + len(gas_time.hours_of_day(LAST))
    assert all(",DEFINITIVE," in line for line in (await desk.file(rows[0]))[1:])
    await _close(desk, 3, lines[1])
    rows = await desk.work()
    assert [row["schedule"] for row in rows] == [one, both]
    assert rows[1]["asked"] == {"line": lines, "view": "month", "from": MONTH, "to": gas_time.next_month(MONTH)}
    assert await desk.work() == rows


async def _close(desk: Desk, number: int, line: str) -> None:
    await desk.store.take(0, decided(2_000 + number, kind="close", line=line, month=MONTH, author="op"))


async def test_when_something_that_was_downloaded_changes(desk: Desk) -> None:
    """An hour of the period, of a line or of a node's; of no other line or period, and none that was known before."""
    by_line = await desk.schedule({"kind": "changes"}, line=[LINE], **PERIOD)
    by_node = await desk.schedule({"kind": "changes"}, node=[NODE], **PERIOD)
    assert await desk.work() == []
    await desk.store.take(0, readings(2, LINE, [START + 24 * 40], 2_000))
    assert await desk.work() == []
    await desk.store.take(0, readings(3, LINE, [START + 1], 5_000))
    rows = await desk.work()
    assert [row["schedule"] for row in rows] == [by_line, by_node]
    assert "5.0" in (await desk.file(rows[0]))[2]
    await desk.store.take(1, readings(1, FAR, [START]))
    assert [row["schedule"] for row in await desk.work()] == [by_line, by_node, by_node]


async def test_a_turn_that_was_killed_is_made_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written before the death, the next turn makes what is missing and nothing twice."""
    await desk.schedule({"kind": "changes"}, line=[LINE], **PERIOD)
    await desk.turns.turn()
    await desk.store.take(0, readings(2, LINE, [START + 2]))
    for step in ("services.export.schedules.turns.make", "services.export.deliveries.making.deliveries.ordered"):
        with monkeypatch.context() as killed:
            killed.setattr(step, _die)
            with pytest.raises(InterruptedError):
                await desk.turns.turn()
    assert len(await desk.work()) == 1
    assert await desk.database["export_jobs"].count_documents({}) == 1


async def test_who_was_overtaken_writes_nothing(desk: Desk) -> None:
    """Neither an older position over a newer one, nor what he would have made; by the clock as well."""
    schedule = await desk.schedule({"kind": "daily", "at": "11:00"}, line=[LINE])
    found, now = await desk.database["schedules"].find_one({"_id": schedule}), datetime.now(UTC)
    assert found is not None
    seen = await schedules.position(desk.database, {})
    late = deliveries.delivery_of(found, "late", found["asked"], 0)
    assert await schedules.moved_on(desk.database, seen, {"0": "newer"}, [])
    assert not await schedules.moved_on(desk.database, seen, {"0": "older"}, [late])
    assert (await schedules.position(desk.database, {}))["position"] == {"0": "newer"}
    assert await schedules.went_off(desk.database, found, now + timedelta(days=2), {**late, "_id": "x.good"})
    assert not await schedules.went_off(desk.database, found, now + timedelta(days=1), late)
    assert await desk.database["deliveries"].distinct("_id") == ["x.good"]


async def _die(*_: object) -> None:
    raise InterruptedError


async def test_a_delivery_that_cannot_be_made_is_told(desk: Desk) -> None:
    """With the reason, so that the gap is seen."""
    await desk.schedule({"kind": "changes"}, line=[LINE], **PERIOD)
    await desk.turns.turn()
    await desk.store.take(0, readings(2, LINE, [START + 2]))
    await desk.turns.turn()
    job = await desk.database["export_jobs"].find_one({})
    assert job is not None
    assert (await desk.client.delete(f"/v1/exports/{job['_id']}")).status_code == 204
    (row,) = await desk.work()
    assert (row["state"], row["problem"]["code"], row["result"]) == ("failed", "EXPORT_GONE", None)


async def test_of_what_may_no_longer_be_read_nothing_new_is_told(desk: Desk) -> None:
    """Not even that there is something; who cannot come in at all finds it when he is back."""
    await desk.schedule({"kind": "changes"}, line=[LINE], **PERIOD)
    await desk.schedule({"kind": "changes"}, node=[NODE], **PERIOD)
    await desk.turns.turn()
    owner = someone(nodes=[NODE])

    async def named(_: str) -> Caller:
        return owner

    turns = Schedules(desk.database, KEPT_SECONDS, named)
    await desk.store.take(0, readings(2, LINE, [START + 2]))
    await turns.turn()
    made = desk.database["deliveries"]
    assert await made.distinct("asked.node") == [NODE]
    owner = Caller("anna")
    await desk.store.take(0, readings(3, LINE, [START + 3]))
    await turns.turn()
    assert await made.count_documents({}) == 3


async def test_a_schedule_on_which_our_code_fails_harms_itself_alone(desk: Desk) -> None:
    """It is disabled with the reason, and the others go on: by the clock, and by what changes."""
    good = await desk.schedule({"kind": "changes"}, line=[LINE], **PERIOD)
    bad = [
        await desk.schedule({"kind": "changes"}, line=[LINE], **PERIOD),
        await desk.schedule({"kind": "daily", "at": "11:00"}, line=[LINE]),
    ]
    await desk.turns.turn()
    broken = {"when": {"kind": "changes", "at": "never"}, "asked": {"line": [LINE]}}
    await desk.database["schedules"].update_one({"_id": bad[0]}, {"$set": broken})
    long_ago = {"next_at": datetime(2026, 1, 1, tzinfo=UTC), "when.at": "never"}
    await desk.database["schedules"].update_one({"_id": bad[1]}, {"$set": long_ago})
    await desk.store.take(0, readings(2, LINE, [START + 2]))
    assert [row["schedule"] for row in await desk.work()] == [good]
    found = desk.database["schedules"].find({"_id": {"$in": bad}})
    assert {(one["state"], one["problem"]["code"]) async for one in found} == {("disabled", "DEFECT")}


async def test_schedules_are_ones_own(desk: Desk) -> None:
    """Listed, told and removed by who made them; the same 404 for others."""
    made = [await desk.schedule({"kind": "definitive"}, line=[LINE]) for _ in range(3)]
    first = (await desk.client.get("/v1/schedules?limit=2")).json()
    rest = (await desk.client.get(first["next"])).json()
    assert sorted(row["id"] for row in (*first["rows"], *rest["rows"])) == sorted(made)
    async with client_of(application(desk.database, open_door("bart"))) as other:
        assert (await other.get("/v1/schedules")).json()["rows"] == []
        assert (await other.get(f"/v1/schedules/{made[0]}")).status_code == 404
        assert (await other.delete(f"/v1/schedules/{made[0]}")).status_code == 404
    assert (await desk.client.delete(f"/v1/schedules/{made[0]}")).status_code == 204
    assert (await desk.client.get(f"/v1/schedules/{made[0]}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "position"),
    [
        ({"when": {"kind": "daily", "at": "25:00"}, "what": {"line": [LINE]}}, 422, "when.daily.at"),
        ({"when": {"kind": "daily", "at": "11:00"}, "what": {"line": ["NOPE"]}}, 404, "line[0]"),
        ({"when": {"kind": "daily", "at": "11:00"}, "what": {"line": [LINE], **PERIOD}}, 422, "what.from"),
        ({"when": {"kind": "daily", "at": "11:00"}, "what": {"line": [LINE], "view": "month"}}, 422, "what.view"),
        ({"when": {"kind": "changes"}, "what": {"line": [LINE]}}, 422, "what.from"),
        ({"when": {"kind": "definitive"}, "what": {"line": [LINE], "colour": "red"}}, 422, "what.colour"),
        ({"when": {"kind": "definitive"}, "what": {"line": [LINE], "format": "pdf"}}, 422, "format"),
        ({"when": {"kind": "definitive"}, "what": {"line": [LINE], "since": "2999-01-01T00:00:00Z"}}, 422, "since"),
    ],
)
async def test_bad_schedules_are_refused(desk: Desk, body: dict[str, Any], status: int, position: str) -> None:
    """When they are made, and not on the first day."""
    refused = await desk.client.post("/v1/schedules", json=body)
    assert (refused.status_code, refused.json()["issues"][0]["position"]) == (status, position)
    assert (await desk.client.get("/v1/schedules")).json()["rows"] == []
