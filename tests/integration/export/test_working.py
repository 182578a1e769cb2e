"""Workers on exports: one of them has a job, a dead one's job is begun anew, what is lost changes nothing any more."""

from __future__ import annotations

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from deploy.local.ports import free_ports
from deploy.local.services import Service
from services.export.jobs.attempt import Workshop
from services.export.jobs.sweeping import Sweeper
from services.export.jobs.worker import JobWorker
from shared.access.caller import NO_RIGHTS, Caller, demo_caller
from shared.access.roles import Role
from shared.runtime.mongo import Database
from shared.store import export_claims
from shared.store.results import BUCKET, GridResults
from shared.store.results_s3 import S3Results, s3_store
from tests.integration.export.conftest import MANY, ordered, seen

LONG = {"line": MANY[:10], "from": "2023-11-01", "to": "2026-11-01"}
"""263,000 rows, 35 MB: seconds, in which a worker can be met at work."""
WITHIN_SECONDS = 90.0
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask until a condition holds; fail with what was waited for."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await condition():  # noqa: ASYNC110 - the store, and not this loop, knows when
            await asyncio.sleep(0.02)
    assert what


async def start(service: Service) -> None:
    """Start a process and wait until it is ready."""
    service.start()
    await asyncio.to_thread(service.wait_ready)


async def is_at_work(database: Database) -> bool:
    """Say whether a worker has written something of a file that is not whole."""
    return await database[f"{BUCKET}.chunks"].find_one({}, {"_id": 1}) is not None


async def names_left(database: Database) -> set[str]:
    """Return the names under which there are bytes."""
    files = await database[f"{BUCKET}.files"].distinct("_id")
    return {*files, *await database[f"{BUCKET}.chunks"].distinct("files_id")}


async def assert_whole(export: httpx2.AsyncClient, database: Database, job: str, asked: dict[str, Any]) -> None:
    """The file is the one that a download is, and nothing else is left."""
    told = await seen(export, job)
    assert (told["state"], told["problem"]) == ("done", None)
    at_once = await export.get("/v1/download", params=asked)
    kept = (await export.get(told["result"]["link"])).content
    assert hashlib.sha256(kept).hexdigest() == told["result"]["sha256"] == hashlib.sha256(at_once.content).hexdigest()
    document = await database["export_jobs"].find_one({"_id": job})
    assert document is not None
    await until(lambda: _is_all(database, document["result"]["name"]), "nothing else is left")


async def _is_all(database: Database, name: str) -> bool:
    return await names_left(database) == {name}


async def test_a_worker_that_is_killed_leaves_no_partial_file(
    export: httpx2.AsyncClient, database: Database, processes: list[Service]
) -> None:
    """Kill -9 in the middle: no file is offered, the next process begins anew, and clears away what was left."""
    first, second = processes
    job = await ordered(export, **LONG)
    await start(first)
    await until(lambda: is_at_work(database), "the first is at work")
    first.process.kill()
    told = await seen(export, job)
    assert (told["state"], told["result"]) == ("running", None)
    assert (await export.get(f"/v1/exports/{job}/result")).status_code == 409
    await start(second)
    await until(lambda: _is(export, job, "done"), "the second has done it")
    assert (await seen(export, job))["attempts"] == 2
    await assert_whole(export, database, job, LONG)


async def test_a_worker_that_was_silent_for_too_long_changes_nothing(
    export: httpx2.AsyncClient, database: Database, processes: list[Service]
) -> None:
    """Stopped in the middle, overtaken, and awake again while the other works: the file is the other's."""
    first, second = processes
    job = await ordered(export, **LONG)
    await start(first)
    await until(lambda: is_at_work(database), "the first is at work")
    first.process.send_signal(signal.SIGSTOP)
    silent = (await _document(database, job))["attempt"]
    await start(second)
    await until(lambda: _has_begun(database, job, 2), "the second has begun")
    first.process.send_signal(signal.SIGCONT)
    await until(lambda: _is(export, job, "done"), "the second has done it")
    assert (await _document(database, job))["result"]["name"] != f"{job}/{silent}"
    assert (await seen(export, job))["attempts"] >= 2


async def test_two_workers_and_one_job(export: httpx2.AsyncClient, shop: Workshop) -> None:
    """One of them has it."""
    job = await ordered(export)
    worked = await asyncio.gather(*(JobWorker(shop).work_on_next() for _ in range(8)))
    assert worked.count(True) == 1
    assert (await seen(export, job))["attempts"] == 1


async def test_a_worker_that_stops_gives_back(export: httpx2.AsyncClient, shop: Workshop, database: Database) -> None:
    """At once, and the attempt is not counted; the next worker does it."""
    job = await ordered(export, **LONG)
    worker = JobWorker(shop)
    await worker.start()
    await until(lambda: is_at_work(database), "it is at work")
    await worker.stop()
    await worker.ended()
    told = await seen(export, job)
    assert (told["state"], told["attempts"]) == ("waiting", 0)
    assert await JobWorker(shop).work_on_next()
    await assert_whole(export, database, job, LONG)


async def test_a_job_that_is_taken_away_is_not_written_to_its_end(
    export: httpx2.AsyncClient, shop: Workshop, database: Database
) -> None:
    """The worker notices, and nothing is left once it is swept."""
    job = await ordered(export, **LONG)
    working = asyncio.create_task(JobWorker(replace(shop, lease_seconds=2)).work_on_next())
    await until(lambda: is_at_work(database), "it is at work")
    assert (await export.delete(f"/v1/exports/{job}")).status_code == 204
    assert await working

    async def is_swept() -> bool:
        await Sweeper(shop).sweep()
        return await database["export_jobs"].count_documents({}) == 0

    await until(is_swept, "it is swept once the lease is over")
    assert await names_left(database) == set()


async def test_a_job_over_which_workers_die_fails(
    export: httpx2.AsyncClient, shop: Workshop, database: Database
) -> None:
    """After as many attempts as may be, with the reason; nobody takes it any more."""
    job = await ordered(export)
    for _ in range(shop.most_attempts):
        assert await export_claims.claim(database, "dead", 1, shop.most_attempts)
        await Sweeper(shop).sweep()
        assert (await seen(export, job))["state"] == "running"
        await database["export_jobs"].update_one({"_id": job}, {"$set": {"lease_until": LONG_AGO}})
    assert not await JobWorker(shop).work_on_next()
    await Sweeper(shop).sweep()
    told = await seen(export, job)
    assert (told["state"], told["problem"]["code"]) == ("failed", "EXPORT_WORKERS_DIED")
    assert (await export.get(f"/v1/exports/{job}/result")).json()["state"] == "failed"


async def test_rights_are_looked_at_when_it_runs(export: httpx2.AsyncClient, shop: Workshop) -> None:
    """Whoever may no longer read a line gets no file with it; the reason is that of an unknown line."""
    job = await ordered(export)

    async def without_rights(identity: str) -> Caller:
        return Caller(identity, frozenset({Role.DOWNLOADER}))

    await JobWorker(replace(shop, caller_named=without_rights)).work_on_next()
    told = await seen(export, job)
    assert (told["state"], told["problem"]["code"], told["problem"]["position"]) == ("failed", "NOT_FOUND", "line[0]")


class EndlessResults(GridResults):
    """Files of which the last byte never comes: who writes one is at work until he is stopped."""

    async def write(self, name: str, blocks: AsyncIterator[bytes | memoryview]) -> None:
        """Write a file but for its end."""

        async def endless() -> AsyncIterator[bytes | memoryview]:
            async for block in blocks:
                yield block
            await asyncio.Event().wait()

        await super().write(name, endless())


async def test_a_right_that_is_lost_ends_the_work(
    export: httpx2.AsyncClient, shop: Workshop, database: Database
) -> None:
    """Once the register says so, with the reason, in the middle of the file; nothing of it is left for anybody."""
    job = await ordered(export, **LONG)
    anna = demo_caller("anna")

    async def as_long_as_nothing_is_written(_: str) -> Caller:
        return replace(anna, rights=NO_RIGHTS) if await is_at_work(database) else anna

    endless = replace(shop, caller_named=as_long_as_nothing_is_written, results=EndlessResults(database))
    async with asyncio.timeout(WITHIN_SECONDS):
        await JobWorker(endless).work_on_next()
    told = await seen(export, job)
    assert (told["state"], told["problem"]["code"]) == ("failed", "RIGHT_LOST")
    assert (await export.get(f"/v1/exports/{job}/result")).status_code == 409


async def test_only_downloaders_get_what_they_ordered(export: httpx2.AsyncClient, shop: Workshop) -> None:
    """Whoever has lost the role since he ordered."""
    job = await ordered(export)

    async def reader(identity: str) -> Caller:
        return replace(demo_caller(identity), roles=frozenset({Role.READER}))

    await JobWorker(replace(shop, caller_named=reader)).work_on_next()
    assert (await seen(export, job))["problem"]["code"] == "ROLE"


async def test_an_error_of_ours_fails_the_job_alone(
    export: httpx2.AsyncClient, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker goes on with the next."""
    job = await ordered(export)
    with monkeypatch.context() as broken:
        broken.setattr("services.export.jobs.attempt.rows_of", lambda *_: 1 / 0)
        await JobWorker(shop).work_on_next()
    told = await seen(export, job)
    assert (told["state"], told["problem"]["code"]) == ("failed", "DEFECT")
    after = await ordered(export)
    await JobWorker(shop).work_on_next()
    assert await _is(export, after, "done")


async def test_storage_that_is_away_is_tried_again(
    export: httpx2.AsyncClient, shop: Workshop, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while, as often as may be; then the job fails with the reason."""
    job = await ordered(export)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    nobody_there = S3Results(s3_store("results", f"http://127.0.0.1:{free_ports(1)[0]}"))
    away = JobWorker(replace(shop, results=nobody_there, most_attempts=2))
    await away.work_on_next()
    told = await seen(export, job)
    assert (told["state"], told["attempts"]) == ("waiting", 1)
    assert not await away.work_on_next()
    await database["export_jobs"].update_one({"_id": job}, {"$set": {"lease_until": LONG_AGO}})
    await away.work_on_next()
    told = await seen(export, job)
    assert (told["state"], told["problem"]["code"]) == ("failed", "EXPORT_GAVE_UP")


async def _is(export: httpx2.AsyncClient, job: str, state: str) -> bool:
    return bool((await seen(export, job))["state"] == state)


async def _has_begun(database: Database, job: str, attempt: int) -> bool:
    return bool((await _document(database, job))["attempts"] >= attempt)


async def _document(database: Database, job: str) -> dict[str, Any]:
    found = await database["export_jobs"].find_one({"_id": job})
    assert found is not None
    return found
