"""Orders of exports over HTTP: taken once, told to their owner alone, bounded, taken away."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from services.export.jobs.worker import JobWorker
from services.export.wiring import application
from shared.runtime.door import open_door
from shared.runtime.mongo import Database
from shared.store import export_jobs
from shared.store.export_jobs import Order
from tests.integration.export.conftest import NOW, ORDER, ordered, seen
from tests.integration.query.clients import client_of

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


async def test_an_order_becomes_the_file_that_a_download_is(export: httpx2.AsyncClient, worker: JobWorker) -> None:
    """202 and where to look; then the same bytes as at once, with their counts."""
    given = await export.post("/v1/exports", json=ORDER)
    assert (given.status_code, given.json()["state"]) == (202, "waiting")
    assert given.headers["location"] == f"/v1/exports/{given.json()['id']}"
    assert await worker.work_on_next()
    told = (await export.get(given.headers["location"])).json()
    assert (told["state"], told["progress"]["rows"], told["progress"]["rows_expected"]) == ("done", 745, 745)
    at_once = await export.get("/v1/download", params=ORDER)
    kept = await export.get(told["result"]["link"])
    assert kept.content == at_once.content
    assert kept.headers["content-disposition"] == at_once.headers["content-disposition"]
    assert kept.headers["content-type"] == at_once.headers["content-type"]
    assert told["asked"] == ORDER


async def test_the_same_key_and_body_are_one_order(export: httpx2.AsyncClient, other: httpx2.AsyncClient) -> None:
    """However often, at once too, and with or without quotes; of another caller it is another order."""
    asked = [export.post("/v1/exports", json=ORDER, headers=KEY) for _ in range(8)]
    bare = {"Idempotency-Key": KEY["Idempotency-Key"].strip('"')}
    answers = [*await asyncio.gather(*asked), await export.post("/v1/exports", json=ORDER, headers=bare)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await export.get("/v1/exports")).json()["rows"]) == 1
    theirs = await other.post("/v1/exports", json=ORDER, headers=KEY)
    assert theirs.json()["id"] != answers[0].json()["id"]


async def test_the_same_key_with_another_body_is_refused(export: httpx2.AsyncClient) -> None:
    """422, and nothing new is made; saying a default as empty is the same body."""
    first = await export.post("/v1/exports", json=ORDER, headers=KEY)
    again = await export.post("/v1/exports", json={**ORDER, "unit": ""}, headers=KEY)
    assert again.json()["id"] == first.json()["id"]
    refused = await export.post("/v1/exports", json={**ORDER, "unit": "GJ"}, headers=KEY)
    assert (refused.status_code, refused.json()["issues"][0]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len((await export.get("/v1/exports")).json()["rows"]) == 1


@pytest.mark.parametrize("key", ['""', '"unclosed', 'a"b', "two, keys", "x" * 256])
async def test_what_is_no_key_is_refused(export: httpx2.AsyncClient, key: str) -> None:
    """400, as the draft says."""
    refused = await export.post("/v1/exports", json=ORDER, headers={"Idempotency-Key": key})
    assert (refused.status_code, refused.json()["issues"][0]["code"]) == (400, "IDEMPOTENCY_KEY")


@pytest.mark.parametrize(
    ("body", "status", "position"),
    [
        ({**ORDER, "colour": "blue"}, 422, "colour"),
        ({**ORDER, "line": ["NOPE"]}, 404, "line[0]"),
        ({**ORDER, "to": "2026-09-01"}, 422, "to"),
        ({"from": "2026-10-01"}, 422, "line"),
    ],
)
async def test_bad_orders_are_refused(
    export: httpx2.AsyncClient, body: dict[str, object], status: int, position: str
) -> None:
    """As a download is, with the position; unknown names too."""
    refused = await export.post("/v1/exports", json=body)
    assert (refused.status_code, refused.json()["issues"][0]["position"]) == (status, position)


async def test_another_caller_sees_nothing(
    export: httpx2.AsyncClient, other: httpx2.AsyncClient, worker: JobWorker
) -> None:
    """The same 404 as for what was never there, for every way to it; his list is empty."""
    job = await ordered(export)
    await worker.work_on_next()
    for method, path in (("GET", ""), ("GET", "/result"), ("DELETE", "")):
        theirs = await other.request(method, f"/v1/exports/{job}{path}")
        never = await other.request(method, f"/v1/exports/{'0' * 32}{path}")
        assert theirs.status_code == never.status_code == 404
        assert theirs.json()["issues"][0]["message"].replace(job, "") == (
            never.json()["issues"][0]["message"].replace("0" * 32, "")
        )
    assert (await other.get("/v1/exports")).json() == {"rows": [], "next": None}
    assert (await seen(export, job))["state"] == "done"


async def test_a_list_goes_on_page_by_page(export: httpx2.AsyncClient) -> None:
    """The newest first, each once."""
    made = [await ordered(export) for _ in range(3)]
    first = (await export.get("/v1/exports", params={"limit": 2})).json()
    rest = (await export.get(first["next"])).json()
    listed = [row["id"] for row in (*first["rows"], *rest["rows"])]
    assert (listed, rest["next"]) == (sorted(made, reverse=True), None)


async def test_waiting_orders_are_bounded(database: Database, other: httpx2.AsyncClient, worker: JobWorker) -> None:
    """429 with the limit, for this caller alone; a key that was used is answered all the same; room comes back."""
    async with client_of(application(database, open_door("carl"), lambda: NOW, most_open_exports=2)) as carl:
        first = await carl.post("/v1/exports", json=ORDER, headers=KEY)
        await ordered(carl)
        refused = await carl.post("/v1/exports", json=ORDER)
        assert (refused.status_code, refused.json()["issues"][0]["code"]) == (429, "TOO_MANY_EXPORTS")
        assert refused.json()["issues"][0]["message"].startswith("2 exports")
        assert int(refused.headers["retry-after"]) > 0
        assert (await carl.post("/v1/exports", json=ORDER, headers=KEY)).json()["id"] == first.json()["id"]
        await ordered(other)
        while await worker.work_on_next():
            pass
        await ordered(carl)


async def test_what_schedules_order_leaves_room(database: Database) -> None:
    """A night of many deliveries refuses nobody's own order."""
    async with client_of(application(database, open_door("carl"), lambda: NOW, most_open_exports=1)) as carl:
        for number in range(3):
            key = f"{export_jobs.OF_A_SCHEDULE}{number}"
            await export_jobs.create(database, "carl", Order(("BE-0042-A",), (), {}), 0, key=key)
        await ordered(carl)
        assert (await carl.post("/v1/exports", json=ORDER)).status_code == 429


async def test_a_removed_order_is_gone_and_its_key_free(export: httpx2.AsyncClient, worker: JobWorker) -> None:
    """It is not worked on; the same key makes a new one."""
    job = (await export.post("/v1/exports", json=ORDER, headers=KEY)).json()["id"]
    assert (await export.delete(f"/v1/exports/{job}")).status_code == 204
    assert (await export.delete(f"/v1/exports/{job}")).status_code == 404
    assert not await worker.work_on_next()
    assert (await export.post("/v1/exports", json=ORDER, headers=KEY)).json()["id"] != job
