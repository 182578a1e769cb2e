"""Gateways of others by HTTP: foreign and absent are refused or dead-lettered alike; receipts are who delivered's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2
import pytest

from services.ingest.api import MAX_BODY_BYTES, api
from services.ingest.documented import CATALOGUE
from services.ingest.handlers import Doors
from shared.access.caller import Caller, demo_caller
from shared.access.roles import Role
from shared.runtime import documented, http
from shared.runtime.door import everybody_is
from shared.runtime.kafka import producer
from shared.runtime.mongo import connect
from tests.integration.pipeline.test_doors import settled
from tests.integration.query.clients import client_of
from tests.pipeline.gateways import gateway
from tests.pipeline.running import System
from tests.pipeline.stations import hour_text, of_hours, plan, recent_hours

PLAN = plan("GADO", stations=2, lines=2)
OURS, THEIRS = PLAN.stations
OWN, FOREIGN, ABSENT = PLAN.lines[OURS][0], PLAN.lines[THEIRS][0], "GADO-NONE-A"
US, OTHERS = gateway("gado-us", [OURS, "GADO-GC"]), gateway("gado-others", [THEIRS])
HOURS = recent_hours(days=3)[:8]
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def grid(running: System) -> System:
    """The system with both stations registered."""
    running.register(PLAN.document("2020-01-01"))
    return running


@asynccontextmanager
async def door(system: System, caller: Caller) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a door of ingest at which everybody is this caller, on the system's own servers."""
    database = connect(system.servers.mongo_uri, system.environment["GASTRACK_MONGO_DATABASE"])
    sender = producer(system.servers.kafka_bootstrap)
    await sender.start()
    app = documented.application(CATALOGUE, "ingest")
    http.install(app, MAX_BODY_BYTES, everybody_is(caller))
    app.state.doors = Doors(sender, database, int(system.environment["GASTRACK_PARTITIONS"]))
    app.include_router(api)
    try:
        async with client_of(app) as client:
            yield client
    finally:
        await sender.stop()
        database.client.close()


def at_the_door(
    system: System, caller: Caller, ask: Callable[[httpx2.AsyncClient], Coroutine[Any, Any, Result]]
) -> Result:
    """Return what a caller is answered."""

    async def asked() -> Result:
        async with door(system, caller) as client:
            return await ask(client)

    return asyncio.run(asked())


def posted(
    system: System, caller: Caller, path: str, body: bytes, content_type: str = "application/json"
) -> tuple[int, Any]:
    """Return status and answer of a delivery."""

    async def post(client: httpx2.AsyncClient) -> tuple[int, Any]:
        answer = await client.post(path, content=body, headers={"content-type": content_type})
        return answer.status_code, answer.json()

    return at_the_door(system, caller, post)


def told_of(system: System, caller: Caller, receipt: str) -> tuple[int, Any]:
    """Return status and answer of a receipt."""

    async def get(client: httpx2.AsyncClient) -> tuple[int, Any]:
        answer = await client.get(f"/v1/receipts/{receipt}")
        return answer.status_code, answer.json()

    return at_the_door(system, caller, get)


def analyses_of(chromatograph: str) -> bytes:
    """Return a telegram of a chromatograph."""
    analysis = {"start": hour_text(OWN, HOURS[0])["start"], "gcv_kwh_per_m3n": 11.2}
    told = {"telegram": "Z", "chromatograph": chromatograph, "sent": "2026-11-20T11:02:10Z", "analyses": [analysis]}
    return json.dumps(told).encode()


def csv_of(*lines: str) -> bytes:
    """Return a file with an hour of each of these lines, in this order."""
    rows = [f"{line},{hour_text(line, hour)['start']},1.5" for line, hour in zip(lines, HOURS, strict=False)]
    return "\n".join(["line,start,volume_m3n", *rows]).encode()


def test_telegrams_and_analyses_of_others_are_refused_and_were_never_received(grid: System) -> None:
    """The same 422 for what is somebody else's and for what nobody registered; the ledger does not know of it."""
    before = grid.ledger()["received"]
    hours = of_hours(PLAN, THEIRS, HOURS, "D1")
    foreign = posted(grid, US, "/v1/readings", hours)
    absent = posted(grid, US, "/v1/readings", hours.replace(THEIRS.encode(), b"GADO-NONE"))
    assert (foreign[0], foreign[1]["issues"][0]["code"]) == (422, "A9_STATION")
    assert absent[0] == 422
    assert absent[1] == json.loads(json.dumps(foreign[1]).replace(THEIRS, "GADO-NONE"))
    assert posted(grid, US, "/v1/analyses", analyses_of("ZELZATE"))[1]["issues"][0]["code"] == "A9_STATION"
    assert posted(grid, US, "/v1/analyses", analyses_of("GADO-GC"))[0] == 202
    assert grid.ledger()["received"] == before + 1


def test_rows_of_a_file_name_lines_and_each_is_looked_up(grid: System) -> None:
    """Own rows are taken; foreign and absent ones are dead letters of one reason, told at once and alike."""
    first = posted(grid, US, "/v1/files", csv_of(OWN, FOREIGN, ABSENT, OWN, ABSENT, FOREIGN, OWN), "text/csv")
    swapped = posted(grid, US, "/v1/files", csv_of(OWN, ABSENT, FOREIGN, OWN, FOREIGN, ABSENT, OWN), "text/csv")
    for status, answer in (first, swapped):
        assert (status, answer["received"], answer["dead_lettered"]) == (202, 7, 4)
        issues = [(issue["code"], issue["position"]) for issue in answer["issues"]]
        assert issues == [("A9_STATION", f"row {row}") for row in (3, 4, 6, 7)]
    told = settled(grid, first[1])
    assert (told["accepted"] + told["repeated"], told["dead_lettered"]) == (3, 4)
    told = settled(grid, swapped[1])
    assert (told["accepted"] + told["repeated"], told["dead_lettered"]) == (3, 4)
    assert grid.ledger()["difference"] == 0


def test_the_line_named_with_a_file_is_looked_up_too(grid: System) -> None:
    """Nothing is received for a foreign line, nor for one that nobody registered."""
    body = f"start,volume_m3n\n{hour_text(OWN, HOURS[7])['start']},1.5".encode()
    foreign, absent, own = (
        posted(grid, US, f"/v1/files?line={line}", body, "text/csv") for line in (FOREIGN, ABSENT, OWN)
    )
    assert (foreign[0], absent[0], own[0]) == (422, 422, 202)
    assert absent[1] == json.loads(json.dumps(foreign[1]).replace(FOREIGN, ABSENT))


def test_receipts_are_told_to_who_delivered_and_to_operators(grid: System) -> None:
    """Anybody else hears what he hears of a receipt that never was."""
    status, answer = posted(grid, US, "/v1/readings", of_hours(PLAN, OURS, HOURS[:2], "D2"))
    assert status == 202
    receipt = answer["receipt"]
    assert told_of(grid, US, receipt)[1]["received"] == 4
    assert told_of(grid, demo_caller("an operator"), receipt)[0] == 200
    theirs, absent = told_of(grid, OTHERS, receipt), told_of(grid, OTHERS, "0" * 32)
    assert theirs[0] == 404
    assert theirs[1] == json.loads(json.dumps(absent[1]).replace("0" * 32, receipt))


def test_whoever_is_no_gateway_delivers_nothing(grid: System) -> None:
    """Not even for a station that stands beside his name."""
    reader = Caller("reader", frozenset({Role.DOWNLOADER}), "ACME", stations=frozenset({OURS}))
    for path, body in (
        ("/v1/readings", of_hours(PLAN, OURS, HOURS, "D3")),
        ("/v1/analyses", analyses_of("GADO-GC")),
        ("/v1/files", csv_of(OWN)),
    ):
        content_type = "text/csv" if path.endswith("files") else "application/json"
        status, answer = posted(grid, reader, path, body, content_type)
        assert (status, answer["issues"][0]["code"]) == (403, "ROLE")
