"""As known at a moment, through the API: what a reader got then is what is answered now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from deploy.local.servers import Servers
from services.query.wiring import application
from shared.domain import gas_time
from shared.domain.instants import known_instant
from shared.domain.reading import Quality, Validity
from shared.runtime.door import open_door
from shared.runtime.mongo import SyncDatabase, connect
from tests.integration.query.clients import client_of
from tests.integration.query.conftest import NOW
from tests.integration.query.stored_history import StoredHistory
from tests.integration.query.stored_lines import a_line, reach, register

LINE = "BE-0042-C"
PATH = f"/v1/lines/{LINE}/measurements"
LAST_OF_OCTOBER = gas_time.hours_of_day(date(2026, 10, 31))
FIRST_OF_NOVEMBER = gas_time.hours_of_day(date(2026, 11, 1))
ASKED = (
    {"view": "hour", "from": "2026-10-30", "to": "2026-11-03"},
    {"view": "day", "from": "2026-10-30", "to": "2026-11-03"},
    {"view": "month", "from": "2026-10", "to": "2026-12"},
)
BEGIN = datetime(2026, 11, 5, tzinfo=UTC)
"""All hours that are asked for have ended; each event follows the one before by an hour."""
SIX = range(LAST_OF_OCTOBER.stop - 3, LAST_OF_OCTOBER.stop + 3)
EVENTS: tuple[Callable[[StoredHistory, int], None], ...] = (
    lambda line, ms: line.revise(range(LAST_OF_OCTOBER.start, FIRST_OF_NOVEMBER.stop), ms),
    lambda line, ms: line.revise(SIX, ms, 2, validity=Validity.RECORDED),
    lambda line, ms: line.accept(SIX[:4], ms),
    lambda line, ms: line.turn("2026-10", "close", ms),
    lambda line, ms: line.revise(SIX[2:3], ms, 3, quality=Quality.EDITED),
    lambda line, ms: line.revise(SIX[3:5], ms, 4),
    lambda line, ms: line.turn("2026-10", "reopen", ms),
    lambda line, ms: line.revise(SIX[:1], ms, 5, quality=Quality.MISSING),
    lambda line, ms: line.accept(SIX[4:], ms),
    lambda line, ms: line.turn("2026-11", "close", ms),
    lambda line, ms: line.turn("2026-10", "close", ms),
)


@dataclass
class Told:
    """A history, and what readers got after each of its events."""

    moments: list[datetime]
    answers: list[list[dict[str, Any]]]


class Clock:
    """A clock that a test sets."""

    now = NOW

    def __call__(self) -> datetime:
        """Return the time that was set."""
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the service."""
    return Clock()


@pytest.fixture
async def api(stack: Servers, line: StoredHistory, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a query service with that clock."""
    store = connect(stack.mongo_uri, line.database.name)
    async with client_of(application(store, open_door("demo"), clock)) as client:
        yield client
    store.client.close()


@pytest.fixture(scope="module")
def line(database: SyncDatabase[dict[str, Any]]) -> StoredHistory:
    """A line without hours."""
    register(database, a_line(LINE, first=date(2026, 9, 1)))
    return StoredHistory(database, LINE)


async def answer(api: httpx2.AsyncClient, asked: dict[str, str], moment: datetime | None = None) -> dict[str, Any]:
    """Return an answer, as known at a moment if one is given."""
    known_at = {} if moment is None else {"known_at": moment.isoformat()}
    given = await api.get(PATH, params={**asked, **known_at})
    assert given.status_code == 200, given.text
    body: dict[str, Any] = given.json()
    return body


@pytest.fixture(scope="module")
def noted() -> Told:
    """What was read while the events happened."""
    return Told([], [])


@pytest.fixture
async def told(api: httpx2.AsyncClient, line: StoredHistory, clock: Clock, noted: Told) -> Told:
    """Let the events happen once, and read all views after each of them."""
    for place, event in enumerate(EVENTS[line.offset :]):
        clock.now = BEGIN + timedelta(hours=place)
        event(line, round(clock.now.timestamp() * 1000))
        noted.moments.append(clock.now)
        noted.answers.append([await answer(api, asked) for asked in ASKED])
    clock.now = NOW
    reach(line.database, round(NOW.timestamp() * 1000))
    return noted


@pytest.mark.parametrize("later", [timedelta(0), timedelta(milliseconds=1), timedelta(minutes=59)])
async def test_what_was_read_then_is_answered_now(api: httpx2.AsyncClient, told: Told, later: timedelta) -> None:
    """Hours, gas days and months, at the moment of every event and until the next one; the answer says when."""
    assert len({str(answers[0]["rows"]) for answers in told.answers}) == len(EVENTS)
    for moment, answers in zip(told.moments, told.answers, strict=True):
        for asked, then in zip(ASKED, answers, strict=True):
            now = await answer(api, asked, moment + later)
            assert now["rows"] == then["rows"]
            assert now["known_at"] == known_instant(round((moment + later).timestamp() * 1000))


async def test_before_the_first_event_nothing_was_known(api: httpx2.AsyncClient, told: Told) -> None:
    """Every hour that had ended is missing."""
    rows = (await answer(api, ASKED[0], told.moments[0] - timedelta(milliseconds=1)))["rows"]
    assert {(row["quality"], row["volume_m3n"], row["validity"]) for row in rows} == {("MISSING", None, None)}
    days = (await answer(api, ASKED[1], told.moments[0] - timedelta(milliseconds=1)))["rows"]
    assert [day["hours_present"] for day in days] == [0, 0, 0, 0]


async def test_rows_end_with_the_hour_that_had_ended(api: httpx2.AsyncClient, told: Told) -> None:
    """On 1 November at 05:30 UTC one hour of the gas day had ended; there was no row of the next one."""
    assert told.moments
    moment = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    rows = (await answer(api, ASKED[0], moment))["rows"]
    assert (len(rows), rows[-1]["start"]) == (49, "2026-11-01T05:00:00Z")
    assert [day["gas_day"] for day in (await answer(api, ASKED[1], moment))["rows"]][-1] == "2026-11-01"


async def test_the_watermark_bounds_what_can_be_known(api: httpx2.AsyncClient, told: Told, line: StoredHistory) -> None:
    """A later moment is answered as of the watermark of the line's partition, and the answer says so."""
    behind = told.moments[-1] - timedelta(minutes=30)
    reach(line.database, round(behind.timestamp() * 1000))
    reach(line.database, round((behind - timedelta(days=1)).timestamp() * 1000), partition=1)
    late = await answer(api, ASKED[0], NOW)
    other = await api.get(PATH.replace(LINE, "BE-0042-B"), params={**ASKED[0], "known_at": NOW.isoformat()})
    reach(line.database, round(NOW.timestamp() * 1000))
    assert late["known_at"] == known_instant(round(behind.timestamp() * 1000))
    assert late["rows"] == told.answers[-2][0]["rows"]
    # A line without hours may come to any partition: the one that is furthest behind counts.
    assert other.json()["known_at"] == known_instant(round((behind - timedelta(days=1)).timestamp() * 1000))


async def test_the_future_is_refused(api: httpx2.AsyncClient, told: Told) -> None:
    """One millisecond after the time of the clock is the future."""
    assert told.moments
    for later, status in ((timedelta(0), 200), (timedelta(milliseconds=1), 422)):
        given = await api.get(PATH, params={**ASKED[0], "known_at": (NOW + later).isoformat()})
        assert given.status_code == status
    assert given.json()["issues"][0]["code"] == "KNOWN_AT"


async def test_a_tag_names_the_moment(api: httpx2.AsyncClient, told: Told) -> None:
    """The same moment is 304; another one, or now, never has the same tag."""
    moments = [{"known_at": moment.isoformat()} for moment in told.moments[-2:]]
    tags = [(await api.get(PATH, params={**ASKED[1], **moment})).headers["etag"] for moment in (*moments, {})]
    assert len(set(tags)) == 3
    for tag, status in zip(tags, (304, 200, 200), strict=True):
        given = await api.get(PATH, params={**ASKED[1], **moments[0]}, headers={"If-None-Match": tag})
        assert given.status_code == status
