"""Only what changed: whoever adds one file of changes after the other has what is known, to the cell."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from lxml import etree

from deploy.local.servers import Servers
from services.export.files import reading
from services.export.wiring import application
from shared.domain.topology import Composition, Node
from shared.runtime.door import open_door
from shared.runtime.mongo import SyncDatabase, connect
from shared.store.views import read_view
from tests.integration.query.clients import client_of, manifest_of
from tests.integration.query.conftest import FIRST, NOW
from tests.integration.query.stored_history import StoredHistory
from tests.integration.query.stored_lines import a_line, reach, register
from tests.integration.query.test_as_known import ASKED, BEGIN, EVENTS, LAST_OF_OCTOBER, Clock

LINE, OTHER, NODE = "BE-0042-C", "BE-0042-A", "NODE-C"
EVER = "1970-01-01T00:00:00Z"
MOMENTS = [BEGIN + timedelta(hours=place, minutes=30) for place in range(-1, len(EVENTS))]
"""Before the first event, and after each."""
Rows = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the service."""
    return Clock()


@pytest.fixture
async def files(stack: Servers, line: StoredHistory, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an export service with that clock."""
    store = connect(stack.mongo_uri, line.database.name)
    async with client_of(application(store, open_door("demo"), clock)) as client:
        yield client
    store.client.close()


@pytest.fixture(scope="module")
def line(database: SyncDatabase[dict[str, Any]]) -> StoredHistory:
    """A line without hours."""
    register(database, a_line(LINE, first=date(2026, 9, 1)), known_at_ms=0)
    register(database, Node(NODE, "Of one line", (Composition(FIRST, ((LINE, Decimal(2)),)),)), known_at_ms=0)
    return StoredHistory(database, LINE)


@pytest.fixture
async def told(line: StoredHistory) -> StoredHistory:
    """Let the events happen once."""
    for place, event in enumerate(EVENTS[line.offset :]):
        event(line, round((BEGIN + timedelta(hours=place)).timestamp() * 1000))
    reach(line.database, round(NOW.timestamp() * 1000))
    return line


async def asked_for(files: httpx2.AsyncClient, asked: dict[str, str], **more: str) -> httpx2.Response:
    """Return a file's answer."""
    given = await files.get("/v1/download", params={**({} if "node" in asked else {"line": LINE}), **asked, **more})
    assert given.status_code == 200, given.text
    return given


async def rows(files: httpx2.AsyncClient, asked: dict[str, str], **more: str) -> Rows:
    """Return the rows of a csv file by their start."""
    text = (await asked_for(files, asked, **more)).text
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len({row["start"] for row in read}) == len(read), "a row comes once"
    return {row["start"]: row for row in read}


def without_replaced(changed: Rows) -> Rows:
    """Return rows as a file of all has them."""
    return {start: {n: t for n, t in row.items() if n != "replaces_revision"} for start, row in changed.items()}


@pytest.mark.parametrize("asked", [*ASKED, {**ASKED[0], "node": NODE}], ids=["hour", "day", "month", "node"])
async def test_changes_between_moments_add_up(
    files: httpx2.AsyncClient, told: StoredHistory, asked: dict[str, str]
) -> None:
    """From each moment to the next, and over several: what was known, with the changes put in, is what is known."""
    assert told.offset == len(EVENTS)
    at = {moment: await rows(files, asked, known_at=moment.isoformat()) for moment in MOMENTS}
    jumps = [(MOMENTS[begin], MOMENTS[end]) for begin in (0, 3, 6) for end in range(begin, len(MOMENTS), 2)]
    for since, until in (*pairwise(MOMENTS), *jumps):
        changed = await rows(files, asked, since=since.isoformat(), known_at=until.isoformat())
        assert {**at[since], **without_replaced(changed)} == at[until]
        assert all(at[since].get(start) != row for start, row in without_replaced(changed).items()), "only changes"
        if asked["view"] == "hour":
            stood = {start: at[since].get(start, {"revision": ""})["revision"] for start in changed}
            assert {start: row["replaces_revision"] for start, row in changed.items()} == stood


async def test_it_says_which_revision_is_replaced(files: httpx2.AsyncClient, told: StoredHistory) -> None:
    """That which stood at the moment since which changes are asked for; nothing where nothing was known."""
    first = await rows(files, ASKED[0], since=EVER, known_at=MOMENTS[1].isoformat())
    assert {(row["revision"], row["replaces_revision"]) for row in first.values() if row["volume_m3n"]} == {("1", "")}
    moments = {"since": MOMENTS[1].isoformat(), "known_at": MOMENTS[-1].isoformat()}
    changed = await rows(files, ASKED[0], **moments)
    pairs = {(row["replaces_revision"], row["revision"]) for row in changed.values() if row["volume_m3n"]}
    assert pairs == {("1", "1"), ("1", "2"), ("1", "3")}, "by a close alone, by one correction, by two"
    assert told.offset == len(EVENTS)


async def test_a_close_is_a_change_of_all_its_hours(files: httpx2.AsyncClient, told: StoredHistory) -> None:
    """Their validity is another one; their revision is not."""
    asked = {"view": "hour", "from": "2026-10-31", "to": "2026-11-01"}
    closing = {"since": MOMENTS[3].isoformat(), "known_at": MOMENTS[4].isoformat()}
    changed = await rows(files, asked, **closing)
    assert len(changed) == len(LAST_OF_OCTOBER)
    assert {row["validity"] for row in changed.values()} == {"DEFINITIVE"}
    assert all(row["revision"] == row["replaces_revision"] for row in changed.values())
    assert told.offset == len(EVENTS)


async def test_a_follower_misses_nothing(files: httpx2.AsyncClient, line: StoredHistory, clock: Clock) -> None:
    """Asking again and again with what the manifest says, while it happens: in the end all is there."""
    line.database["line_days"].delete_many({"l": LINE})
    for name in ("line_months", "revisions", "closings"):
        line.database[name].delete_many({"_id": {"$gte": f"{LINE}|", "$lt": f"{LINE}}}"}})
    line.offset, since, followed = 0, EVER, {}
    reach(line.database, round((BEGIN - timedelta(hours=1)).timestamp() * 1000))
    for place, event in enumerate((*EVENTS, None)):
        clock.now = BEGIN + timedelta(hours=place)
        if event is None:
            reach(line.database, round(clock.now.timestamp() * 1000))
        else:
            event(line, round(clock.now.timestamp() * 1000))
        given = await asked_for(files, ASKED[0], since=since)
        said = await manifest_of(files, given)
        read = {row["start"]: row for row in csv.DictReader(io.StringIO(given.text, newline=""))}
        assert said["rows"] == len(read)
        followed.update(without_replaced(read))
        assert said["known_at"] == said["next_since"] > since
        since = said["next_since"]
        assert followed == await rows(files, ASKED[0], known_at=since)
    clock.now = NOW
    reach(line.database, round(NOW.timestamp() * 1000))
    everything = await rows(files, ASKED[0])
    assert everything == followed
    again = await rows(files, ASKED[0], since=since)
    assert again == {}


@pytest.mark.parametrize("form", ["csv", "xml", "json", "xlsx", "parquet"])
async def test_every_format_tells_changes(files: httpx2.AsyncClient, told: StoredHistory, form: str) -> None:
    """As many rows as csv; xml keeps its schema."""
    moments = {"since": MOMENTS[2].isoformat(), "known_at": MOMENTS[-1].isoformat()}
    count = len(await rows(files, ASKED[0], **moments))
    given = await asked_for(files, ASKED[0], **moments, format=form)
    assert (await manifest_of(files, given))["rows"] == count > 0
    if form == "xml":
        root = etree.fromstring(given.content)
        schema = (await files.get("/v1/schemas/measurements.xsd")).content
        etree.XMLSchema(etree.fromstring(schema)).assertValid(root)
        assert root[0].get("replaces_revision") == "1"
    assert "since-" in given.headers["content-disposition"]
    assert told.offset == len(EVENTS)


async def test_lines_without_changes_cost_no_rows(
    files: httpx2.AsyncClient, told: StoredHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Months whose versions say that nothing changed are not read; of a line of three months one is."""
    seen: list[tuple[date, date]] = []

    async def noted(*asked: Any, **more: Any) -> Any:
        question = asked[2].question
        seen.append((question.first, question.end))
        return await read_view(*asked, **more)

    monkeypatch.setattr(reading, "read_view", noted)
    since = (datetime.fromisoformat("2026-11-20T00:00:00Z")).isoformat()
    period = {"from": FIRST.isoformat(), "to": "2026-12-01"}
    changed = await rows(files, {"line": OTHER, **period}, since=since, known_at=NOW.isoformat())
    assert set(seen) == {(date(2026, 11, 1), date(2026, 12, 1))}
    assert 0 < len(changed) < 120
    assert told.offset == len(EVENTS)


async def test_a_line_that_was_registered_later_comes_then(files: httpx2.AsyncClient, told: StoredHistory) -> None:
    """Whole, whenever its first hours were; before that there is nothing of it."""
    registered = datetime(2026, 11, 20, tzinfo=UTC)
    register(told.database, a_line("LATER", first=FIRST), known_at_ms=round(registered.timestamp() * 1000))
    asked = {**ASKED[0], "line": "LATER"}
    day = timedelta(days=1)
    before = {"since": (registered - 2 * day).isoformat(), "known_at": (registered - day).isoformat()}
    after = {"since": before["known_at"], "known_at": (registered + day).isoformat()}
    assert await rows(files, asked, **before) == {}
    assert len(await rows(files, asked, **after)) == len(await rows(files, asked)) == 4 * 24


async def test_what_is_wrong_with_since_is_told(files: httpx2.AsyncClient) -> None:
    """A moment without offset, or in the future."""
    for wrong in ("2026-11-23T10:00:00", "yesterday", (NOW + timedelta(milliseconds=1)).isoformat()):
        given = await files.get("/v1/download", params={"line": LINE, "since": wrong})
        assert (given.status_code, given.json()["issues"][0]["code"]) == (422, "SINCE")
