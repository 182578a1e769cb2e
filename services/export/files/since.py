"""Only what changed: the rows of a file as known at one moment that are not in it as known at an earlier one.

Rows are compared as they are published, so whatever makes a row another one counts: another value, a close, an accepted
hour, a better analysis, another name. The later moment is the next earlier one: of one file after the other nothing is
lost, and nothing comes twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from services.export.files.asked import Download
from services.export.files.blocks import Block, Counts
from services.export.files.layout import FileColumn, Kind, Layout
from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.period import Question, View
from shared.domain.published import Column
from shared.domain.topology import Issue
from shared.domain.view import HourRows, PeriodRows
from shared.runtime.mongo import Database
from shared.runtime.problem import unprocessable
from shared.store.as_known import least_watermark_ms
from shared.store.documents import Collection
from shared.store.gas_quality import version_of
from shared.store.lines import RegisteredLine
from shared.store.measurements import month_versions

Numbers = NDArray[np.int64]
REPLACED = FileColumn(
    "replaces_revision",
    "replaces_revision",
    "replaces_revision",
    Kind.WHOLE,
    meaning="Revision that stood at the moment since which changes were asked for; empty where nothing was known.",
)
_MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows as the columns of a file, and what they were made of; none where what they are of was not known yet."""

    block: Block
    rows: HourRows | PeriodRows
    known_at_ms: int = 0

    @property
    def keys(self) -> Numbers:
        """The first hour of each row, ascending."""
        if isinstance(self.rows, HourRows):
            return np.arange(self.rows.hours.start, self.rows.hours.stop)
        return self.rows.starts

    @property
    def revisions(self) -> Numbers:
        """The revision of each hour, 0 where nothing is known; of a node, how many changes of its lines."""
        rows = self.rows
        told = rows.known["revision"] if isinstance(rows, HourRows) else rows.rollups["changes"]
        return told.astype(np.int64)

    def counts_of(self, chosen: Numbers) -> Counts:
        """Return what some rows come to."""
        rows = self.rows
        if isinstance(rows, HourRows):
            present, known_at = rows.has_values[chosen], rows.known["known_at"][chosen]
            return Counts(len(chosen), len(chosen), int(present.sum()), int(known_at.max(initial=0)))
        rollups, expected = rows.rollups[chosen], int(rows.expected[chosen].sum())
        present, known_at = rollups["hours_present"], rollups["known_at"]
        return Counts(len(chosen), expected, int(present.sum()), int(known_at.max(initial=0)))


async def pinned(database: Database, download: Download, now: datetime) -> Download:
    """Return a download that asks for changes as one between two moments; any other as it is.

    The later moment is the asked `known_at`, but never one of which more may still become known.

    Raises:
        ProblemError: 422 where the earlier moment lies in the future.
    """
    since_ms = download.since_ms
    if since_ms is None:
        return download
    if since_ms > now.timestamp() * 1000:
        text_ = "since lies in the future: nothing can have changed after it yet"
        raise unprocessable([Issue("SINCE", "since", text_)])
    settled_ms = max(0, await least_watermark_ms(database) - 1)
    until_ms = settled_ms if download.known_at_ms is None else min(download.known_at_ms, settled_ms)
    return replace(download, known_at_ms=max(since_ms, until_ms))


def with_replaced(layout: Layout, download: Download) -> Layout:
    """Return the columns of a file of changes: of hours also which revision each one replaces."""
    if download.since_ms is None or download.question.view is not View.HOUR:
        return layout
    return Layout((*layout.columns, REPLACED))


def changes(then: Shown | None, now: Shown | None, layout: Layout) -> tuple[Block, Counts]:
    """Return the rows of `now` that are not in `then` just so, with the revision that each one replaces."""
    if now is None:
        return Block([], 0), Counts(0, 0, 0, 0)
    place = _places(then, now.keys)
    is_same = place >= 0
    for column, before in zip(now.block.columns, then.block.columns if then else (), strict=then is not None):
        left = np.flatnonzero(is_same)
        is_same[left] = _equal(column, left, before, place[left])
    chosen = np.flatnonzero(~is_same)
    columns = [_taken(column, chosen) for column in now.block.columns]
    if layout.columns[-1:] == (REPLACED,):
        columns[-1] = _replaced(then, place[chosen])
    return Block(columns, len(chosen)), now.counts_of(chosen)


async def changed_stretches(
    database: Database, line: RegisteredLine, questions: Iterator[Question], since_ms: int
) -> AsyncIterator[Question]:
    """Leave out the months of hours of a line in which nothing can have changed: their versions say so."""
    document = await database[Collection.TOPOLOGY].find_one({"_id": f"line|{line.line.id}"}, {"known_at": 1})
    is_another_line = document is None or int(document["known_at"]) > since_ms
    for question in questions:
        if is_another_line or question.view is not View.HOUR:
            yield question
            continue
        changed = await _changed_months(database, line, question, since_ms)
        for month in changed:
            first = max(question.first, gas_time.first_day_of_month(month))
            end = min(question.end, gas_time.first_day_of_month(gas_time.next_month(month)))
            yield replace(question, first=first, end=end)


async def _changed_months(database: Database, line: RegisteredLine, question: Question, since_ms: int) -> Iterator[str]:
    gas = await version_of(database, line.line, question.hours)
    if gas is not None and gas.known_at_ms > since_ms:
        return iter(question.months)
    versions = await month_versions(database, line.line.id, question)
    latest = {one.month.rpartition("|")[2]: max(one.known_at_ms, one.status_known_at_ms) for one in versions}
    ended = since_ms // _MS_PER_HOUR
    return (
        month
        for month in question.months
        if latest.get(month, 0) > since_ms or gas_time.hours_of_month(month).stop > ended
    )


def _places(then: Shown | None, keys: Numbers) -> Numbers:
    """Return where each row stood then, -1 where it was not there."""
    if then is None or not len(then.keys):
        return np.full(len(keys), -1)
    before = then.keys
    place = np.minimum(np.searchsorted(before, keys), len(before) - 1)
    return np.where(before[place] == keys, place, -1)


def _equal(now: Column, at: Numbers, then: Column, place: Numbers) -> NDArray[np.bool_]:
    """Say where cells say the same: both nothing, or both the same text."""
    is_told, was_told = _present(now, at), _present(then, place)
    pairs = zip(now.cells[at], then.cells[place], strict=True)
    is_same = np.array([_text(one) == _text(other) for one, other in pairs], np.bool_)
    told: NDArray[np.bool_] = (is_told == was_told) & (is_same | ~is_told)
    return told


def _text(cell: NDArray[np.uint8]) -> bytes:
    return cell.tobytes().replace(b"\0", b"")


def _present(column: Column, at: Numbers) -> NDArray[np.bool_]:
    return np.ones(len(at), np.bool_) if column.present is None else column.present[at]


def _taken(column: Column, chosen: Numbers) -> Column:
    present = None if column.present is None else column.present[chosen]
    as_json = None if column.as_json is None else column.as_json[chosen]
    return Column(column.name, column.cells[chosen], column.is_number, present, column.group, as_json)


def _replaced(then: Shown | None, place: Numbers) -> Column:
    stood = np.zeros(len(place), np.int64)
    if then is not None:
        there = place >= 0
        stood[there] = then.revisions[place[there]]
    return Column(REPLACED.name, text.decimals(stood, 0), is_number=True, present=stood > 0)
