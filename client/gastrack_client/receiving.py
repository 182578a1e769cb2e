"""An answer that is a file: its name, its manifest, its bytes into a part."""

from __future__ import annotations

import re
from collections.abc import Callable

import anyio.to_thread
import httpx2

from gastrack_client.errors import DownloadError
from gastrack_client.part_file import PartFile

MANIFEST_TYPE = "application/jose"
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[a-z]+="[^"]*")*)')
_FILE_NAME = re.compile(r'filename="([^"]*)"')
Progress = Callable[[int, int | None], None]
"""Is told how many bytes are there, and of how many where that is known."""


def nobody(_: int, __: int | None) -> None:
    """Tell nobody how far it is."""


async def receive(answer: httpx2.Response, part: PartFile, total: int | None, on_progress: Progress) -> None:
    """Append an answer's body to a part, as it comes: what has come is there, whenever it breaks off."""
    there = part.size
    async for block in answer.aiter_bytes():
        await anyio.to_thread.run_sync(part.write, block)
        there += len(block)
        on_progress(there, total)


def offered_name(answer: httpx2.Response) -> str:
    """Return the name that an answer offers for its file, empty where it offers none."""
    found = _FILE_NAME.search(answer.headers.get("Content-Disposition", ""))
    return found[1] if found else ""


def manifest_link(answer: httpx2.Response) -> str:
    """Return where an answer's manifest can be fetched.

    Raises:
        DownloadError: it does not say: this is no Gastrack, or an old one.
    """
    for target, parameters in _LINK.findall(answer.headers.get("Link", "")):
        if 'rel="describedby"' in parameters and f'type="{MANIFEST_TYPE}"' in parameters:
            return str(target)
    raise DownloadError("the answer names no manifest: what came cannot be verified")
