"""Files over a real server: who leaves frees what he held, and slow readers stop nobody."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.servers import Servers
from services.export.files import file_stream
from services.export.wiring import application
from shared.domain import gas_time
from shared.runtime import metrics
from shared.runtime.door import open_door
from shared.runtime.http_face import HttpFace
from shared.runtime.mongo import SyncDatabase, connect
from shared.store.documents import Collection
from tests.integration.query.conftest import NOW
from tests.integration.query.stored_lines import a_line, plausible_hours, register, store_hours

PATIENCE_SECONDS = 30.0
SLOW = 100
LINES = [f"BE-0042-LONG-{place}" for place in range(9)]
FIRST = gas_time.first_day_of_month("2025-09")
RECEIVED_BYTES = 4_096
"""What the kernel takes for a reader who takes nothing himself."""
HOURS = range(gas_time.hours_of_day(FIRST).start, gas_time.hours_of_month("2026-10").stop)
QUERY = f"/v1/download?{'&'.join(f'line={line}' for line in LINES)}&from={FIRST}&to=2026-11-01"
"""18 MB of csv: more than what stands in the buffers between a server and a reader who takes nothing."""


@dataclass(slots=True)
class Serving:
    """A server of files."""

    port: int
    client: httpx2.AsyncClient

    async def slow_reader(self) -> asyncio.StreamWriter:
        """Ask for a file, take its first bytes, and then nothing."""
        _, writer = await self.slow_connection()
        return writer

    async def slow_connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The same, for one who takes the rest later."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
        connection.setblocking(False)  # noqa: FBT003 - what its function is called with
        await asyncio.get_running_loop().sock_connect(connection, (LOOPBACK, self.port))
        reader, writer = await asyncio.open_connection(sock=connection, limit=RECEIVED_BYTES)
        writer.write(f"GET {QUERY} HTTP/1.1\r\nHost: gastrack\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        return reader, writer

    async def until_open(self, count: int) -> None:
        """Wait until so many files are being sent."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while open_files() != count:  # noqa: ASYNC110 - the server tells nobody that a reader is gone
                await asyncio.sleep(0.01)


@pytest.fixture(scope="module", autouse=True)
def stored(database: SyncDatabase[dict[str, Any]]) -> None:
    """Give the lines the same fourteen months of hours."""
    register(database, *(a_line(line, FIRST) for line in LINES))
    store_hours(database, LINES[0], HOURS.start, plausible_hours(HOURS))
    for name in (Collection.LINE_DAYS, Collection.LINE_MONTHS):
        documents = list(database[name].find({"l": LINES[0]}))
        for line in LINES[1:]:
            copies = [{**one, "_id": one["_id"].replace(LINES[0], line), "l": line} for one in documents]
            database[name].insert_many(copies)


@pytest.fixture
async def serving(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> AsyncIterator[Serving]:
    """A real server over these lines."""
    async with served(stack, database, finishing_seconds=1.0) as made:
        yield made


@asynccontextmanager
async def served(
    stack: Servers, database: SyncDatabase[dict[str, Any]], finishing_seconds: float
) -> AsyncIterator[Serving]:
    """Give a server over these lines; in the end it is told to stop."""
    store, (port,) = connect(stack.mongo_uri, database.name), free_ports(1)
    face = HttpFace(application(store, open_door("demo"), lambda: NOW), LOOPBACK, port, finishing_seconds)
    await face.start()
    async with httpx2.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=PATIENCE_SECONDS) as client:
        yield Serving(port, client)
    await face.stop()
    store.client.close()


def open_files() -> float:
    """Return how many files are being sent, as the operations team sees it."""
    return metrics.CATALOGUE.get_sample_value("gastrack_export_downloads") or 0.0


async def test_who_disconnects_frees_what_he_held(serving: Serving) -> None:
    """In the middle of a file: no file is being sent any more, and nothing is read for it."""
    before = tasks()
    writers = [await serving.slow_reader() for _ in range(5)]
    await serving.until_open(5)
    for writer in writers:
        writer.transport.abort()
    await serving.until_open(0)
    assert len(tasks() - before) <= 5  # those of connections that are about to end


async def test_slow_readers_do_not_stop_a_fast_one(serving: Serving) -> None:
    """While a hundred take nothing, another gets his whole file."""
    writers = [await serving.slow_reader() for _ in range(SLOW)]
    await serving.until_open(SLOW)
    answer = await serving.client.get(QUERY)
    assert (answer.status_code, answer.content.count(b"\r\n")) == (200, len(LINES) * len(HOURS) + 1)
    assert open_files() == SLOW
    for writer in writers:
        writer.transport.abort()
    await serving.until_open(0)


async def test_who_takes_nothing_for_long_is_gone(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """His file ends unfinished, which the way that it is sent shows him."""
    monkeypatch.setattr(file_stream.FileStream.__init__, "__defaults__", (0.2,))
    writer = await serving.slow_reader()
    await serving.until_open(0)
    writer.transport.abort()


async def test_a_service_that_ends_cuts_a_slow_reader_off(
    stack: Servers, database: SyncDatabase[dict[str, Any]]
) -> None:
    """Within its time, and what he held is given back; he sees that the file is unfinished."""
    async with served(stack, database, finishing_seconds=0.2) as serving:
        reader, writer = await serving.slow_connection()
        await serving.until_open(1)
    still_open = open_files()
    async with asyncio.timeout(PATIENCE_SECONDS):
        taken = await reader.read()
    writer.transport.abort()
    assert still_open == 0
    assert taken
    assert not taken.endswith(b"0\r\n\r\n")


def tasks() -> set[asyncio.Task[Any]]:
    """Return what runs."""
    return asyncio.all_tasks()
