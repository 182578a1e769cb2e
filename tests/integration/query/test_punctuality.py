"""How punctual a line is, through the API: from what is stored of its hours, against its promises, as known when."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from deploy.local.servers import Servers
from services.query.wiring import application
from shared.access.caller import Caller, Rights
from shared.access.days import ALWAYS, Days
from shared.access.roles import Role
from shared.domain import gas_time
from shared.domain.reading import Quality
from shared.domain.topology import Composition, Node
from shared.runtime.door import everybody_is, open_door
from shared.runtime.mongo import Database, SyncDatabase, connect, connect_sync
from tests.integration.query.clients import client_of
from tests.integration.query.stored_history import StoredHistory
from tests.integration.query.stored_lines import a_line, reach, register

LINE, BY_FILE = "BE-0042-P", "BE-0042-Q"
PATH = f"/v1/lines/{LINE}/punctuality"
FIRST, LIVE = date(2026, 9, 1), date(2026, 10, 1)
NOW = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)
BEFORE, DAY = gas_time.hours_of_day(date(2026, 9, 30)), gas_time.hours_of_day(date(2026, 10, 10))
"""The last gas day before the line is live; and one from 04:00 UTC on 10 October, due on the 11th at 08:00 UTC."""
CLOSED = "2026-11-06T05:02:00Z"
OCTOBER_DAY = {"from": "2026-10-10", "to": "2026-10-11"}


def ms(moment: str | datetime) -> int:
    """Return ms since 1970."""
    told = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return round(told.timestamp() * 1000)


@pytest.fixture(scope="module")
def stored(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """A gas day: 20 hours in time, one of them at once, corrected later; 4 estimated, of which one was measured later.

    Before the line was live a day was put in twice. October was closed on the fifth working day.
    """
    made = connect_sync(stack.mongo_uri, f"punctuality-{uuid4().hex}")
    line = replace(a_line(LINE, FIRST), live_from=LIVE)
    terms = replace(line.terms[0], teletransmitted=False)
    register(made, line, replace(line, id=BY_FILE, terms=(terms,), codes=()), a_line("BE-0042-R", FIRST))
    history = StoredHistory(made, LINE)
    history.revise(BEFORE, ms("2026-10-05T12:00:00Z"))
    history.revise(BEFORE, ms("2026-10-05T12:10:00Z"), seed=2)
    history.revise(DAY[:1], ms("2026-10-10T05:14:00Z"))
    history.revise(DAY[1:20], ms("2026-10-11T07:00:00Z"))
    history.revise(DAY[20:], ms("2026-10-11T08:00:01Z"), quality=Quality.ESTIMATED)
    history.revise(DAY[:1], ms("2026-10-11T09:00:00Z"), seed=2)
    history.revise(DAY[20:21], ms("2026-10-11T10:00:00Z"))
    history.turn("2026-10", "close", ms(CLOSED))
    reach(made, ms(NOW))
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def store(stack: Servers, stored: SyncDatabase[dict[str, Any]]) -> AsyncIterator[Database]:
    """The same store, for what runs in the event loop."""
    made = connect(stack.mongo_uri, stored.name)
    yield made
    made.client.close()


@pytest.fixture
async def query(store: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the query service."""
    async with client_of(application(store, open_door("demo"), lambda: NOW)) as client:
        yield client


async def asked(query: httpx2.AsyncClient, path: str = PATH, **given: str) -> dict[str, Any]:
    """Return an answer."""
    answer = await query.get(path, params=given)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_gas_day_is_counted_against_its_promises(query: httpx2.AsyncClient) -> None:
    """Of 24 hours 20 on time, one late, three outstanding; what was corrected stays on time."""
    told = await asked(query, **OCTOBER_DAY)
    (row,) = told["rows"]
    assert row == {
        "gas_day": "2026-10-10",
        "hours_expected": 24,
        "hours_present": 24,
        "hours_prompt_due": 24,
        "hours_prompt": 1,
        "hours_due": 24,
        "hours_on_time": 20,
        "hours_late": 1,
        "hours_outstanding": 3,
        "hours_definitive_due": 24,
        "hours_definitive_on_time": 24,
        "hours_definitive": 24,
        "hours_estimated": 3,
        "hours_revised": 2,
        "revisions": 2,
    }
    assert told["whole"] == {name: count for name, count in row.items() if name != "gas_day"}
    promise = {"prompt_minutes": 15, "complete_h": 4.0, "definitive_working_day": 5}
    assert told["promises"] == [{"from": "2026-10-10", **promise}]
    head = {name: told[name] for name in ("id", "view", "from", "to", "known_at", "next")}
    assert head == {"id": LINE, "view": "day", **OCTOBER_DAY, "known_at": "2026-11-06T05:02:00.000Z", "next": None}


async def test_months_are_the_sums_of_their_days(query: httpx2.AsyncClient) -> None:
    """Also of days of which nothing is known: their hours are outstanding. Before it was live nothing was promised."""
    period = {"view": "month", "from": "2026-09", "to": "2026-12"}
    told = await asked(query, **period)
    days = await asked(query, **{"from": "2026-09-01", "to": "2026-12-01"})
    assert [row["month"] for row in told["rows"]] == ["2026-09", "2026-10", "2026-11"]
    for month in told["rows"]:
        inside = [row for row in days["rows"] if row["gas_day"].startswith(month["month"])]
        sums = {name: sum(row[name] for row in inside) for name in month if name != "month"}
        assert {name: month[name] for name in sums} == sums
    september, october, november = told["rows"]
    assert (september["hours_expected"], september["hours_due"], september["revisions"]) == (720, 0, 24)
    assert (october["hours_due"], october["hours_outstanding"]) == (745, 745 - 21)
    assert (october["hours_definitive_due"], november["hours_definitive_due"]) == (745, 0)
    assert november["hours_due"] < november["hours_expected"]
    assert told["promises"][0]["from"] == "2026-10-01"


@pytest.mark.parametrize(
    ("moment", "due", "on_time", "late", "outstanding", "estimated", "definitive"),
    [
        ("2026-10-11T07:59:59Z", 0, 0, 0, 0, 0, 0),
        ("2026-10-11T08:00:00Z", 24, 20, 0, 4, 0, 0),
        ("2026-10-11T09:30:00Z", 24, 20, 0, 4, 4, 0),
        ("2026-10-11T10:00:00Z", 24, 20, 1, 3, 3, 0),
        ("2026-11-06T05:01:59Z", 24, 20, 1, 3, 3, 0),
        (CLOSED, 24, 20, 1, 3, 3, 24),
    ],
)
async def test_as_known_at_a_moment(  # noqa: PLR0917 - what is counted
    query: httpx2.AsyncClient,
    moment: str,
    due: int,
    on_time: int,
    late: int,
    outstanding: int,
    estimated: int,
    definitive: int,
) -> None:
    """What had come by then, of what was due by then."""
    told = await asked(query, **OCTOBER_DAY, known_at=moment)
    names = ("due", "on_time", "late", "outstanding", "estimated", "definitive")
    counts = tuple(told["whole"][f"hours_{name}"] for name in names)
    assert counts == (due, on_time, late, outstanding, estimated, definitive)


async def test_of_a_line_by_file_nothing_is_promised_at_once(query: httpx2.AsyncClient) -> None:
    """Its deadline is twelve days after the gas day."""
    path = f"/v1/lines/{BY_FILE}/punctuality"
    told = await asked(query, path, **{"from": "2026-11-10", "to": "2026-11-12"})
    assert [row["hours_due"] for row in told["rows"]] == [24, 0]
    assert told["whole"]["hours_prompt_due"] == 0
    promise = {"prompt_minutes": None, "complete_h": 288.0, "definitive_working_day": 5}
    assert told["promises"] == [{"from": "2026-11-10", **promise}]


async def test_of_a_line_that_is_not_live_nothing_is_promised(query: httpx2.AsyncClient) -> None:
    """Its hours are expected all the same."""
    told = await asked(query, "/v1/lines/BE-0042-R/punctuality", **OCTOBER_DAY)
    assert (told["promises"], told["whole"]["hours_expected"], told["whole"]["hours_due"]) == ([], 24, 0)


async def test_without_a_period_the_running_month_is_told(query: httpx2.AsyncClient) -> None:
    """By gas day, up to the one that is running, of which the hours that have ended are expected."""
    told = await asked(query)
    assert (told["from"], told["to"], told["rows"][-1]["gas_day"]) == ("2026-11-01", "2026-12-01", "2026-11-23")
    assert told["rows"][-1]["hours_expected"] == 14


async def test_a_reader_who_holds_it_gets_nothing_again(store: Database) -> None:
    """Until something becomes due, or is known: then the tag is another one."""
    clock = [NOW]
    async with client_of(application(store, open_door("demo"), lambda: clock[0])) as client:
        first = await client.get(PATH)
        tag = first.headers["etag"]
        held = await client.get(PATH, headers={"If-None-Match": tag})
        clock[0] = NOW + timedelta(seconds=20)
        still = await client.get(PATH, headers={"If-None-Match": tag})
        clock[0] = datetime(2026, 11, 23, 19, 14, 59, tzinfo=UTC)
        earlier = await client.get(PATH, headers={"If-None-Match": tag})
    assert [answer.status_code for answer in (held, still, earlier)] == [304, 304, 200]
    # At 19:15 the hour that ended at 19:00 was promised.
    assert first.json()["whole"]["hours_prompt_due"] - earlier.json()["whole"]["hours_prompt_due"] == 1
    assert first.json()["whole"]["hours_expected"] == earlier.json()["whole"]["hours_expected"]


@pytest.mark.parametrize(
    ("given", "code", "position"),
    [
        ({"view": "hour"}, "VIEW", "view"),
        ({"view": "week"}, "VIEW", "view"),
        ({"from": "2026-10"}, "DATE", "from"),
        ({"view": "month", "from": "2026-10-01"}, "DATE", "from"),
        ({"from": "2026-10-02", "to": "2026-10-01"}, "PERIOD_BACKWARDS", "to"),
        ({"from": "2020-01-01", "to": "2026-10-01"}, "PERIOD_TOO_LONG", "to"),
        ({"known_at": "yesterday"}, "KNOWN_AT", "known_at"),
        ({"known_at": "2026-11-23T19:31:01Z"}, "KNOWN_AT", "known_at"),
    ],
)
async def test_bad_questions_are_told_what_is_wrong(
    query: httpx2.AsyncClient, given: dict[str, str], code: str, position: str
) -> None:
    """422 with the place and what to do."""
    answer = await query.get(PATH, params=given)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (issue,) = answer.json()["issues"]
    assert (issue["code"], issue["position"]) == (code, position)


async def test_rights_bound_it_as_they_bound_values(store: Database) -> None:
    """A foreign line is as one that there is not; of gas days that may not be read nothing is counted."""
    days = Days(((date(2026, 10, 1), date(2026, 10, 16)),))
    caller = Caller("anna", frozenset({Role.READER}), "own", Rights("anna", {LINE: days}, {}))
    async with client_of(application(store, everybody_is(caller), lambda: NOW)) as client:
        told = await asked(client)
        foreign, absent = [await client.get(f"/v1/lines/{line}/punctuality") for line in (BY_FILE, "BE-0042-X")]
        outside = await client.get(PATH, params={"from": "2026-10-15", "to": "2026-10-17"})
    assert (told["from"], told["to"]) == ("2026-10-01", "2026-10-16")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.json()["issues"][0]["code"] == absent.json()["issues"][0]["code"] == "NOT_FOUND"
    assert (outside.status_code, outside.json()["issues"][0]["code"]) == (422, "OUTSIDE_RIGHTS")


async def test_a_close_that_was_taken_back_is_none(query: httpx2.AsyncClient, stored: SyncDatabase[Any]) -> None:
    """Reopened nothing is definitive; closed again long after, it is so, and not in time."""
    line = replace(a_line("BE-0042-S", FIRST), live_from=LIVE)
    register(stored, line)
    history, path = StoredHistory(stored, line.id), f"/v1/lines/{line.id}/punctuality"
    history.revise(DAY, ms("2026-10-11T07:00:00Z"))
    history.turn("2026-10", "close", ms(CLOSED))
    history.turn("2026-10", "reopen", ms("2026-11-20T10:00:00Z"))
    reopened = (await asked(query, path, **OCTOBER_DAY))["whole"]
    history.turn("2026-10", "close", ms("2026-11-20T11:00:00Z"))
    again = (await asked(query, path, **OCTOBER_DAY))["whole"]
    reach(stored, ms(NOW))
    then = (await asked(query, path, **OCTOBER_DAY, known_at="2026-11-20T09:00:00Z"))["whole"]
    names = ("hours_definitive_due", "hours_definitive", "hours_definitive_on_time")
    counts = [tuple(told[name] for name in names) for told in (reopened, again, then)]
    assert counts == [(24, 0, 0), (24, 24, 0), (24, 24, 24)]


async def test_a_node_tells_its_lines_together(store: Database, stored: SyncDatabase[Any]) -> None:
    """Each on the gas days on which it belongs to the node, also who may read none of them; nobody is named."""
    once, twice = ((LINE, Decimal(1)),), ((BY_FILE, Decimal("0.5")), (LINE, Decimal(-1)))
    compositions = Composition(date(2026, 10, 10), once), Composition(date(2026, 10, 11), twice)
    register(stored, Node("NODE-P", "Moerbroek", compositions), known_at_ms=ms("2026-10-01T00:00:00Z"))
    reach(stored, ms(NOW))
    caller = Caller("anna", frozenset({Role.READER}), "own", Rights("sums", {}, {"NODE-P": ALWAYS}))
    path, period = "/v1/nodes/NODE-P/punctuality", {"from": "2026-10-09", "to": "2026-10-12"}
    async with client_of(application(store, open_door("demo"), lambda: NOW)) as everybody:
        line = (await asked(everybody, **period))["rows"]
        by_file = (await asked(everybody, f"/v1/lines/{BY_FILE}/punctuality", **period))["rows"]
    async with client_of(application(store, everybody_is(caller), lambda: NOW)) as client:
        answer = await client.get(path, params=period)
        again = await client.get(path, params=period, headers={"If-None-Match": answer.headers["etag"]})
        months = await asked(client, path, view="month", **{"from": "2026-10", "to": "2026-11"})
        then = await asked(client, path, **period, known_at="2026-10-11T09:30:00Z")
        absent = [await client.get(f"/v1/nodes/{node}/punctuality") for node in ("NODE-1", "NODE-X")]
        hours = await client.get(path, params={"view": "hour"})
        page = await client.get("/nodes/NODE-P/punctuality", params=period, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert '<td class="num">0 of 2</td></tr>' in page.text
    assert "/nodes/NODE-P?view=hour&amp;from=2026-10-10&amp;to=2026-10-11" in page.text
    assert not [name for name in (LINE, BY_FILE) if name in page.text]
    assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])
    assert not [name for name in (LINE, BY_FILE) if name in answer.text]
    first, second = answer.json()["rows"]
    assert first == {"lines_due": 1, "lines_on_time": 0, **line[1]}
    sums = {name: count + by_file[2][name] for name, count in line[2].items() if name != "gas_day"}
    assert second == {"lines_due": 2, "lines_on_time": 0, "gas_day": "2026-10-11", **sums}
    whole = answer.json()["whole"]
    assert (whole["lines_due"], whole["hours_due"], whole["hours_late"]) == (2, 72, 1)
    (october,) = months["rows"]
    assert october["hours_expected"] == 24 + 2 * (745 - 10 * 24)
    assert (then["rows"][0]["hours_on_time"], then["rows"][0]["hours_late"]) == (20, 0)
    assert [one.status_code for one in (*absent, hours)] == [404, 404, 422]


async def test_the_page_tells_the_same_in_words(query: httpx2.AsyncClient) -> None:
    """A table with heads, a row each gas day that leads to its hours, the whole below; what is promised beside it."""
    page = await query.get(f"/lines/{LINE}/punctuality", params=OCTOBER_DAY, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert '<th scope="row"><a href="/lines/BE-0042-P?view=hour&amp;from=2026-10-10&amp;to=2026-10-11">' in page.text
    for words in ("24 of 24", "1 of 24", "20 of 24", "4 hours after the end of the gas day", "83.3<small>%</small>"):
        assert words in page.text
    assert "12.5<small>%</small>" in page.text
    assert f'<a href="/v1/lines/{LINE}/punctuality?view=day&amp;from=2026-10-10&amp;to=2026-10-11">' in page.text
    months = await query.get(f"/lines/{LINE}/punctuality?view=month&from=2026-10&to=2026-11")
    assert 'href="/lines/BE-0042-P?view=day&amp;from=2026-10-01&amp;to=2026-11-01"' in months.text
    nothing = await query.get("/lines/BE-0042-R/punctuality", params=OCTOBER_DAY)
    assert "Nothing is promised" in nothing.text
    cells = ["0 of 24", "—", "—", "—", "—", "0", "0", "—"]
    assert "</th>" + "".join(f'<td class="num">{cell}</td>' for cell in cells) + "</tr>" in nothing.text
    line = await query.get(f"/lines/{LINE}")
    assert f'href="/lines/{LINE}/punctuality"' in line.text


async def test_the_page_refuses_as_all_pages_do(query: httpx2.AsyncClient) -> None:
    """In words, for a person."""
    html = {"Accept": "text/html", "Accept-Language": "en"}
    unknown = await query.get("/lines/NOPE/punctuality", headers=html)
    hours = await query.get(f"/lines/{LINE}/punctuality?view=hour", headers=html)
    assert (unknown.status_code, hours.status_code) == (404, 422)
    assert "There is no such view" in hours.text
