"""Findings: filtered, page by page by an index, explained in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import numpy as np
import pytest

from deploy.local.servers import Servers
from shared.domain import gas_time
from shared.domain.quantities import ABSENT
from shared.domain.revision import HOUR
from shared.runtime.mongo import SyncDatabase, connect
from shared.store.documents import Collection, ensure_collections

Database = SyncDatabase[dict[str, Any]]
OCTOBER = gas_time.hours_of_day(date(2026, 10, 24)).start
SEPTEMBER = gas_time.hours_of_day(date(2026, 9, 3)).start


def finding(place: int, rule: str, hours: list[int], **others: Any) -> dict[str, Any]:
    """Return a finding as aggregation leaves it; two by two they became known together."""
    told = {"line": "BE-0042-A", "rule": rule, "severity": "F", "p": 0, "state": "open", "log_offset": place}
    numbers = {"hours": hours, "observed": [3.5] * len(hours), "threshold": [2.0] * len(hours)}
    identity = {"_id": f"telemetry/0/{place}/0|{rule}", "known_at": 1_790_000_000_000 + place // 2}
    return {**identity, **told, **numbers, **others}


def settled_findings() -> Iterator[dict[str, Any]]:
    """Return a finding with one hour open and one accepted, and one whose hour was superseded; of another line."""
    accepted = {"hours": [SEPTEMBER, SEPTEMBER + 9], "how": "accepted", "known_at": 1_790_000_100_000, "decision": 41}
    superseded = {"hours": [SEPTEMBER], "how": "superseded", "known_at": 1_790_000_100_000, "decision": None}
    told: dict[str, Any] = {"line": "BE-0042-B", "rules_version": "2"}
    yield finding(7, "C5", [SEPTEMBER, SEPTEMBER + 1], open=[SEPTEMBER + 1], settled=[accepted], **told)
    yield finding(8, "C7", [SEPTEMBER], open=[], settled=[superseded], **{**told, "state": "settled"})


@pytest.fixture(scope="module")
def findings(database: Database) -> Iterator[Database]:
    """Five findings of one rule, a held reading, and of another line a failed rule and two that somebody settled."""
    held = np.zeros(2, HOUR)
    held["volume"], held["energy"] = [7_500, ABSENT], [85_000, ABSENT]
    stored = [finding(place, "C1", [SEPTEMBER + place]) for place in range(4)]
    stored.append(finding(4, "C1", [OCTOBER, OCTOBER + 1]))
    nothing = {"observed": [None, None], "threshold": [None, None]}
    hours = [OCTOBER + 1, OCTOBER + 2]
    stored.append(finding(5, "HELD:OLDER", hours, **nothing, severity="W", rows=held.tobytes()))
    stored.append(finding(6, "DEFECT:D7", [OCTOBER], line="BE-0042-B"))
    stored += list(settled_findings())
    database[Collection.FINDINGS].insert_many(stored)
    yield database
    database[Collection.FINDINGS].delete_many({})


async def rows(query: httpx2.AsyncClient, **asked: str) -> list[dict[str, Any]]:
    """Return the rows of an answer."""
    given = await query.get("/v1/findings", params=asked)
    assert given.status_code == 200, given.text
    found: list[dict[str, Any]] = given.json()["rows"]
    return found


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({}, [8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ({"line": "BE-0042-A"}, [5, 4, 3, 2, 1, 0]),
        ({"line": "BE-0042-A", "from": "2026-10-24"}, [5, 4]),
        ({"to": "2026-09-04"}, [8, 7, 3, 2, 1, 0]),
        ({"from": "2026-09-04", "to": "2026-10-24"}, []),
        ({"rule": "DEFECT:D7"}, [6]),
        ({"severity": "W", "state": "open"}, [5]),
        ({"state": "settled"}, [8]),
    ],
)
@pytest.mark.usefixtures("findings")
async def test_findings_are_filtered_and_the_newest_stand_first(
    query: httpx2.AsyncClient, asked: dict[str, str], places: list[int]
) -> None:
    """By line, gas days, rule, severity and state."""
    assert [int(row["id"].split("/")[2]) for row in await rows(query, **asked)] == places


@pytest.mark.usefixtures("findings")
async def test_pages_follow_each_other(query: httpx2.AsyncClient) -> None:
    """Each finding stands on one page, those that became known in the same moment too; filters go along."""
    address, seen, pages = "/v1/findings?line=BE-0042-A&severity=F&limit=2", [], 0
    while address:
        body = (await query.get(address)).json()
        seen += [row["id"] for row in body["rows"]]
        address, pages = body["next"], pages + 1
    assert (pages, len(seen), seen) == (3, 5, sorted(seen, reverse=True))


@pytest.mark.usefixtures("findings")
async def test_a_finding_says_what_it_means(query: httpx2.AsyncClient) -> None:
    """Rule, hours and numbers; a held reading also what it said, a failed rule that it is our fault."""
    defect, held, rule = (await rows(query))[2:5]
    assert (rule["title"], rule["observed"], rule["threshold"]) == ("physical range", [3.5, 3.5], [2.0, 2.0])
    assert rule["starts"] == ["2026-10-24T04:00:00Z", "2026-10-24T05:00:00Z"]
    assert "More gas in an hour than the line can carry" in rule["words"]
    assert (held["held_volume_m3n"], held["held_energy_kwh"]) == ([7.5, None], [85.0, None])
    assert held["words"] == "The hour has a value of the same rank that was sent later."
    assert "rows" not in held
    assert (defect["line"], defect["title"]) == ("BE-0042-B", "rule D7 failed")


@pytest.mark.usefixtures("findings")
async def test_a_finding_says_what_became_of_it(query: httpx2.AsyncClient) -> None:
    """Its open hours, and how the others were settled; what was found before that was kept is open."""
    superseded, accepted, old = (await rows(query))[:3]
    assert (accepted["open_starts"], accepted["rules_version"]) == (["2026-09-03T05:00:00Z"], "2")
    assert accepted["settled"] == [
        {
            "starts": ["2026-09-03T04:00:00Z"],
            "how": "accepted",
            "known_at": "2026-09-21T14:15:00.000Z",
            "decision": 41,
        }
    ]
    assert (superseded["state"], superseded["open_starts"]) == ("settled", [])
    assert (superseded["settled"][0]["how"], superseded["settled"][0]["decision"]) == ("superseded", None)
    assert (old["open_starts"], old["settled"], old["rules_version"]) == (old["starts"], [], None)


@pytest.mark.parametrize("asked", [{}, {"line": "BE-0042-A"}])
async def test_pages_are_read_by_an_index(
    query: httpx2.AsyncClient, findings: Database, stack: Servers, asked: dict[str, str]
) -> None:
    """No page sorts, and none reads more documents than it shows, wherever it begins."""
    store = connect(stack.mongo_uri, findings.name)
    await ensure_collections(store)
    store.client.close()
    link = (await query.get("/v1/findings", params={**asked, "limit": "2"})).json()["next"]
    findings.command("profile", 2)
    await query.get(link)
    findings.command("profile", 0)
    (told,) = findings["system.profile"].find({"ns": f"{findings.name}.findings", "op": "query"})
    findings.drop_collection("system.profile")
    assert told["planSummary"].startswith("IXSCAN")
    assert "hasSortStage" not in told
    assert told["docsExamined"] <= 3


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("cursor=QQ", "CURSOR"),
        ("cursor=w6k", "CURSOR"),
        ("severity=X", "LITERAL_ERROR"),
        ("state=gone", "LITERAL_ERROR"),
    ],
)
async def test_what_cannot_be_asked_is_refused(query: httpx2.AsyncClient, asked: str, code: str) -> None:
    """A cursor of another list, a severity that no finding has."""
    given = await query.get(f"/v1/findings?{asked}")
    assert (given.status_code, given.json()["issues"][0]["code"]) == (422, code)


async def test_findings_of_a_line_that_nobody_knows(query: httpx2.AsyncClient) -> None:
    """404, as everywhere, and not an empty list."""
    assert (await query.get("/v1/findings?line=NOPE")).status_code == 404
