"""The rows of a file, some thousand at a time: memory does not grow with the file, nor round trips with its lines.

Hours of lines are read by months: what each month comes to is named by its versions, which are asked first; text that
is kept under them goes out as it is. All else is read as the API reads it, part by part.
All that is read is of the moment that the file shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import accumulate, groupby, islice, pairwise

from services.export.files.ahead import ahead
from services.export.files.asked import Download
from services.export.files.blocks import Block, Counts, MonthOfLine, block_of_months, block_of_view
from services.export.files.layout import Layout
from services.export.files.moments import Moments
from services.export.files.parts import LinePart, NodePart, Part, was_registered
from services.export.files.rendered import KeptTexts, Packed, Rendered
from services.export.files.since import Shown, changed_stretches, changes
from services.export.files.writing import Writer
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.topology import Line, Node
from shared.domain.view import HourRows, PeriodRows, ended_before, expected_hours
from shared.runtime.mongo import Database, Session
from shared.store.analyses import AnalysesVersion
from shared.store.asking import Asking
from shared.store.documents import month_id
from shared.store.gas_of_lines import gas_of_lines, versions_of_lines
from shared.store.lines import RegisteredLine
from shared.store.measurements import MonthState, hours_of_lines, month_states
from shared.store.node_views import NodeView, read_node_view
from shared.store.views import LineView, read_view

MONTHS_LOOKED_AT = 40
"""Months whose versions are asked for at a time: three years of a line by one query."""
MONTHS_AT_FIRST = 2
"""Read and written by themselves, so that a file begins at once."""
MONTHS_PER_BLOCK = 8
"""Months read and written at a time: some 5,900 rows, 250 day documents, 1.5 MB of text."""
MONTHS_PER_VIEW = 6
"""Months of hours of a node, or as known at a moment, read at a time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The hours of a gas month of a line for which rows exist."""

    registered: RegisteredLine
    month: str
    hours: range

    @property
    def id(self) -> str:
        """The id of the month's document."""
        return month_id(self.registered.line.id, self.month)


@dataclass(frozen=True, slots=True)
class Versions:
    """What names the content of a piece: the state of its month, None where nothing is stored, and of its gas."""

    state: MonthState | None
    gas: AnalysesVersion | None

    @property
    def is_closed(self) -> bool:
        """Whether the month is closed: it changes by corrections alone."""
        return self.state is not None and self.state.is_closed

    @property
    def known_at_ms(self) -> int:
        """When the latest change of status or gas became known."""
        status = self.state.version.status_known_at_ms if self.state else 0
        return max(status, self.gas.known_at_ms if self.gas else 0)


@dataclass(frozen=True, slots=True)
class FileRows:
    """Reads the rows of one file and writes them as text; `form` names how, for the texts that are kept."""

    database: Database
    moments: Moments
    download: Download
    layout: Layout
    writer: Writer
    form: str
    now: datetime
    kept: KeptTexts

    async def of(self, parts: Sequence[Part]) -> AsyncGenerator[Sequence[Rendered], None]:
        """Give the texts of rows, some at a time, in the order of the parts."""
        by_months = self.download.question.view is View.HOUR and self.download.known_at_ms is None
        for is_line, some in groupby(parts, key=lambda part: isinstance(part, LinePart)):
            if is_line and by_months:
                lines = [part.registered for part in some if isinstance(part, LinePart)]
                async with aclosing(self._by_months(lines)) as months:
                    async for rendered in months:
                        yield rendered
                continue
            for part in some:
                async with aclosing(self._by_views(part)) as views:
                    async for rendered in views:
                        yield rendered

    async def _by_months(self, lines: Sequence[RegisteredLine]) -> AsyncGenerator[Sequence[Rendered], None]:
        question, ended = self.download.question, ended_before(self.now)
        pieces = (piece for line in lines for piece in pieces_of(line, question, ended))
        at_first = MONTHS_AT_FIRST
        while looked_at := list(islice(pieces, MONTHS_LOOKED_AT)):
            async with aclosing(self._of_pieces(looked_at, at_first)) as read:
                async for rendered in read:
                    yield rendered
            at_first = MONTHS_PER_BLOCK

    async def _of_pieces(self, pieces: Sequence[Piece], at_first: int) -> AsyncGenerator[Sequence[Rendered], None]:
        async with self.moments.lent() as session:
            versions, moment = await self._versions(pieces, session), self.moments.shown
        found = [self.kept.get(self._key(*one)) for one in zip(pieces, versions, strict=True)]
        for is_kept, run in groupby(zip(pieces, versions, found, strict=True), key=lambda one: one[2] is not None):
            taken = list(run)
            edges = [0, *range(at_first, len(taken), MONTHS_PER_BLOCK), len(taken)]
            blocks = [taken[begin:end] for begin, end in pairwise(edges)]
            at_first = MONTHS_PER_BLOCK
            steps = (
                partial(asyncio.to_thread, _unpacked, [one for *_, one in block if one is not None])
                if is_kept
                else partial(self._read, [piece for piece, *_ in block], [one for _, one, _ in block], moment)
                for block in blocks
            )
            async with aclosing(ahead(steps)) as read:
                async for texts in read:
                    yield texts

    async def _read(self, pieces: Sequence[Piece], versions: Sequence[Versions], moment: int) -> list[Rendered]:
        wanted = [(piece.registered.line, piece.hours) for piece in pieces]
        async with self.moments.lent() as session:
            if self.moments.shown != moment:
                versions = await self._versions(pieces, session)
            closed = {piece.id for piece, one in zip(pieces, versions, strict=True) if one.is_closed}
            hours = await hours_of_lines(self.database, [(line.id, hours) for line, hours in wanted], closed, session)
            told = await gas_of_lines(self.database, wanted, session)
        months = [MonthOfLine(*one, known, gas) for one, known, gas in zip(wanted, hours, told, strict=True)]
        # Off the event loop: 5,900 rows take it some 8 ms.
        rendered, packed = await asyncio.to_thread(self._rendered, months, versions)
        for piece, one, text in zip(pieces, versions, packed, strict=False):
            self.kept.keep(self._key(piece, one), text)
        return rendered

    def _rendered(
        self, months: Sequence[MonthOfLine], versions: Sequence[Versions]
    ) -> tuple[list[Rendered], list[Packed]]:
        block = block_of_months(months, self.download.question, self.layout, self.writer.quoted)
        texts = self.writer.texts(block, [0, *accumulate(len(month.hours) for month in months)])
        counts = [_counts_since(month, one) for month, one in zip(months, versions, strict=True)]
        rendered = [Rendered(*one) for one in zip(texts, counts, strict=True)]
        is_kept = self.writer.keeps_text and self.kept.keeps_any
        return rendered, [Packed.of(one) for one in rendered] if is_kept else []

    async def _versions(self, pieces: Sequence[Piece], session: Session) -> list[Versions]:
        states = await month_states(self.database, [piece.id for piece in pieces], session)
        gas = await versions_of_lines(
            self.database, [(piece.registered.line, piece.hours) for piece in pieces], session
        )
        return [Versions(states.get(piece.id), one) for piece, one in zip(pieces, gas, strict=True)]

    def _key(self, piece: Piece, versions: Versions) -> Hashable:
        """Return what names a text: whatever it depends on is in it, so equal keys mean equal texts."""
        return (self.form, piece.id, piece.registered.version, piece.hours, versions)

    async def _by_views(self, part: Part) -> AsyncGenerator[Sequence[Rendered], None]:
        async for question in self._stretches(part):
            block, counts = await self._asked(part, question)
            if block.rows:
                (text,) = await asyncio.to_thread(self.writer.texts, block, [0, block.rows])
                yield [Rendered(text, counts)]

    async def _stretches(self, part: Part) -> AsyncIterator[Question]:
        since_ms, stretches = self.download.since_ms, stretches_of(self.download.question)
        if since_ms is not None and isinstance(part, LinePart):
            async for question in changed_stretches(self.database, part.registered, stretches, since_ms):
                yield question
            return
        for question in stretches:
            yield question

    async def _asked(self, part: Part, question: Question) -> tuple[Block, Counts]:
        asked = self.download
        if asked.since_ms is not None:
            now, then = [
                await self._once_registered(part, question, one) for one in (asked.known_at_ms, asked.since_ms)
            ]
            return await asyncio.to_thread(changes, then, now, self.layout)
        shown = await self._view(part, question, asked.known_at_ms)
        return shown.block, _counts(shown.rows, shown.known_at_ms, asked.known_at_ms)

    async def _once_registered(self, part: Part, question: Question, moment_ms: int | None) -> Shown | None:
        is_known = moment_ms is None or await was_registered(self.database, part, moment_ms)
        return await self._view(part, question, moment_ms) if is_known else None

    async def _view(self, part: Part, question: Question, moment_ms: int | None) -> Shown:
        asking = Asking(part.caller, question, self.now, moment_ms)
        if isinstance(part, NodePart):
            async with self.moments.lent() as session:
                node = await read_node_view(self.database, part.id, asking, session)
            block = await asyncio.to_thread(self._block, node.node, node, node.rows.rows)
            return Shown(block, node.rows.rows, node.known_at_ms)
        async with self.moments.lent() as session:
            line = await read_view(self.database, part.id, asking, session)
        block = await asyncio.to_thread(self._block, line.line, line, line.rows)
        return Shown(block, line.rows, line.known_at_ms)

    def _block(self, whose: Line | Node, view: LineView | NodeView, rows: HourRows | PeriodRows) -> Block:
        return block_of_view(whose, view.columns, rows, self.layout, self.writer.quoted)


def _unpacked(packed: Sequence[Packed]) -> list[Rendered]:
    return [one.rendered for one in packed]


def pieces_of(known: RegisteredLine, question: Question, ended: int) -> Iterator[Piece]:
    """Cut the hours of a line for which rows exist by gas months; `ended`: first hour that has not ended."""
    expected = expected_hours(known.line, question, ended)
    for month in gas_time.months_of(expected):
        whole = gas_time.hours_of_month(month)
        yield Piece(known, month, range(max(whole.start, expected.start), min(whole.stop, expected.stop)))


def stretches_of(question: Question) -> Iterator[Question]:
    """Cut the period of an hour view into stretches of months; days and months are few enough to come at once."""
    if question.view is not View.HOUR:
        yield question
        return
    starts = [gas_time.first_day_of_month(month) for month in question.months[::MONTHS_PER_VIEW]]
    for first, end in pairwise([question.first, *starts[1:], question.end]):
        yield replace(question, first=first, end=end)


def _counts_since(month: MonthOfLine, versions: Versions) -> Counts:
    counts = month.counts
    return replace(counts, known_at_ms=max(counts.known_at_ms, versions.known_at_ms))


def _counts(rows: HourRows | PeriodRows, known_at_ms: int, moment_ms: int | None) -> Counts:
    """Count rows; of what is asked for as known now, statuses and gas are changes as well."""
    counts = Counts.of(rows)
    return counts if moment_ms is not None else replace(counts, known_at_ms=max(counts.known_at_ms, known_at_ms))
