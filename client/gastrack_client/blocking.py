"""The client for programs without an event loop: the same one, run by a loop in a thread of its own."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from anyio.from_thread import BlockingPortal, start_blocking_portal

from gastrack_client.connection import Identity
from gastrack_client.downloads import AsyncClient, Downloaded, Mode
from gastrack_client.manifest import Keys
from gastrack_client.question import Question
from gastrack_client.receiving import Progress, nobody
from gastrack_client.retrying import Retrying


class Client:
    """Downloads from one address; to be used as `with`. Works in notebooks too, whose own loop it leaves alone."""

    def __init__(
        self, url: str, *, identity: Identity | None = None, keys: Keys | None = None, retrying: Retrying | None = None
    ) -> None:
        """Take what `AsyncClient` takes."""
        self._client = AsyncClient(url, identity=identity, keys=keys, retrying=retrying)
        self._running = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        with ExitStack() as running:
            self._portal = running.enter_context(start_blocking_portal())
            running.enter_context(self._portal.wrap_async_context_manager(self._client))
            self._running = running.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.__exit__(kind, fault, trace)

    def download(
        self,
        question: Question,
        to: Path | str,
        *,
        mode: Mode = Mode.AUTO,
        on_progress: Progress = nobody,
        wait_seconds: float = 4 * 3600.0,
    ) -> Downloaded:
        """Do what `AsyncClient.download` does, and return when it is done."""
        work = partial(self._client.download, mode=mode, on_progress=on_progress, wait_seconds=wait_seconds)
        return self._called.call(work, question, to)

    def keys(self) -> Keys:
        """Return the keys that may sign."""
        return self._called.call(self._client.keys)

    @property
    def _called(self) -> BlockingPortal:
        if self._portal is None:
            raise RuntimeError("use it as: with Client(...) as client")
        return self._portal
