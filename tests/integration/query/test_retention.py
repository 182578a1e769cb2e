"""What would leave, over HTTP; and what readers see where hours are no longer online."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from deploy.local.servers import Servers
from services.query.explained import retention
from services.query.wiring import application
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.topology import Composition, Node, Station
from shared.runtime.door import open_door
from shared.runtime.mongo import SyncDatabase, connect, connect_sync
from shared.runtime.problem import ProblemError
from shared.store.documents import Collection, gas_id
from shared.store.register import FLOOR_ID, to_document
from tests.integration.query.clients import client_of
from tests.integration.query.conftest import NOW
from tests.integration.query.stored_history import StoredHistory
from tests.integration.query.stored_lines import KNOWN_AT_MS, a_line, reach, register

LINE, FIRST, FLOOR = "BE-0042-A", date(2023, 9, 28), date(2023, 11, 1)
HOURS = range(gas_time.hours_of_day(FIRST).start, gas_time.hours_of_day(date(2023, 11, 3)).start)
BEFORE = gas_time.hours_of_day(FLOOR).start - HOURS.start
WHOLE = "from=2023-09-28&to=2023-11-03"


@pytest.fixture(scope="module")
def old(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """A line with hours on both sides of the floor that may be asked for, some revised, and a node of it."""
    made = connect_sync(stack.mongo_uri, f"retention-{uuid4().hex}")
    register(made, Station("BE-0042", "MOERBROEK Vaartdijk"), a_line(first=FIRST), a_line("BE-0042-B", FIRST))
    register(made, Node("NODE-1", "Moerbroek", (Composition(FIRST, ((LINE, Decimal(1)),)),)))
    history = StoredHistory(made, LINE)
    history.revise(HOURS, KNOWN_AT_MS)
    history.revise(HOURS[:3], KNOWN_AT_MS + 10_000, seed=2)
    history.revise(HOURS[-2:], KNOWN_AT_MS + 20_000, seed=3)
    for hours in (HOURS[:2], HOURS[BEFORE - 1 : BEFORE + 1], HOURS[-2:]):
        made[Collection.FINDINGS].insert_one({"line": LINE, "hours": list(hours), "open": [], "settled": []})
    for day in (date(2023, 10, 27), date(2023, 10, 28)):
        made[Collection.GAS_TOLD].insert_one({"_id": gas_id(0, "HERE", day), "p": 0, "g": b""})
    reach(made, KNOWN_AT_MS + 30_000)
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def asking(stack: Servers, old: SyncDatabase[dict[str, Any]]) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the query service over that store."""
    store = connect(stack.mongo_uri, old.name)
    async with client_of(application(store, open_door("demo"), lambda: NOW)) as client:
        yield client
    store.client.close()


@pytest.fixture
def floor(old: SyncDatabase[dict[str, Any]]) -> Iterator[None]:
    """Hours before November 2023 are not online; none has been removed yet."""
    document = {"_id": FLOOR_ID, "kind": "retention", "doc": to_document(FLOOR), "known_at": KNOWN_AT_MS + 25_000}
    old[Collection.TOPOLOGY].insert_one({**document, "log_offset": 9})
    yield
    old[Collection.TOPOLOGY].delete_one({"_id": FLOOR_ID})


async def rows_of(asking: httpx2.AsyncClient, view: str, more: str = WHOLE, what: str = f"lines/{LINE}") -> list[Any]:
    """Return the rows of a view."""
    answer = await asking.get(f"/v1/{what}/measurements?view={view}&{more}")
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()["rows"]
    return rows


async def test_a_dry_run_counts_what_lies_wholly_before(asking: httpx2.AsyncClient) -> None:
    """By default all but three years and the running month; nothing changes."""
    told = (await asking.get("/v1/retention")).json()
    assert (told["before"], told["online_from"]) == ("2023-11", None)
    goes, stays = told["goes"], told["stays"]["documents"]
    assert (goes["months"], goes["lines"], goes["hours"]) == (["2023-09", "2023-10"], 1, BEFORE)
    leaving = {name: count for name, count in goes["documents"].items() if count}
    assert leaving == {"line_days": 34, "line_months": 2, "revisions": 3, "findings": 1, "gas_told": 1}
    assert {name: stays[name] for name in leaving} == {
        "line_days": 2, "line_months": 1, "revisions": 2, "findings": 2, "gas_told": 1,
    }  # fmt: skip
    earlier = (await asking.get("/v1/retention?before=2023-10")).json()
    assert (earlier["goes"]["months"], len(await rows_of(asking, "hour"))) == (["2023-09"], len(HOURS))


@pytest.mark.parametrize(
    ("before", "code"),
    [("2023-12", "FLOOR_TOO_LATE"), ("2023-11-01", "DATE"), ("1989-12", "DATE"), ("2100-01", "DATE")],
)
async def test_months_that_cannot_be_asked_for(asking: httpx2.AsyncClient, before: str, code: str) -> None:
    """422 with the reason."""
    answer = await asking.get(f"/v1/retention?before={before}")
    assert (answer.status_code, [issue["code"] for issue in answer.json()["issues"]]) == (422, [code])


@pytest.mark.usefixtures("floor")
async def test_it_cannot_move_back(asking: httpx2.AsyncClient) -> None:
    """What has left does not come back."""
    answer = await asking.get("/v1/retention?before=2023-10")
    assert [issue["code"] for issue in answer.json()["issues"]] == ["FLOOR_MOVES_BACK"]
    assert (await asking.get("/v1/retention")).json()["online_from"] == "2023-11-01"


async def test_only_who_runs_the_grid_may_ask(stack: Servers, old: SyncDatabase[dict[str, Any]]) -> None:
    """It counts hours of all lines."""
    store = connect(stack.mongo_uri, old.name)
    with pytest.raises(ProblemError) as refused:
        await retention.dry_run(store, Caller("a client"), "", datetime(2026, 11, 1, tzinfo=UTC))
    store.client.close()
    assert refused.value.status_code == 403


@pytest.mark.usefixtures("floor")
@pytest.mark.parametrize("what", [f"lines/{LINE}", "nodes/NODE-1"])
async def test_rows_begin_with_the_first_day_online(asking: httpx2.AsyncClient, what: str) -> None:
    """In every view, of lines and nodes, as known now or before that was decided; whether removed already or not."""
    assert len(await rows_of(asking, "hour", what=what)) == len(HOURS) - BEFORE
    assert [row["gas_day"] for row in await rows_of(asking, "day", what=what)] == ["2023-11-01", "2023-11-02"]
    assert await rows_of(asking, "hour", "from=2023-10-01&to=2023-10-05", what) == []
    months = await rows_of(asking, "month", "from=2023-09&to=2023-12", what)
    assert [(row["month"], row["hours_present"]) for row in months] == [("2023-11", len(HOURS) - BEFORE)]
    then = datetime.fromtimestamp((KNOWN_AT_MS + 15_000) / 1000, UTC).isoformat().replace("+00:00", "Z")
    assert len(await rows_of(asking, "hour", f"{WHOLE}&known_at={then}", what)) == len(HOURS) - BEFORE


@pytest.mark.usefixtures("floor")
async def test_a_line_says_since_when_it_is_online(asking: httpx2.AsyncClient) -> None:
    """Its terms stay; its hours and months before have none."""
    line = (await asking.get(f"/v1/lines/{LINE}")).json()
    assert (line["online_from"], line["from"]) == ("2023-11-01", FIRST.isoformat())
    assert (await asking.get(f"/v1/lines/{LINE}/months/2023-10")).json()["hours_expected"] == 0
    gone = await asking.get(f"/v1/lines/{LINE}/hours/{gas_time.hour_text(HOURS.start)}/history")
    assert gone.status_code == 404
    assert len((await asking.get("/v1/lines")).json()["rows"]) == 2


async def test_without_a_floor_all_is_online(asking: httpx2.AsyncClient) -> None:
    """The line says so."""
    assert (await asking.get(f"/v1/lines/{LINE}")).json()["online_from"] is None
