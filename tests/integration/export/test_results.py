"""The file of an export over HTTP: whole, in parts, with its digests, until it expires."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from services.export.files import csvw
from services.export.jobs.attempt import Workshop
from services.export.jobs.sweeping import Sweeper
from services.export.jobs.worker import JobWorker
from services.export.wiring import application
from shared.access.caller import Caller
from shared.access.roles import Role
from shared.runtime.door import everybody_is
from shared.runtime.mongo import Database
from shared.store import results
from shared.store.export_jobs import JobState
from tests.integration.export.conftest import MANY, NOW, ordered, seen
from tests.integration.query.clients import client_of


def digest(content: bytes) -> str:
    """Return SHA-256 as RFC 9530 writes it."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


async def done(export: httpx2.AsyncClient, worker: JobWorker, **more: object) -> tuple[str, bytes]:
    """Return the link to a file that is there, and the file."""
    job = await ordered(export, **more)
    assert await worker.work_on_next()
    link = f"/v1/exports/{job}/result"
    return link, (await export.get(link)).content


async def test_a_whole_file_tells_what_it_is(export: httpx2.AsyncClient, worker: JobWorker) -> None:
    """Length, digests of content and file, a strong tag; not compressed on the way, for the digest is of the bytes."""
    link, content = await done(export, worker)
    given = await export.get(link, headers={"Accept-Encoding": "zstd, gzip"})
    assert (given.status_code, given.headers["content-length"]) == (200, str(len(content)))
    assert "content-encoding" not in given.headers
    assert given.headers["content-digest"] == given.headers["repr-digest"] == digest(content)
    assert given.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert given.headers["accept-ranges"] == "bytes"


async def test_csv_tells_what_its_columns_mean(export: httpx2.AsyncClient, worker: JobWorker) -> None:
    """As a file that is streamed does: the metadata name the file and exactly its columns."""
    link, content = await done(export, worker)
    head = (await export.head(link)).headers
    (meaning,) = (one.partition(">")[0].removeprefix("<") for one in head["link"].split(", ") if csvw.MEDIA_TYPE in one)
    told = (await export.get(meaning)).json()
    assert f'filename="{told["url"]}"' in head["content-disposition"]
    titles = [column["titles"] for column in told["tableSchema"]["columns"]]
    assert titles == content.decode().splitlines()[0].split(",")


async def test_head_tells_the_same_without_the_file(export: httpx2.AsyncClient, worker: JobWorker) -> None:
    """The digest of the file, none of a content that is not there."""
    link, content = await done(export, worker)
    head = await export.head(link)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(content)))
    assert head.headers["repr-digest"] == digest(content)
    assert "content-digest" not in head.headers


async def test_a_file_that_was_broken_off_is_gone_on_with(export: httpx2.AsyncClient, worker: JobWorker) -> None:
    """By Range from what is there, over the bounds of chunks; the parts together have the digest of the whole."""
    link, content = await done(export, worker, line=MANY[:2], **{"from": "2024-01-01", "to": "2026-11-01"})
    assert len(content) > 2 * results.CHUNK_BYTES
    got, tag = b"", ""
    async with export.stream("GET", link) as answer:
        tag, whole = answer.headers["etag"], answer.headers["repr-digest"]
        async for block in answer.aiter_raw():
            got += block
            break
    while len(got) < len(content):
        step = min(len(got) + results.CHUNK_BYTES - 7, len(content)) - 1
        part = await export.get(link, headers={"Range": f"bytes={len(got)}-{step}", "If-Range": tag})
        assert (part.status_code, part.headers["repr-digest"]) == (206, whole)
        assert part.headers["content-range"] == f"bytes {len(got)}-{step}/{len(content)}"
        assert "content-digest" not in part.headers
        got += part.content
    assert digest(got) == whole


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [("bytes=0-0", 0, 1), ("bytes=10-", 10, None), ("bytes=-7", -7, None), ("Bytes=3-999999999", 3, None)],
)
async def test_parts(export: httpx2.AsyncClient, worker: JobWorker, asked: str, first: int, end: int | None) -> None:
    """From the front, from the end, and over the end."""
    link, content = await done(export, worker)
    part = await export.get(link, headers={"Range": asked})
    assert (part.status_code, part.content) == (206, content[first:end])


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1", "If-Range": '"another"'},
        {"Range": "bytes=0-1", "If-Range": "Mon, 23 Nov 2026 19:31:00 GMT"},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=5-2"},
        {"Range": "bytes=-"},
    ],
)
async def test_what_is_no_part_of_this_file_gives_all_of_it(
    export: httpx2.AsyncClient, worker: JobWorker, headers: dict[str, str]
) -> None:
    """Another file's tag, several parts, and what cannot be read."""
    link, content = await done(export, worker)
    given = await export.get(link, headers=headers)
    assert (given.status_code, given.content) == (200, content)


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
async def test_a_part_behind_the_end_is_refused(export: httpx2.AsyncClient, worker: JobWorker, asked: str) -> None:
    """416 with the size."""
    link, content = await done(export, worker)
    refused = await export.get(link, headers={"Range": asked})
    assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{len(content)}")


async def test_who_has_it_is_told_so(export: httpx2.AsyncClient, worker: JobWorker) -> None:
    """304 without the file."""
    link, content = await done(export, worker)
    tag = hashlib.sha256(content).hexdigest()
    for held in (f'"x", "{tag}"', f'W/"{tag}"', "*"):
        given = await export.get(link, headers={"If-None-Match": held})
        assert (given.status_code, given.content) == (304, b"")


async def test_there_is_no_file_before_it_is_done(export: httpx2.AsyncClient) -> None:
    """409 with the state, and when to ask again."""
    job = await ordered(export)
    early = await export.get(f"/v1/exports/{job}/result")
    assert (early.status_code, early.json()["state"]) == (409, "waiting")
    assert "retry-after" in early.headers


async def test_a_file_expires(
    export: httpx2.AsyncClient, worker: JobWorker, database: Database, shop: Workshop
) -> None:
    """410, before and after it is swept; then nothing of it is left, but the job is told for a while."""
    link, _ = await done(export, worker)
    job = link.split("/")[3]
    await database["export_jobs"].update_one({"_id": job}, {"$set": {"expires": NOW - timedelta(seconds=1)}})
    for _ in range(2):
        gone = await export.get(link)
        assert (gone.status_code, gone.json()["issues"][0]["code"]) == (410, "EXPORT_EXPIRED")
        told = await seen(export, job)
        assert (told["state"], told["result"]) == ("expired", None)
        await _leases_over(database)
        await Sweeper(shop).sweep()
    assert await left(database) == 0
    await database["export_jobs"].update_one({"_id": job}, {"$set": {"forget_at": NOW}})
    await Sweeper(shop).sweep()
    assert (await export.get(f"/v1/exports/{job}")).status_code == 404


async def test_rights_are_looked_at_again(export: httpx2.AsyncClient, worker: JobWorker, database: Database) -> None:
    """A file with a line that is no longer the caller's is the 404 of an unknown line."""
    link, _ = await done(export, worker)
    anna = Caller("anna", frozenset({Role.DOWNLOADER}))
    async with client_of(application(database, everybody_is(anna), lambda: NOW)) as without_rights:
        refused = await without_rights.get(link)
    assert (refused.status_code, refused.json()["issues"][0]["position"]) == (404, "line[0]")


async def test_a_removed_file_leaves_nothing(
    export: httpx2.AsyncClient, worker: JobWorker, database: Database, shop: Workshop
) -> None:
    """Neither the job nor its bytes."""
    link, _ = await done(export, worker)
    assert (await export.delete(link.removesuffix("/result"))).status_code == 204
    assert (await export.get(link)).status_code == 404
    await _leases_over(database)
    await Sweeper(shop).sweep()
    assert await left(database) == 0
    assert await database["export_jobs"].count_documents({}) == 0


async def left(database: Database) -> int:
    """Return how many documents of files there are."""
    return sum([await database[f"{results.BUCKET}.{name}"].count_documents({}) for name in ("files", "chunks")])


async def _leases_over(database: Database) -> None:
    """Let the worker's lease be over, as it is half a minute later."""
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    await database["export_jobs"].update_many({"state": {"$ne": JobState.RUNNING}}, {"$set": {"lease_until": long_ago}})
