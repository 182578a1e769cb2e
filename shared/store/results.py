"""Where the files of exports rest: one small interface, and MongoDB's GridFS behind it.

A name is "job/attempt". What is being written is nobody's until the job's document names it, so a writer that dies
leaves something behind that no reader can meet and that `remove` clears away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Protocol

from bson.int64 import Int64

from shared.runtime.mongo import Database

BUCKET = "export_results"
CHUNK_BYTES = 1024 * 1024
"""Of one document: far below MongoDB's 16 MB; a reader of a part reads at most a chunk too much at each end."""


class ResultsAwayError(Exception):
    """The storage does not answer, or no longer has what was asked for: another try may help."""


class Results(Protocol):
    """Storage of whole files."""

    async def write(self, name: str, blocks: AsyncIterator[bytes | memoryview]) -> None:
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
    """Files in the database itself, as GridFS lays them: nothing else to run, to save and to restore.

    The driver's own writer holds 32 MB of a file, twice while it sends them, and its reader 16; here it is a chunk.
    """

    def __init__(self, database: Database) -> None:
        self._chunks, self._files = database[f"{BUCKET}.chunks"], database[f"{BUCKET}.files"]

    async def write(self, name: str, blocks: AsyncIterator[bytes | memoryview]) -> None:
        """Write a file whole: its chunks, then the document that makes them a file."""
        await self._chunks.create_index([("files_id", 1), ("n", 1)], unique=True)
        waiting, number = bytearray(), 0
        async for block in blocks:
            waiting += block
            while len(waiting) >= CHUNK_BYTES:
                await self._put(name, number, bytes(memoryview(waiting)[:CHUNK_BYTES]))
                del waiting[:CHUNK_BYTES]
                number += 1
        if waiting:
            await self._put(name, number, bytes(waiting))
        length = Int64(number * CHUNK_BYTES + len(waiting))
        fields = {"length": length, "chunkSize": CHUNK_BYTES, "uploadDate": datetime.now(UTC), "filename": name}
        await self._files.insert_one({"_id": name, **fields})

    async def _put(self, name: str, number: int, content: bytes) -> None:
        await self._chunks.insert_one({"files_id": name, "n": number, "data": content})

    async def read(self, name: str, first: int, end: int) -> AsyncIterator[bytes]:
        """Yield a part of a file, chunk by chunk; no cursor is held for a reader who takes his time."""
        while first < end:
            number, at = divmod(first, CHUNK_BYTES)
            chunk = await self._chunks.find_one({"files_id": name, "n": number}, {"data": 1})
            piece = b"" if chunk is None else chunk["data"][at : at + end - first]
            if not piece:
                raise ResultsAwayError(f"{name} ends before byte {end}")
            yield piece
            first += len(piece)

    async def remove(self, job: str, keep: str = "") -> None:
        """Remove what attempts of a job have written; the files first, so that none is there without its chunks."""
        names = {"$gte": f"{job}/", "$lt": f"{job}0"}
        await self._files.delete_many({"_id": {**names, "$ne": keep}})
        await self._chunks.delete_many({"files_id": {**names, "$ne": keep}})
