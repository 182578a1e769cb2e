"""A drill of exports: workers are killed again and again, and each file is whole or there is none."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time

import httpx2
import pytest

from deploy.local.services import Service
from shared.runtime.mongo import Database
from tests.chaos.drilling import count_of
from tests.integration.export.conftest import MANY, ordered, seen
from tests.integration.export.test_working import LONG, names_left, start, until

pytestmark = pytest.mark.drill
KILLS = 20
JOBS = 6
LONGER = {**LONG, "line": MANY}
"""Twice as long, so that most kills meet a worker at work."""


async def test_export_workers_are_killed(
    export: httpx2.AsyncClient, database: Database, processes: list[Service], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two workers, one after the other killed at random moments: every job is done, and nothing else is left."""
    chance, begun = random.Random("exports"), time.monotonic()  # noqa: S311 - the same moments every time
    for service in processes:
        service.process.environment = {**service.process.environment, "GASTRACK_EXPORT_ATTEMPTS": "100"}
        await start(service)
    jobs = [await ordered(export, **LONGER) for _ in range(JOBS)]
    for number in range(count_of(KILLS)):
        await asyncio.sleep(chance.uniform(0.2, 4))
        processes[number % 2].process.kill()
        told = [await seen(export, job) for job in jobs]
        assert all((one["result"] is not None) == (one["state"] == "done") for one in told)
        processes[number % 2].start()

    async def are_done() -> bool:
        return all([(await seen(export, job))["state"] == "done" for job in jobs])

    await until(are_done, "every job is done")
    whole = hashlib.sha256((await export.get("/v1/download", params=LONGER)).content).hexdigest()
    told = [await seen(export, job) for job in jobs]
    assert {one["result"]["sha256"] for one in told} == {whole}
    names = {document["result"]["name"] async for document in database["export_jobs"].find({})}
    assert await names_left(database) == names
    attempts = sum(one["attempts"] for one in told)
    with capsys.disabled():
        said = f"{JOBS} exports, {count_of(KILLS)} kills, {attempts} attempts, {time.monotonic() - begun:.0f} s"
        print(f"\nkill -9 export: {said}")  # noqa: T201 - the drill's result
