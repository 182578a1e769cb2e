"""The use case of the export service: a download, streamed in blocks, refused before its first byte or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from services.export import csv_file, escaping, xml_file
from services.export.asked import Download, FileFormat
from services.export.blocks import beside_nobody, block_of, blocks_of, counts_of
from services.export.tally import Tally
from shared.access.caller import Caller
from shared.domain.topology import Line
from shared.domain.view import HourRows, PeriodRows, ended_before
from shared.runtime.http import not_found
from shared.runtime.mongo import Database
from shared.store.lines import find_line


async def lines_of(database: Database, caller: Caller, download: Download) -> list[Line]:
    """Return the lines of a download.

    Raises:
        ProblemError: 404, the same whether a line is unknown or not the caller's.
    """
    lines = []
    for place, line in enumerate(download.lines):
        found = await find_line(database, line) if caller.may_read(line) else None
        if found is None:
            raise not_found(f"line[{place}]", f"line {line!r} is not known here")
        lines.append(found.line)
    return lines


async def file_of(
    database: Database, lines: list[Line], download: Download, now: datetime, tally: Tally
) -> AsyncIterator[bytes]:
    """Write a file block by block: the heading goes with the first block, so that an early fault is still an answer.

    `tally` counts what was given out; it is whole when the file is.
    """
    async for block in _blocks(database, lines, download, now, tally):
        tally.add_bytes(block)
        yield block


async def _blocks(
    database: Database, lines: list[Line], download: Download, now: datetime, tally: Tally
) -> AsyncIterator[bytes]:
    ended, has_gas = ended_before(now), any(line.gas for line in lines)
    waiting = _header(download, has_gas=has_gas)
    for line in lines:
        async for rows in blocks_of(database, line, download.question, ended):
            whole = beside_nobody(rows) if has_gas else rows
            written = await asyncio.to_thread(_written, line, download, whole)
            tally.add_rows(*counts_of(rows))
            yield waiting + written
            waiting = b""
    footer = xml_file.footer(tally.rows) if download.format is FileFormat.XML else b""
    if waiting or footer:
        yield waiting + footer


def _header(download: Download, *, has_gas: bool) -> bytes:
    if download.format is FileFormat.XML:
        return xml_file.header(download.question)
    return csv_file.header(download.question, download.dialect, has_gas=has_gas)


def _written(line: Line, download: Download, rows: HourRows | PeriodRows) -> bytes:
    if download.format is FileFormat.XML:
        return xml_file.rows(block_of(line, download.question, rows, escaping.xml_attribute), download.question.view)
    return csv_file.rows(block_of(line, download.question, rows, escaping.csv_text), download.dialect)
