"""The use case of the export service: a download, streamed in blocks, refused before its first byte or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime

from services.export.files.asked import Download
from services.export.files.formats import check_fits, writer_of
from services.export.files.moments import Moments
from services.export.files.parts import Part, layout_for, rows_of
from services.export.files.parts import parts_of as parts_of  # noqa: PLC0414 - who writes a file asks this module for both
from services.export.files.reading import FileRows
from services.export.files.rendered import KeptTexts, Rendered, form_of
from services.export.files.tally import Numbered, Tally
from services.export.files.writing import Text, Writer
from shared.domain.topology import Issue
from shared.domain.view import ended_before
from shared.runtime.mongo import Database
from shared.runtime.problem import unprocessable

MOST_ROWS_AT_ONCE = 3_000_000
"""Rows of a file that is streamed [P]: 100 lines over three years of hours are 2.6 million, some ten seconds."""
KEPT_ROWS = 100_000
"""Rows of a file whose months are kept: a larger one would only push out what others ask for again."""


def check_size(parts: Sequence[Part], download: Download, now: datetime) -> None:
    """Refuse what is too large to be streamed at once, or cannot be told.

    Raises:
        ProblemError: 422.
    """
    check_told(parts, download, now)
    rows = rows_of(parts, download.question, ended_before(now))
    if rows > MOST_ROWS_AT_ONCE:
        text = (
            f"{rows} rows are more than the {MOST_ROWS_AT_ONCE} of a download at once: ask for it by POST /v1/exports"
        )
        raise unprocessable([Issue("TOO_MANY_ROWS", "request", text)])


def check_told(parts: Sequence[Part], download: Download, now: datetime) -> None:
    """Refuse what asks for what is not known yet, or for more than its format can hold.

    Raises:
        ProblemError: 422.
    """
    if download.known_at_ms is not None and download.known_at_ms > now.timestamp() * 1000:
        text = "known_at lies in the future: nothing can be known at it yet"
        raise unprocessable([Issue("KNOWN_AT", "known_at", text)])
    check_fits(download.format, rows_of(parts, download.question, ended_before(now)))


async def file_of(  # noqa: PLR0913 - what, of whom, when, and what it comes to
    database: Database,
    parts: Sequence[Part],
    download: Download,
    now: datetime,
    tally: Tally,
    *,
    kept: KeptTexts | None = None,
) -> AsyncGenerator[Text, None]:
    """Write a file text by text: the heading waits for the first rows, so that an early fault is still an answer.

    `tally` counts what was given out; it is whole when the file is. `kept` are texts that others may have asked for.

    Raises:
        ProblemError: 422 before the first text for what the format cannot hold.
    """
    rows = rows_of(parts, download.question, ended_before(now))
    check_fits(download.format, rows)
    layout = layout_for(parts, download)
    # Whose library is loaded at its first use: that takes longer than the event loop should wait.
    writer = await asyncio.to_thread(writer_of, download, layout, rows)
    of_its_own = KeptTexts(0)
    chosen = kept if kept is not None and rows <= KEPT_ROWS else of_its_own
    counting = tally.count([], chosen.digests)
    async with aclosing(Moments(database)) as moments:
        read = FileRows(database, moments, download, layout, writer, form_of(download, layout), now, chosen)
        async with aclosing(read.of(parts)) as texts, aclosing(_blocks(texts, writer, tally)) as blocks:
            async for block in blocks:
                await counting
                counting = tally.count(block, chosen.digests)  # while the reader takes it
                for text, _ in block:
                    yield text
        await counting
        tally.moments = moments.shown


async def _blocks(
    texts: AsyncIterator[Sequence[Rendered]], writer: Writer, tally: Tally
) -> AsyncGenerator[Sequence[Numbered], None]:
    """Give what was read together: joined it would be copied once more, counted one by one cost a thread each."""
    waiting = writer.begin()
    async for some in texts:
        for one in some:
            counts = one.counts
            tally.add_rows(counts.rows, counts.hours_expected, counts.hours_present, counts.known_at_ms)
        # Text goes out as it is; to compress and to encode it takes long enough to leave the event loop for.
        put = _put(writer, some) if writer.keeps_text else [(await asyncio.to_thread(_encoded, writer, some), None)]
        if block := [one for one in ((waiting, None), *put) if one[0]]:
            yield block
        waiting = b""
    if last := waiting + writer.end(tally.rows):
        yield [(last, None)]


def _put(writer: Writer, texts: Sequence[Rendered]) -> list[Numbered]:
    return [(writer.put(one.text), one.number) for one in texts]


def _encoded(writer: Writer, texts: Sequence[Rendered]) -> bytes:
    return b"".join(writer.put(one.text) for one in texts)
