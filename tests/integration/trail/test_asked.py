"""Who sees the trail: auditors all of it, an administrator the readers of his company's own lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import httpx2
import pytest

from services.query.wiring import application
from shared.access.caller import Caller, Rights
from shared.access.days import ALWAYS, Days
from shared.access.read import Read, What
from shared.access.roles import Role
from shared.runtime.door import everybody_is
from shared.runtime.trail import Reading
from shared.store.documents import Collection
from tests.integration.query.clients import client_of
from tests.integration.trail.conftest import PERIOD, Trailing
from tests.registered import a_company, a_right, put
from tests.remembered_reads import Remembering

AUDITOR = Caller("carla", frozenset({Role.AUDITOR}), "GRID")
_DAYS = {"A-1": ALWAYS, "A-2": Days(((date(2026, 11, 1), date(2026, 12, 1)),))}
_PASSED_ON = {**_DAYS, "B-1": ALWAYS}
ADMINISTRATOR = Caller("anna", frozenset({Role.ADMINISTRATOR}), "ACME", Rights("acme", _PASSED_ON, {"NODE-A": ALWAYS}))
"""May read B-1 as well, which another company passed on to his: who reads that is not his to know."""
READ = (
    Reading("anna", "ACME", "192.0.2.1", Read(What.MEASUREMENTS, ("A-1",), (), (), *PERIOD)),
    Reading("bart", "BETA", "192.0.2.2", Read(What.FILE, ("A-1", "A-2", "B-1"), ("NODE-A",), ("Z",), *PERIOD)),
    Reading("bart", "BETA", "192.0.2.2", Read(What.MEASUREMENTS, ("A-2",), (), (), *PERIOD)),
    Reading("bart", "BETA", "192.0.2.2", Read(What.MEASUREMENTS, ("B-1",), (), (), *PERIOD)),
)


@pytest.fixture
async def read(trailing: Trailing) -> Trailing:
    """Some have read: their own lines, another's, both in one file; a person behind each is known."""
    for one in READ:
        trailing.trail.tell(one)
    async with trailing.chaining():
        await trailing.until_chained(len(READ))
    put(trailing.database.delegate, a_company("ACME"))
    own = (
        a_right("1", line="A-1"),
        a_right("2", line="A-2", days=_DAYS["A-2"].runs[0], client="bea"),
        a_right("3", node="NODE-A"),
    )
    put(trailing.database.delegate, *own, a_right("4", line="B-1", delegated_by="BETA"))
    persons = [{"_id": "anna", "name": "Anna Aerts"}, {"_id": "bart", "name": "Bart Bos"}]
    await trailing.database[Collection.PERSONS].insert_many(persons)
    return trailing


@asynccontextmanager
async def asking(trailing: Trailing, caller: Caller) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the query service."""
    async with client_of(application(trailing.database, everybody_is(caller), trail=Remembering())) as client:
        yield client


async def rows(trailing: Trailing, caller: Caller, query: str = "") -> list[dict[str, Any]]:
    """Return the readings that somebody sees, in the order of client and lines."""
    async with asking(trailing, caller) as client:
        answer = await client.get(f"/v1/access/readings{query}")
    assert answer.status_code == 200, answer.text
    return sorted(answer.json()["rows"], key=lambda row: (row["client"], row["lines"]))


async def test_an_auditor_sees_all(read: Trailing) -> None:
    """Whole entries, with addresses; of a line, a node, and days on which it was read."""
    found = await rows(read, AUDITOR)
    assert [(row["client"], row["lines"]) for row in found] == [
        ("anna", ["A-1"]),
        ("bart", ["A-1", "A-2", "B-1"]),
        ("bart", ["A-2"]),
        ("bart", ["B-1"]),
    ]
    whole = found[1]
    assert (whole["what"], whole["from"], whole["to"], whole["times"]) == ("file", "2026-10-01", "2026-11-01", 1)
    assert (whole["address"], whole["name"], whole["chromatographs"]) == ("192.0.2.2", None, ["Z"])
    assert len(await rows(read, AUDITOR, "?line=B-1")) == 2
    assert len(await rows(read, AUDITOR, "?node=NODE-A")) == 1
    assert await rows(read, AUDITOR, "?to=2026-01-01") == []
    assert len(await rows(read, AUDITOR, "?from=2026-01-01")) == len(READ)


async def test_an_administrator_sees_the_readers_of_his_own_lines(read: Trailing) -> None:
    """Of each entry only what is his on the days that were read; of others neither name nor address."""
    own, other = await rows(read, ADMINISTRATOR)
    assert (own["client"], own["lines"], own["name"], own["address"]) == ("anna", ["A-1"], "Anna Aerts", "192.0.2.1")
    assert (other["client"], other["company"], other["lines"], other["nodes"]) == ("bart", "BETA", ["A-1"], ["NODE-A"])
    assert (other["name"], other["address"], other["chromatographs"]) == (None, None, [])
    assert [row["client"] for row in await rows(read, ADMINISTRATOR, "?line=A-1")] == ["anna", "bart"]
    assert await rows(read, ADMINISTRATOR, "?line=A-2") == []


async def test_what_is_not_his_is_as_what_is_not_there(read: Trailing) -> None:
    """The same 404, and 403 for who has no role for it, whatever he asks."""
    async with asking(read, ADMINISTRATOR) as client:
        answers = [await client.get(f"/v1/access/readings?line={line}") for line in ("B-1", "NOPE")]
        nodes = [await client.get(f"/v1/access/readings?node={node}") for node in ("NODE-B", "NOPE")]
        wrong = await client.get("/v1/access/readings?cursor=eHx5")
    assert {answer.status_code for answer in (*answers, *nodes)} == {404}
    assert answers[0].text.replace("B-1", "NOPE") == answers[1].text
    assert wrong.status_code == 422
    async with asking(read, replace(ADMINISTRATOR, roles=frozenset({Role.READER}))) as client:
        assert [(await client.get(f"/v1/access/readings?line={line}")).status_code for line in ("A-1", "X")] == [
            403
        ] * 2


@pytest.mark.parametrize("caller", [AUDITOR, ADMINISTRATOR], ids=["auditor", "administrator"])
async def test_page_by_page_as_all_at_once(read: Trailing, caller: Caller) -> None:
    """Nothing twice, nothing left out, whatever may not be shown between."""
    async with asking(read, caller) as client:
        link, seen = "/v1/access/readings?limit=1", []
        while link:
            told = (await client.get(link)).json()
            seen += [row["id"] for row in told["rows"]]
            link = told["next"]
        at_once = (await client.get("/v1/access/readings")).json()
    assert seen == [row["id"] for row in at_once["rows"]]
    assert at_once["next"] is None
