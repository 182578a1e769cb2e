"""Where the files of exports rest: one small interface, and MongoDB's GridFS behind it.

A name is "job/attempt". What is being written is nobody's until the job's document names it, so a writer that dies
leaves something behind that no reader can meet and that `remove` clears away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from shared.runtime.mongo import Database, GridFault, bucket

BUCKET = "export_results"
CHUNK_BYTES = 1024 * 1024
"""Of one document: far below MongoDB's 16 MB; a reader of a part reads at most a chunk too much at each end."""


class ResultsAwayError(Exception):
    """The storage does not answer, or no longer has what was asked for: another try may help."""


class Results(Protocol):
    """Storage of whole files."""

    async def write(self, name: str, blocks: AsyncIterator[bytes]) -> None:
        """Write a file whole; returns once it is safe.

        Raises:
            ResultsAwayError: it could not be written.
        """

    def read(self, name: str, first: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes `first` (inclusive) to `end` (exclusive) of a file, in pieces.

        Raises:
            ResultsAwayError: they are not there.
        """

    async def remove(self, job: str, keep: str = "") -> None:
        """Remove all that attempts of a job have written, whole or not, but for the file named `keep`."""


class GridResults:
    """Files in the database itself: nothing else to run, to save and to restore."""

    def __init__(self, database: Database) -> None:
        self._bucket = bucket(database, BUCKET, CHUNK_BYTES)
        self._chunks, self._files = database[f"{BUCKET}.chunks"], database[f"{BUCKET}.files"]

    async def write(self, name: str, blocks: AsyncIterator[bytes]) -> None:
        """Write a file whole."""
        upload = self._bucket.open_upload_stream_with_id(name, name)
        async for block in blocks:
            await upload.write(block)
        await upload.close()

    async def read(self, name: str, first: int, end: int) -> AsyncIterator[bytes]:
        """Yield a part of a file, chunk by chunk."""
        try:
            stream = await self._bucket.open_download_stream(name)
            stream.seek(first)
            left = end - first
            while left > 0:
                chunk = (await stream.readchunk())[:left]
                if not chunk:
                    raise ResultsAwayError(f"{name} ends before byte {end}")
                left -= len(chunk)
                yield chunk
        except GridFault as fault:
            raise ResultsAwayError(str(fault)) from fault

    async def remove(self, job: str, keep: str = "") -> None:
        """Remove what attempts of a job have written; the files first, so that none is there without its chunks."""
        names = {"$gte": f"{job}/", "$lt": f"{job}0"}
        await self._files.delete_many({"_id": {**names, "$ne": keep}})
        await self._chunks.delete_many({"files_id": {**names, "$ne": keep}})
