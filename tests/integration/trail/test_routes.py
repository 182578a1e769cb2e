"""Every route that lets somebody read of lines says so; what says nothing of them is named here, with the reason."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from deploy.local.servers import Servers
from services.export.jobs.attempt import Workshop
from services.export.jobs.sweeping import Sweeper
from services.export.jobs.worker import JobWorker
from services.export.wiring import application as export_application
from services.query.wiring import application as query_application
from shared.access.caller import Caller
from shared.access.read import Read, What
from shared.access.roles import Role
from shared.domain import gas_time
from shared.domain.attribution import Chromatograph
from shared.domain.topology import Composition, Node, Station
from shared.runtime.door import everybody_is
from shared.runtime.mongo import Database, SyncDatabase, connect, connect_sync
from shared.runtime.reads_told import READ
from shared.runtime.trail import Reading
from shared.store.documents import Collection
from shared.store.results import GridResults
from tests.callers import everybody_may, someone
from tests.integration.query.stored_lines import a_line, plausible_hours, reach, register, store_hours
from tests.integration.query.test_findings import finding
from tests.remembered_reads import Remembering

LINE, NODE, GAS = "BE-0042-A", "NODE-1", "Z"
NOW = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)
FIRST, END = date(2026, 10, 1), date(2026, 11, 1)
DAY = (date(2026, 10, 24), date(2026, 10, 25))
PERIOD = f"from={FIRST}&to={END}"
HOUR = "2026-10-24T10:00:00Z"
OCTOBER = (FIRST, END)
TELLS: dict[str, tuple[str, Read]] = {
    "/v1/lines/{line}/measurements": (
        f"/v1/lines/{LINE}/measurements?{PERIOD}",
        Read(What.MEASUREMENTS, (LINE,), (), (), *OCTOBER),
    ),
    "/v1/nodes/{node}/measurements": (
        f"/v1/nodes/{NODE}/measurements?{PERIOD}",
        Read(What.MEASUREMENTS, (), (NODE,), (), *OCTOBER),
    ),
    "/v1/nodes/{node}/punctuality": (
        f"/v1/nodes/{NODE}/punctuality?{PERIOD}",
        Read(What.PUNCTUALITY, (), (NODE,), (), *OCTOBER),
    ),
    "/v1/chromatographs/{chromatograph}/analyses": (
        f"/v1/chromatographs/{GAS}/analyses?{PERIOD}",
        Read(What.ANALYSES, (), (), (GAS,), *OCTOBER),
    ),
    "/v1/lines/{line}/months/{month}": (
        f"/v1/lines/{LINE}/months/2026-10",
        Read(What.MONTH, (LINE,), (), (), *OCTOBER),
    ),
    "/v1/lines/{line}/punctuality": (
        f"/v1/lines/{LINE}/punctuality?{PERIOD}",
        Read(What.PUNCTUALITY, (LINE,), (), (), *OCTOBER),
    ),
    "/v1/lines/{line}/hours/{start}/history": (
        f"/v1/lines/{LINE}/hours/{HOUR}/history",
        Read(What.HISTORY, (LINE,), (), (), *DAY),
    ),
    "/v1/findings": ("/v1/findings", Read(What.FINDINGS, (LINE,))),
    "/v1/decisions": ("/v1/decisions", Read(What.DECISIONS, (LINE,))),
    "/v1/decisions/{offset}": ("/v1/decisions/7", Read(What.DECISIONS, (LINE,))),
    "/v1/dead-letters": ("/v1/dead-letters", Read(What.DEAD_LETTERS, (LINE,))),
    "/v1/changes": ("/v1/changes", Read(What.CHANGES)),
    "/v1/access/readings": (f"/v1/access/readings?line={LINE}", Read(What.TRAIL, (LINE,))),
    "/": ("/", Read(What.PAGE, (LINE,), (), (), date(2026, 11, 1), date(2026, 11, 24))),
    "/lines/{line}": (f"/lines/{LINE}?{PERIOD}", Read(What.PAGE, (LINE,), (), (), *OCTOBER)),
    "/lines/{line}/punctuality": (
        f"/lines/{LINE}/punctuality?{PERIOD}",
        Read(What.PAGE, (LINE,), (), (), *OCTOBER),
    ),
    "/lines/{line}/hours/{start}": (f"/lines/{LINE}/hours/{HOUR}", Read(What.PAGE, (LINE,), (), (), *DAY)),
    "/nodes/{node}": (f"/nodes/{NODE}?{PERIOD}", Read(What.PAGE, (), (NODE,), (), *OCTOBER)),
    "/nodes/{node}/punctuality": (
        f"/nodes/{NODE}/punctuality?{PERIOD}",
        Read(What.PAGE, (), (NODE,), (), *OCTOBER),
    ),
    "/nodes/{node}/hours/{start}": (
        f"/nodes/{NODE}/hours/{HOUR}",
        Read(What.PAGE, (LINE,), (NODE,), (), *DAY),
    ),
    "/v1/download": (
        f"/v1/download?line={LINE}&node={NODE}&{PERIOD}",
        Read(What.FILE, (LINE,), (NODE,), (), *OCTOBER),
    ),
    "/v1/exports/{export}/result": ("", Read(What.EXPORT, (LINE,), (), (), *OCTOBER)),
}
"""How each is asked, and what it says then; an export is ordered first."""
OF_ACCESS = ("/v1/access/", "/access", "/apply", "/v1/oauth/", "/.well-known/")
"""Who may do what: no value of any hour; but for the trail itself, whose readers are told."""
SAYS_NOTHING = {
    "/v1/stream": "says it of each event, see `tests/integration/query/test_stream.py`",
    **dict.fromkeys(
        ("/v1/lines", "/v1/nodes", "/v1/lines/{line}", "/v1/nodes/{node}", "/v1/chromatographs"),
        "what the register says: no value of any hour",
    ),
    **dict.fromkeys(
        (
            "/v1/nodes/{node}/topology",
            "/v1/nodes/{node}/topology/history",
            "/v1/lines/{line}/topology/history",
            "/nodes/{name}/topology",
            "/lines/{name}/topology",
        ),
        "what the register says",
    ),
    **dict.fromkeys(
        ("/gas", "/v1/docs", "/static", "/swagger-ui", "/v1/openapi/query.json", "/v1/openapi/export.json"),
        "says nothing of any line",
    ),
    "/v1/retention": "counts, for operators",
    **dict.fromkeys(("/v1/exports", "/v1/exports/{export}"), "orders; their files are told when they are fetched"),
    **dict.fromkeys(("/v1/schedules", "/v1/schedules/{schedule}"), "orders"),
    **dict.fromkeys(
        ("/v1/deliveries", "/v1/deliveries/{delivery}", "/v1/deliveries/{delivery}/acknowledge"),
        "where a file is; it is told when it is fetched, or before it is handed over",
    ),
    "/v1/manifests/{manifest}": "the digest of a file that was told",
    **dict.fromkeys(("/v1/keys", "/v1/keys/{key}"), "public keys"),
    **dict.fromkeys(("/v1/schemas/measurements.xsd", "/v1/schemas/measurements.csv-metadata.json"), "a schema"),
}


class Seen:
    """An application, and what its last answer said that it lets read."""

    def __init__(self, app: FastAPI) -> None:
        self._app, self.state = app, dict[str, Any]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        self.state = scope["state"] = {}
        await self._app(scope, receive, send)


class Faces:
    """Both services over a store, and a trail that remembers."""

    def __init__(self, database: Database, caller: Caller) -> None:
        self.trail, self.database = Remembering(), database
        admit = everybody_is(caller)
        self.apps = {
            "query": query_application(database, admit, lambda: NOW, trail=self.trail),
            "export": export_application(database, admit, lambda: NOW, trail=self.trail),
        }
        self.seen = {name: Seen(app) for name, app in self.apps.items()}

    async def get(self, path: str, route: str, **headers: str) -> httpx2.Response:
        """Ask the service that has a route."""
        name = "export" if route in paths_of(self.apps["export"]) else "query"
        transport = httpx2.ASGITransport(self.seen[name], raise_app_exceptions=False, client=("192.0.2.7", 4711))
        async with httpx2.AsyncClient(transport=transport, base_url="http://gastrack") as client:
            answer = await client.get(path, headers=headers)
        self.last: Read | None = self.seen[name].state.get(READ)
        return answer


def paths_of(app: FastAPI) -> set[str]:
    """Return the paths of all routes of an application."""
    routers = [getattr(route, "original_router", None) for route in app.routes]
    alone = [route for route, router in zip(app.routes, routers, strict=True) if router is None]
    within = [route for router in routers if router is not None for route in router.routes]
    return {str(getattr(route, "path", route)) for route in (*alone, *within)}


@pytest.fixture(scope="module")
def stored(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """A line in a node with hours, a finding, a decision, a dead letter."""
    made = connect_sync(stack.mongo_uri, f"told-{uuid4().hex}")
    composition = Composition(FIRST, ((LINE, 1),))  # type: ignore[arg-type]  # a whole weight
    register(made, Station("BE-0042", "Moerbroek"), a_line(first=FIRST), Chromatograph(GAS, "Zelzate"))
    register(made, Node(NODE, "Moerbroek", (composition,)))
    hours = range(gas_time.hours_of_day(FIRST).start, int(NOW.timestamp()) // 3600)
    store_hours(made, LINE, hours.start, plausible_hours(hours))
    made[Collection.FINDINGS].insert_one(finding(1, "C1", [hours.start]))
    decision = {"_id": "operations/7", "kind": "release", "line": LINE, "known_at": 5, "outcome": "accepted"}
    made[Collection.DECISIONS].insert_one({**decision, "issues": [], "document": b"{}"})
    made[Collection.DEAD_LETTERS].insert_one({"_id": "telemetry/0/1/0", "line": LINE, "reason": "A9"})
    reach(made, int(NOW.timestamp() * 1000))
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def faces(stack: Servers, stored: SyncDatabase[dict[str, Any]]) -> AsyncIterator[Faces]:
    """Both services, for somebody who may do all."""
    store = connect(stack.mongo_uri, stored.name)
    caller = Caller("anna", frozenset(Role), "ACME", someone([LINE], [NODE]).rights)
    yield Faces(store, caller)
    store.client.close()


async def test_every_route_is_known(faces: Faces) -> None:
    """A new one says what it lets read, or stands among those that say nothing."""
    there = paths_of(faces.apps["query"]) | paths_of(faces.apps["export"])
    there = {path for path in there if path in TELLS or not path.startswith(OF_ACCESS)}
    assert there == TELLS.keys() | SAYS_NOTHING.keys()


async def _ordered(faces: Faces) -> str:
    shop = Workshop(faces.database, GridResults(faces.database), everybody_may)
    await Sweeper(shop).start()
    transport = httpx2.ASGITransport(faces.apps["export"])
    async with httpx2.AsyncClient(transport=transport, base_url="http://gastrack") as client:
        order = {"line": [LINE], "from": str(FIRST), "to": str(END)}
        job: str = (await client.post("/v1/exports", json=order)).json()["id"]
    assert await JobWorker(shop).work_on_next()
    return f"/v1/exports/{job}/result"


@pytest.mark.parametrize("route", TELLS)
async def test_a_route_says_what_it_lets_read(faces: Faces, route: str) -> None:
    """Which lines, nodes and gas days, by whom, from where; refused where the trail is away."""
    path, read = TELLS[route]
    path = path or await _ordered(faces)
    answer = await faces.get(path, route, **{"x-forwarded-for": "10.1.1.1, 198.51.100.9"})
    assert answer.status_code == 200, answer.text
    assert faces.last == read
    if read.is_of_something:
        assert faces.trail.readings[-1:] == [Reading("anna", "ACME", "198.51.100.9", read)]
        faces.trail.is_away = True
        refused = await faces.get(path, route)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.json()["issues"][0]["code"] == "TRAIL_AWAY"


async def test_what_is_answered_again_is_told_again(faces: Faces) -> None:
    """From memory, and where the reader holds it already; a refusal is told to nobody."""
    route = "/v1/lines/{line}/measurements"
    path, read = TELLS[route]
    first = await faces.get(path, route)
    again = await faces.get(path, route)
    held = await faces.get(path, route, **{"if-none-match": first.headers["etag"]})
    assert [first.status_code, again.status_code, held.status_code] == [200, 200, 304]
    assert faces.trail.readings == [Reading("anna", "ACME", "192.0.2.7", read)] * 3
    assert (await faces.get("/v1/lines/NOPE/measurements", route)).status_code == 404
    assert (await faces.get(f"{path}&view=week", route)).status_code == 422
    assert len(faces.trail.readings) == 3


async def test_parts_of_a_file_are_told(faces: Faces) -> None:
    """Whoever goes on with a file reads again; a part that there is not is not read."""
    path, route = await _ordered(faces), "/v1/exports/{export}/result"
    assert (await faces.get(path, route, range="bytes=5-9")).status_code == 206
    assert (await faces.get(path, route, range="bytes=999999999-")).status_code == 416
    assert [one.read.what for one in faces.trail.readings] == [What.EXPORT]


async def test_the_days_of_the_start_page_end_today(faces: Faces) -> None:
    """The running gas day is among what is read."""
    await faces.get("/", "/")
    assert faces.last is not None
    assert faces.last.end == gas_time.gas_day(int(NOW.timestamp()) // 3600) + timedelta(days=1)
