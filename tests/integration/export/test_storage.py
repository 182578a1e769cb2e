"""Where files of exports rest: the same behaviour in GridFS and in storage that speaks S3, both real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from gridfs import GridFSBucket

from services.export.jobs.attempt import Workshop
from services.export.jobs.worker import JobWorker
from services.export.settings import ExportSettings
from services.export.wiring import application, results_of
from shared.runtime.door import open_door
from shared.runtime.mongo import Database, synchronous
from shared.store.results import BUCKET as BUCKET_NAME
from shared.store.results import GridResults, Results, ResultsAwayError
from shared.store.results_s3 import OBJECT_BYTES, S3Results
from tests.callers import everybody_may
from tests.integration.export.conftest import NOW, ordered, seen
from tests.integration.export.s3_server import ACCESS, BUCKET, REGION, SECRET, S3Server, program
from tests.integration.query.clients import client_of

SIZE = OBJECT_BYTES + 3_000_000
CONTENT = bytes(range(251)) * (SIZE // 251 + 1)
"""Of no power of two, so that a chunk that is out of place is seen."""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server that speaks S3."""
    binary = program()
    if binary is None:
        pytest.skip("neither versitygw nor Go to build it is here: storage that speaks S3 is not tested")
    server = S3Server(binary, tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.process.stop()


def settings(results: str, endpoint: str) -> ExportSettings:
    """Return the settings that choose a storage."""
    return ExportSettings(
        mongo_uri="mongodb://nowhere",
        kafka_bootstrap="nowhere:1",
        operations_port=1,
        http_port=1,
        demo_identity="anna",
        export_results=results,
        export_s3_endpoint=endpoint,
    )


@pytest.fixture(params=["gridfs", f"s3://{BUCKET}", f"s3://{BUCKET}/below/this"])
def storage(request: pytest.FixtureRequest, database: Database, monkeypatch: pytest.MonkeyPatch) -> Results:
    """Each storage, as its setting makes it."""
    if request.param == "gridfs":
        return results_of(settings("gridfs", ""), database)
    for name, value in (("ACCESS_KEY_ID", ACCESS), ("SECRET_ACCESS_KEY", SECRET), ("REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    server: S3Server = request.getfixturevalue("s3")
    return results_of(settings(request.param, server.endpoint), database)


async def blocks(content: bytes, step: int = 700_001) -> AsyncIterator[bytes]:
    """Yield a file in blocks."""
    for at in range(0, len(content), step):
        yield content[at : at + step]


async def read(storage: Results, name: str, first: int, end: int) -> bytes:
    """Return a part of a file."""
    return b"".join([piece async for piece in storage.read(name, first, end)])


async def test_what_is_written_is_read(storage: Results) -> None:
    """The whole, every kind of part, and a file without bytes."""
    await storage.write("j1/a", blocks(CONTENT))
    end, border = len(CONTENT), OBJECT_BYTES
    for first, last in ((0, end), (0, 1), (border - 1, border + 1), (border, end), (end - 1, end), (7, 7)):
        assert await read(storage, "j1/a", first, last) == CONTENT[first:last]
    await storage.write("j1/empty", blocks(b""))
    assert await read(storage, "j1/empty", 0, 0) == b""
    await storage.remove("j1")


async def test_the_drivers_tools_read_it(database: Database) -> None:
    """It is GridFS: whoever looks into the database with the tools for that finds the file."""
    await GridResults(database).write("j5/a", blocks(CONTENT))
    assert GridFSBucket(synchronous(database), BUCKET_NAME).open_download_stream("j5/a").read() == CONTENT


async def test_removing_takes_what_belongs_to_a_job(storage: Results) -> None:
    """All of it but what is kept; of no other job, whatever its name begins with."""
    for name in ("j2/a", "j2/b", "j2/ab", "j22/a"):
        await storage.write(name, blocks(name.encode() * 9))
    await storage.remove("j2", keep="j2/a")
    assert await read(storage, "j2/a", 0, 4) == b"j2/a"
    for gone in ("j2/b", "j2/ab"):
        with pytest.raises(ResultsAwayError):
            await read(storage, gone, 0, 1)
    await storage.remove("j2")
    with pytest.raises(ResultsAwayError):
        await read(storage, "j2/a", 0, 1)
    assert await read(storage, "j22/a", 0, 5) == b"j22/a"
    await storage.remove("j22")


async def test_what_a_dead_writer_left_is_removed(storage: Results) -> None:
    """Though it was never whole."""

    async def breaking() -> AsyncIterator[bytes]:
        yield CONTENT * 4
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await storage.write("j3/a", breaking())
    await storage.remove("j3")
    with pytest.raises(ResultsAwayError):
        await read(storage, "j3/a", 0, 1)


async def test_an_export_rests_there(storage: Results, database: Database) -> None:
    """Ordered, written, fetched in parts, and nothing left when it is removed."""
    async with client_of(application(database, open_door("anna"), lambda: NOW, storage)) as client:
        job = await ordered(client)
        await JobWorker(Workshop(database, storage, everybody_may)).work_on_next()
        told = await seen(client, job)
        assert told["state"] == "done", told
        whole = (await client.get(told["result"]["link"])).content
        part = await client.get(told["result"]["link"], headers={"Range": "bytes=100-"})
    assert len(whole) == told["result"]["size"]
    assert part.content == whole[100:]


async def test_nothing_is_left_in_a_bucket(s3: S3Server, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects of a job that is removed are gone from the server's disk."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    storage = results_of(settings(f"s3://{BUCKET}/own", s3.endpoint), database)
    assert isinstance(storage, S3Results)
    await storage.write("j4/a", blocks(CONTENT))
    assert [name for name in s3.objects() if name.startswith("own/")] == ["own/j4/a/000000", "own/j4/a/000001"]
    await storage.remove("j4")
    assert not [name for name in s3.objects() if name.startswith("own/")]
