"""A file that is ordered: the order is sent, looked after until its file is there, and fetched part by part.

What was ordered is noted beside the file, so that a program that was killed goes on with the same order and with the
bytes that it has.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
import httpx2

from gastrack_client.connection import Connection
from gastrack_client.errors import DownloadError, PassingError, RefusedError, UnfinishedError
from gastrack_client.part_file import PartFile, place_for, write_whole
from gastrack_client.question import Question
from gastrack_client.receiving import Progress, manifest_link, receive
from gastrack_client.retrying import Attempts

FIRST_LOOK_SECONDS, MOST_LOOK_SECONDS = 0.2, 5.0
NOTE_SECONDS = 12 * 3600.0
"""How long an order is gone on with: whoever asks the same tomorrow wants what is known then."""
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.CONFLICT})
Told = Mapping[str, Any]


class Ordered:
    """One order and its file."""

    def __init__(self, connection: Connection, question: Question, to: Path, wait_seconds: float) -> None:
        self._connection, self._order, self._to, self._wait_seconds = connection, question.order, to, wait_seconds
        self._note = _note_beside(to, connection.url, self._order)
        self.manifest_link = ""

    async def file(self, on_progress: Progress) -> PartFile:
        """Order, wait and fetch; return the file's part, open, with all that the service says there is.

        Raises:
            UnfinishedError: the order failed, expired, or takes too long.
            DownloadError: it is refused, nobody answers, the disk is full ...
        """
        key, is_old = self._key()
        try:
            result = await self._result(key)
        except UnfinishedError:
            self.forget()  # whoever tries again orders anew
            raise
        part = PartFile(place_for(self._to, str(result["file_name"])))
        part.open()
        try:
            if not is_old:
                part.restart()  # of another order, or of none
            await self._fetch(result, part, on_progress)
        except BaseException:
            part.close()
            raise
        return part

    def forget(self) -> None:
        """Forget the order: its file is there, or never will be."""
        self._note.unlink(missing_ok=True)

    def _key(self) -> tuple[str, bool]:
        """Return the order's Idempotency-Key, and whether an earlier program has noted it."""
        try:
            if time.time() - self._note.stat().st_mtime < NOTE_SECONDS:
                return str(json.loads(self._note.read_text(encoding="utf-8"))["key"]), True
        except (FileNotFoundError, ValueError, KeyError):
            pass  # there is no order to go on with: a new one is made
        key = str(uuid4())
        write_whole(self._note, json.dumps({"key": key, "order": self._order}) + "\n")
        return key, False

    async def _result(self, key: str) -> Told:
        """Return the result of the order once there is one."""
        headers = {"Idempotency-Key": key}
        ordered = await self._connection.asked("POST", "/v1/exports", json=self._order, headers=headers)
        where, told, wait = ordered.headers["Location"], ordered.json(), FIRST_LOOK_SECONDS
        with anyio.move_on_after(self._wait_seconds):
            while told["state"] in {"waiting", "running"}:
                await anyio.sleep(wait)
                wait = min(MOST_LOOK_SECONDS, wait * 1.5)
                told = await self._looked(where)
            return _result_of(told)
        raise DownloadError(f"the export {where} is not done after {self._wait_seconds:.0f} s: try again later")

    async def _looked(self, where: str) -> Told:
        try:
            told: Told = (await self._connection.asked("GET", where)).json()
        except RefusedError as fault:
            raise UnfinishedError(f"the export {where} is no longer there: {fault}") from fault
        return told

    async def _fetch(self, result: Told, part: PartFile, on_progress: Progress) -> None:
        """Fetch what is missing, again and again from where it broke off."""
        size, attempts = int(result["size"]), Attempts(self._connection.retrying)
        while True:
            if part.size > size:
                part.restart()
            before = part.size
            try:
                await self._fetch_rest(str(result["link"]), size, part, on_progress)
            except PassingError as fault:
                if part.size > before:
                    attempts.progressed()
                await attempts.failed(fault)
            except RefusedError as fault:
                if fault.status in _GONE:
                    raise UnfinishedError(f"the file of the export is no longer there: {fault}") from fault
                raise
            else:
                return

    async def _fetch_rest(self, link: str, size: int, part: PartFile, on_progress: Progress) -> None:
        """Append what is missing; one answer. What is whole already is asked for its last byte, for its manifest."""
        begin = min(part.size, max(size - 1, 0))
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={begin}-"} if begin else {})}
        async with self._connection.streamed(link, headers=headers) as answer:
            self.manifest_link = manifest_link(answer)
            part.cut(begin if _continues(answer, begin) else 0)
            await receive(answer, part, size, on_progress)
        if part.size < size:
            raise PassingError(f"the answer ended after {part.size:,} of {size:,} bytes")


def _continues(answer: httpx2.Response, begin: int) -> bool:
    """Say whether an answer is the part that was asked for; else it is the whole file."""
    if answer.status_code != HTTPStatus.PARTIAL_CONTENT:
        return False
    if not answer.headers.get("Content-Range", "").startswith(f"bytes {begin}-"):
        raise DownloadError(f"asked for bytes from {begin}, got {answer.headers.get('Content-Range')}")
    return True


def _result_of(told: Told) -> Told:
    result: Told | None = told.get("result")
    if told["state"] == "done" and result is not None:
        return result
    problem = told.get("problem") or {}
    why = problem.get("message") or problem.get("code") or "no reason was given"
    raise UnfinishedError(f"the export {told['id']} is {told['state']}: {why}")


def _note_beside(to: Path, url: str, order: Mapping[str, object]) -> Path:
    """Return where an order is noted: of each question to each address a note of its own."""
    mark = hashlib.sha256(json.dumps([url, order], sort_keys=True).encode()).hexdigest()[:12]
    return to / f".gastrack-{mark}.order" if to.is_dir() else to.with_name(f"{to.name}.{mark}.order")
