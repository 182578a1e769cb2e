"""Files of exports in storage that speaks S3: objects of one size, so that each is written whole or not at all.

An upload in parts, which S3 has of its own, leaves parts behind that no listing shows when its writer dies. Objects of
our own are found by their prefix, and a part of a file is read from those that hold it. Who we are there is told by the
environment, as S3's own tools read it (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.store.results import ResultsAwayError

if TYPE_CHECKING:
    from obstore.store import S3Store

OBJECT_BYTES = 8 * 1024 * 1024
"""Of one object: a file of 2.6 million rows makes some 60 of them; a writer holds one, a reader a piece of one."""
PIECE_BYTES = 1024 * 1024
"""What a reader holds at a time."""
MOST_RETRIES = 3
"""Within a second; whoever is away for longer is tried again with the whole job."""


def s3_store(bucket: str, endpoint: str = "") -> S3Store:
    """Return a bucket; an empty endpoint is that of the region.

    Raises:
        SystemExit: the extra `s3` is not installed.
    """
    try:
        from obstore.store import S3Store as Store  # noqa: PLC0415 - heavy, and only where it is asked for
    except ImportError:
        raise SystemExit("results in S3 need the extra `s3`: install gastrack[s3]") from None
    is_plain = endpoint.startswith("http://")
    return Store(
        bucket,
        endpoint=endpoint or None,
        client_options={
            "allow_http": is_plain,
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
        },
        retry_config={"max_retries": MOST_RETRIES, "retry_timeout": timedelta(seconds=30)},
    )


@contextmanager
def _faults_told() -> Iterator[None]:
    """Let what the library raises be told in our words; its errors have one root, which only it knows."""
    from obstore.exceptions import BaseError  # noqa: PLC0415 - as above

    try:
        yield
    except (BaseError, FileNotFoundError, PermissionError) as fault:
        raise ResultsAwayError(str(fault)[:300]) from fault


class S3Results:
    """Files in a bucket, below a prefix."""

    def __init__(self, store: S3Store, prefix: str = "") -> None:
        self._store, self._prefix = store, f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    async def write(self, name: str, blocks: AsyncIterator[bytes | memoryview]) -> None:
        """Write a file whole, object by object."""
        waiting, number = bytearray(), 0
        async for block in blocks:
            waiting += block
            while len(waiting) >= OBJECT_BYTES:
                await self._put(name, number, bytes(waiting[:OBJECT_BYTES]))
                del waiting[:OBJECT_BYTES]
                number += 1
        await self._put(name, number, bytes(waiting))

    async def read(self, name: str, first: int, end: int) -> AsyncIterator[bytes]:
        """Yield a part of a file, piece by piece; none reaches over the end of an object."""
        while first < end:
            number, at = divmod(first, OBJECT_BYTES)
            size = min(end - first, PIECE_BYTES, OBJECT_BYTES - at)
            yield await self._get(name, number, at, size)
            first += size

    async def find(self, job: str) -> list[str]:
        """Return the paths of what attempts of a job have written.

        Raises:
            ResultsAwayError: the storage does not answer, or lets nobody in.
        """
        with _faults_told():
            return [one["path"] async for some in self._store.list(f"{self._prefix}{job}") for one in some]

    async def remove(self, job: str, keep: str = "") -> None:
        """Remove what attempts of a job have written."""
        kept = f"{self._prefix}{keep}/" if keep else None
        with _faults_told():
            async for found in self._store.list(f"{self._prefix}{job}"):
                paths = [one["path"] for one in found if kept is None or not one["path"].startswith(kept)]
                await self._store.delete_async(paths)

    async def _put(self, name: str, number: int, content: bytes) -> None:
        with _faults_told():
            await self._store.put_async(self._path(name, number), content, use_multipart=False)

    async def _get(self, name: str, number: int, at: int, size: int) -> bytes:
        with _faults_told():
            return bytes(await self._store.get_range_async(self._path(name, number), start=at, length=size))

    def _path(self, name: str, number: int) -> str:
        return f"{self._prefix}{name}/{number:06d}"
