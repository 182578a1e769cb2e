"""The client: asks a question, receives its file at once or as a job, verifies it, and gives it its name."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio.to_thread

from gastrack_client.connection import Connection, Identity
from gastrack_client.errors import DownloadError, PassingError, RefusedError
from gastrack_client.manifest import Keys, Manifest, read_manifest, verify_file
from gastrack_client.ordered import Ordered
from gastrack_client.part_file import PartFile, place_for, write_whole
from gastrack_client.question import Question
from gastrack_client.receiving import Progress, manifest_link, nobody, offered_name, receive
from gastrack_client.retrying import Attempts, Retrying

TOO_LARGE_AT_ONCE = frozenset({"TOO_MANY_ROWS", "TOO_LARGE_AT_ONCE"})
"""Why a question is refused that can be ordered."""


class Mode(StrEnum):
    """How a file comes."""

    AUTO = "auto"
    """At once; as a job where the service says that it is too large for that."""
    AT_ONCE = "at-once"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is whole and verified, and its manifest beside it."""

    file: Path
    manifest_file: Path
    manifest: Manifest


class AsyncClient:
    """Downloads from one address; to be used as `async with`."""

    def __init__(
        self, url: str, *, identity: Identity | None = None, keys: Keys | None = None, retrying: Retrying | None = None
    ) -> None:
        """Take the address.

        Args:
            url: The one address of a Gastrack.
            identity: Client certificate and whom to trust; without one as the system does.
            keys: The keys that may sign manifests; without them those that the address itself publishes.
            retrying: How often and how patiently what passes by itself is tried again.
        """
        self._connection = Connection(url, identity or Identity(), retrying or Retrying())
        self._keys = keys

    async def __aenter__(self) -> Self:
        await self._connection.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.__aexit__(kind, fault, trace)

    async def download(
        self,
        question: Question,
        to: Path | str,
        *,
        mode: Mode = Mode.AUTO,
        on_progress: Progress = nobody,
        wait_seconds: float = 4 * 3600.0,
    ) -> Downloaded:
        """Bring the answer to a question into a file; until it is whole and verified nothing stands under its name.

        Args:
            question: What is asked.
            to: The file, or an existing folder: then it is called as the service suggests.
            mode: At once, as a job, or as the service prefers.
            on_progress: Is told after each block how far it is.
            wait_seconds: How long a job may take.

        Raises:
            RefusedError: the question is wrong, or not yours to ask.
            UnavailableError: the service cannot be reached.
            UnfinishedError: the job failed, or takes too long.
            NotVerifiedError: what came is not what was signed.
            DownloadError: anything else, the disk for instance; all others are one too.
        """
        place = Path(to)
        if mode is not Mode.JOB:
            try:
                return await self._at_once(question, place, on_progress)
            except RefusedError as fault:
                if mode is Mode.AT_ONCE or TOO_LARGE_AT_ONCE.isdisjoint(fault.codes):
                    raise
        ordered = Ordered(self._connection, question, place, wait_seconds)
        with contextlib.closing(await ordered.file(on_progress)) as part:
            done = await self._verified(part, ordered.manifest_link)
        ordered.forget()
        return done

    async def keys(self) -> Keys:
        """Return the keys that may sign: the given ones, else those that the address publishes at the moment."""
        return self._keys or Keys.of_set((await self._connection.asked("GET", "/v1/keys")).json())

    async def _at_once(self, question: Question, to: Path, on_progress: Progress) -> Downloaded:
        """Stream a file, from its begin each time that it breaks off: nobody keeps the rest of it."""
        attempts = Attempts(self._connection.retrying)
        while True:
            try:
                async with self._connection.streamed("/v1/download", params=question.parameters) as answer:
                    with contextlib.closing(PartFile(place_for(to, offered_name(answer)))) as part:
                        part.open()
                        part.restart()
                        await receive(answer, part, None, on_progress)
                        return await self._verified(part, manifest_link(answer))
            except PassingError as fault:
                await attempts.failed(fault)

    async def _verified(self, part: PartFile, link: str) -> Downloaded:
        """Verify what has come and give it its name; its manifest goes first, so that no file is ever without."""
        text = (await self._connection.asked("GET", link)).text
        manifest = read_manifest(text, await self.keys())
        try:
            await anyio.to_thread.run_sync(part.flush)
            await anyio.to_thread.run_sync(verify_file, part.path, manifest)
        except DownloadError:
            part.discard()
            raise
        beside = part.final.with_name(part.final.name + ".manifest")
        write_whole(beside, manifest.text + "\n")
        part.publish()
        return Downloaded(part.final, beside, manifest)
