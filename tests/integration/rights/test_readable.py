"""What somebody sees who may read some lines, nodes and gas days: all of that, and how many others there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast

import httpx2
import pytest

from services.export.files.asked import Download, FileFormat
from services.export.files.parts import NodePart
from services.export.handlers import parts_of
from services.export.jobs.attempt import Outcome, Workshop, attempt
from services.export.jobs.ordered import file_for, order
from services.ingest.handlers import Doors
from shared.access.caller import Caller, Rights
from shared.access.days import ALWAYS, Days
from shared.access.roles import Role
from shared.domain.period import Question, View
from shared.runtime.kafka import AIOKafkaProducer
from shared.runtime.mongo import Database, SyncDatabase
from shared.runtime.problem import ProblemError
from shared.store import export_claims
from shared.store.asking import Asking
from shared.store.documents import Collection
from shared.store.export_jobs import Order
from shared.store.node_views import read_node_view
from shared.store.results import GridResults
from tests.integration.rights.conftest import WHO
from tests.integration.rights.grid import CLIENTS, EVERYBODY, FAR, GAS, INNER, NODE, NOW, OCTOBER, OWN, TWIN

Services = dict[str, httpx2.AsyncClient]
LATE_OCTOBER = Days(((date(2026, 10, 20), date(2026, 11, 1)),))
LINE = f"/v1/lines/{OWN}"
SUMS = f"/v1/nodes/{NODE}"
GAP = "view=day&from=2026-10-10&to=2026-10-13"
"""Of each of three lines one of these gas days has hours that are missing."""


async def told(clients: Services, who: str, path: str, *, service: str = "query") -> dict[str, Any]:
    """Return what a client is told."""
    answer = await clients[service].get(path, headers={WHO: who})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def refused(clients: Services, who: str, path: str, service: str = "query") -> dict[str, Any]:
    """Return why gas days are refused."""
    answer = await clients[service].get(path, headers={WHO: who})
    assert answer.status_code == 422, answer.text
    problem: dict[str, Any] = answer.json()
    assert [(one["code"], one["position"]) for one in problem["issues"]] == [("OUTSIDE_RIGHTS", "from")]
    return problem


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("query", f"{LINE}/measurements?from=2026-10-31&to=2026-11-02"),
        ("query", f"{LINE}/measurements?view=month&from=2026-10&to=2026-12"),
        ("query", f"{LINE}/measurements?from=2026-09-30&to=2026-10-02&known_at=2026-11-20T00:00:00Z"),
        ("query", f"{LINE}/hours/2026-11-01T10:00:00Z/history"),
        ("query", f"{LINE}/months/2026-11"),
        ("query", f"{SUMS}/measurements?view=day&from=2026-10-31&to=2026-11-02"),
        ("query", f"/v1/chromatographs/{GAS}/analyses?from=2026-10-31&to=2026-11-02"),
        ("query", f"/lines/{OWN}?view=day&from=2026-11-01&to=2026-11-02"),
        ("query", f"/lines/{OWN}/hours/2026-11-01T10:00:00Z"),
        ("query", f"/nodes/{NODE}?view=day&from=2026-11-01&to=2026-11-02"),
        ("query", f"/nodes/{NODE}/hours/2026-11-01T10:00:00Z"),
        ("export", f"/v1/download?line={OWN}&from=2026-10-31&to=2026-11-02"),
        ("export", f"/v1/download?node={NODE}&from=2026-10-31&to=2026-11-02"),
    ],
)
async def test_gas_days_outside_a_right_are_refused_everywhere(clients: Services, service: str, path: str) -> None:
    """The refusal names the gas days that may be read, and what to ask instead; who may read all is answered."""
    problem = await refused(clients, "october", path, service)
    assert problem["readable"] == [{"from": "2026-10-01", "to": "2026-11-01"}]
    assert "2026-10-01 to 2026-11-01" in problem["issues"][0]["message"]
    everything = await clients[service].get(path, headers={WHO: "downloader"})
    assert everything.status_code == 200, everything.text


async def test_without_a_period_what_may_be_read_is_shown(clients: Services) -> None:
    """In answers, in files and on pages; what a line's list tells are the gas days."""
    for path in (f"{LINE}/measurements", f"{SUMS}/measurements", f"/v1/chromatographs/{GAS}/analyses"):
        shown = await told(clients, "october", path)
        assert ("2026-10-01" <= shown["from"] < shown["to"] <= "2026-11-01") is True
    file = await clients["export"].get(f"/v1/download?line={OWN}&view=day", headers={WHO: "october"})
    assert [row.split(",")[2] for row in file.text.splitlines()[1:]][-1:] == ["2026-10-31"]
    for path in (f"/lines/{OWN}", f"/nodes/{NODE}", "/"):
        page = await clients["query"].get(path, headers={WHO: "october", "Accept": "text/html"})
        assert page.status_code == 200
    (line,) = (await told(clients, "october", "/v1/lines"))["rows"]
    assert (line["id"], line["readable"]) == (OWN, [{"from": "2026-10-01", "to": "2026-11-01"}])
    assert (await told(clients, "downloader", "/v1/lines"))["rows"][0]["readable"] is None


async def test_a_page_says_in_words_which_gas_days_may_be_read(clients: Services) -> None:
    """And leads to a period that may be."""
    path = f"/lines/{OWN}?view=day&from=2026-10-20&to=2026-11-10&lang=nl"
    page = await clients["query"].get(path, headers={WHO: "october", "Accept": "text/html"})
    assert page.status_code == 422
    assert "U mag deze gasdagen lezen" in page.text
    assert f"/lines/{OWN}?view=day&amp;from=2026-10-20&amp;to=2026-11-01" in page.text
    role = await clients["query"].get("/?lang=en", headers={WHO: "gateway", "Accept": "text/html"})
    assert (role.status_code, "a role that you do not have" in role.text) == (403, True)


async def test_the_sum_of_a_node_is_whole_and_counts_what_it_does_not_name(clients: Services) -> None:
    """Its numbers are those of who may read all of it; of missing lines the own one alone is named."""
    own, everything = [await told(clients, who, f"{SUMS}/measurements?{GAP}") for who in ("downloader", "anna-client")]
    named = [row.pop("lines_missing") for row in own["rows"]]
    assert [row.pop("lines_missing") for row in everything["rows"]] == [[OWN], [TWIN], [FAR]]
    assert named == [[OWN], [], []]
    assert own == everything
    assert [row["lines_expected"] - row["lines_complete"] for row in own["rows"]] == [1, 1, 1]
    sums = await told(clients, "sums", f"{SUMS}/measurements?{GAP}")
    assert [row["lines_missing"] for row in sums["rows"]] == [[], [], []]


async def test_what_a_node_is_made_of_is_counted_where_it_is_not_named(clients: Services) -> None:
    """On a gas day, over all its compositions, in its history, on its pages."""
    topology = await told(clients, "downloader", f"{SUMS}/topology?at=2026-10-10")
    assert ([one["line"] for one in topology["lines"]], topology["lines_unnamed"]) == ([OWN], 2)
    composition = topology["composition"]
    assert (composition["nodes"], composition["nodes_unnamed"], composition["lines_unnamed"]) == ([], 1, 1)
    node = await told(clients, "sums", SUMS)
    assert [(one["lines"], one["lines_unnamed"]) for one in node["compositions"]] == [([], 2), ([], 2)]
    newest, first = (await told(clients, "downloader", f"{SUMS}/topology/history"))["rows"]
    assert (newest["changes"], newest["changes_unnamed"], newest["reason"], newest["correction"]) == ([], 1, "", None)
    assert (first["changes_unnamed"], newest["decision"]) == (2, 9)
    theirs = (await told(clients, "anna-client", f"{SUMS}/topology/history"))["rows"][0]
    assert ("opened" in theirs["reason"], theirs["changes_unnamed"]) == (True, 0)
    for path in (f"/nodes/{NODE}?{GAP}", f"/nodes/{NODE}/hours/2026-10-10T10:00:00Z", f"/nodes/{NODE}/topology"):
        page = await clients["query"].get(path, headers={WHO: "downloader", "Accept": "text/html"})
        assert "2 lines that are not yours to see" in page.text


async def test_lists_are_full_of_what_may_be_read(clients: Services) -> None:
    """A page of one line is the own one, though another stands before it; nothing follows it."""
    for path, name in (("/v1/lines", OWN), ("/v1/nodes", NODE), ("/v1/chromatographs", GAS)):
        listed = await told(clients, "downloader", f"{path}?limit=1")
        assert ([row["id"] for row in listed["rows"]], listed["next"]) == ([name], None)


async def test_findings_are_those_of_hours_that_may_be_read(clients: Services) -> None:
    """Of an own line and of the gas that serves it; of a finding that reaches out of October its hours of October."""
    every = (await told(clients, "downloader", "/v1/findings"))["rows"]
    assert {(row["line"], row["chromatograph"]) for row in every} == {(None, GAS), (OWN, None)}
    assert len(every) == 4
    october = await told(clients, "october", "/v1/findings?limit=2")
    assert [row["starts"] for row in october["rows"]] == [["2026-11-01T04:00:00Z"]] * 2
    assert [len(row["observed"]) for row in october["rows"]] == [1, 1]
    assert october["next"] is None
    assert (await told(clients, "newcomer", "/v1/findings"))["rows"] == []
    assert (await told(clients, "october", "/v1/findings?from=2026-11-01"))["rows"] == []


async def test_news_are_those_of_hours_that_may_be_read(clients: Services) -> None:
    """Line, status and gas of October alone; what makes the node another sum is told without foreign names."""
    rows = (await told(clients, "october", "/v1/changes?since=earliest"))["rows"]
    hours = [(row["line"], row["from"], row["to"], row["hours"]) for row in rows if row["kind"] == "hours"]
    assert hours == [(OWN, "2026-11-01T03:00:00Z", "2026-11-01T05:00:00Z", 2)]
    parts = {(row["part"], row["id"]) for row in rows if row["kind"] == "topology"}
    assert parts == {("line", OWN), ("line", None), ("node", NODE), ("node", None), ("station", OWN[:7])}
    assert {effect["node"] for row in rows if row["kind"] == "topology" for effect in row["nodes"]} == {NODE}


async def test_what_was_kept_for_one_is_given_to_no_other(clients: Services) -> None:
    """The same question by clients with other rights, one after the other, also with the tag of the first."""
    path = f"{SUMS}/measurements?{GAP}"
    tags: dict[str, str] = {}
    for who in ("anna-client", "downloader", "sums", "downloader"):
        answer = await clients["query"].get(path, headers={WHO: who, "If-None-Match": tags.get("anna-client", "")})
        assert answer.status_code == 200
        tags[who] = answer.headers["etag"]
    assert len(set(tags.values())) == 3
    assert (await clients["query"].get(path, headers={WHO: "newcomer"})).status_code == 404
    assert (await clients["query"].get(path, headers={WHO: "gateway"})).status_code == 403


async def test_a_node_names_lines_that_may_be_read_on_every_day_shown(store: Database) -> None:
    """A line that may be read in October is not named in a sum of October and November."""
    caller = Caller("a", rights=Rights("x", {OWN: OCTOBER, TWIN: ALWAYS}, {NODE: ALWAYS}))
    for end, named in ((date(2026, 11, 1), {OWN, TWIN}), (date(2026, 11, 2), {TWIN})):
        question = Question(View.DAY, date(2026, 10, 10), end)
        view = await read_node_view(store, NODE, Asking(caller, question, NOW))
        assert {line for line in (OWN, TWIN, FAR) if view.names(line)} == named


async def test_a_receipt_is_of_who_delivered(store: Database, grid: SyncDatabase[dict[str, Any]]) -> None:
    """Others are told as of none; those who run the grid are told of it."""
    document = {"_id": "f6" * 16, "by": "gateway", "at": datetime(2026, 11, 1, tzinfo=UTC), "positions": []}
    grid[Collection.RECEIPTS].insert_one(document)
    doors = Doors(cast("AIOKafkaProducer", None), store, 4)
    gateway = CLIENTS["gateway"]
    assert await doors.receipt(gateway, "f6" * 16) is not None
    assert await doors.receipt(EVERYBODY["anna-client"], "f6" * 16) is not None
    assert await doors.receipt(replace(gateway, identity="another"), "f6" * 16) is None


ORDER = Order((OWN,), (NODE,), {"view": "day"})


async def made(store: Database, caller: Caller, now_may: Caller) -> tuple[Outcome, str]:
    """Order a file as somebody, and let it be written with what he may then."""

    async def as_he_may(_: str) -> Caller:
        return now_may

    shop = Workshop(store, GridResults(store), as_he_may)
    job = await order(store, caller, ORDER, key="", now=NOW, most_open=100)
    ours = await export_claims.claim(store, "test", 30.0, 5)
    assert ours is not None
    assert ours.job == job["_id"]
    return await attempt(shop, ours), job["_id"]


async def test_rights_are_looked_at_when_a_file_is_written_and_when_it_is_fetched(store: Database) -> None:
    """Its period is that of the file, whatever may be read by then; and the lines that it names may still be named."""
    october = CLIENTS["october"]
    outcome, job = await made(store, october, october)
    assert outcome is Outcome.DONE
    kept, _ = await file_for(store, october, job, NOW)
    assert (kept["first"], kept["end"], kept["named"]) == ("2026-10-02", "2026-11-01", [OWN])
    for rights, status in (
        (Rights("none"), 404),
        (Rights("later", {OWN: LATE_OCTOBER}, {NODE: LATE_OCTOBER}), 422),
    ):
        with pytest.raises(ProblemError) as gone:
            await file_for(store, replace(october, rights=rights), job, NOW)
        assert gone.value.status == status


async def test_a_file_that_names_a_line_is_not_given_once_that_may_not_be_named(store: Database) -> None:
    """Of a node the sums may be read on; the lines that were missing in them are another right."""
    sums = replace(CLIENTS["october"], identity="sums-and-line")
    asked = Order((), (NODE,), {"view": "day"})
    job = await order(store, sums, asked, key="", now=NOW, most_open=100)
    shop = Workshop(store, GridResults(store), _always(sums))
    ours = await export_claims.claim(store, "test", 30.0, 5)
    assert ours is not None
    assert await attempt(shop, ours) is Outcome.DONE
    assert (await file_for(store, sums, job["_id"], NOW))[0]["named"] == [OWN]
    only = replace(sums, rights=Rights("sums", {}, {NODE: OCTOBER}))
    with pytest.raises(ProblemError) as gone:
        await file_for(store, only, job["_id"], NOW)
    assert (gone.value.status, gone.value.issues[0].code) == (410, "EXPORT_EXPIRED")


def _always(caller: Caller) -> Any:
    async def named(_: str) -> Caller:
        return caller

    return named


async def test_who_may_not_download_any_more_gets_no_file(store: Database) -> None:
    """A reader's order from when he was a downloader fails, with the reason."""
    october = replace(CLIENTS["october"], identity="demoted")
    outcome, job = await made(store, october, replace(october, roles=frozenset({Role.READER})))
    assert outcome is Outcome.FAILED
    document = await store[Collection.EXPORT_JOBS].find_one({"_id": job})
    assert document is not None
    assert document["problem"]["code"] == "ROLE"


async def test_a_file_of_a_node_knows_which_lines_it_may_name(store: Database) -> None:
    """Those that may be read on every day of it."""
    download = Download((), (NODE,), Question(View.DAY, date(2026, 10, 1), date(2026, 10, 2)), FileFormat.CSV)
    (part,) = await parts_of(store, CLIENTS["downloader"], download)
    assert isinstance(part, NodePart)
    assert part.named_in(download.question) == [OWN]
    assert part.lines == {OWN, TWIN, FAR}
    assert INNER not in part.lines
