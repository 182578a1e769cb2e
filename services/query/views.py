"""Reading a view of a line: versions first, and the rows only for who does not have them yet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from shared.access.caller import Caller
from shared.domain.period import Question, View
from shared.domain.published import Column, columns_of
from shared.domain.rollup import fold_days, fold_hours
from shared.domain.topology import Issue, Line
from shared.domain.view import HourRows, PeriodRows, day_rows, ended_before, expected_hours, hour_rows, month_rows
from shared.runtime.http import ProblemError, not_found
from shared.runtime.mongo import Database, Session
from shared.store import measurements
from shared.store.lines import RegisteredLine, find_line
from shared.store.measurements import Version

ANSWER_VERSION = "2"
"""Raised with every change of how answers are written, so that no client keeps an older form."""


@dataclass(frozen=True, slots=True)
class LineView:
    """A line's rows over a period, and the tag that names their content. `known_at_ms` 0: nothing is known."""

    line: Line
    question: Question
    rows: HourRows | PeriodRows
    expected: range
    tag: str

    @property
    def known_at_ms(self) -> int:
        """When the latest change that is shown became known."""
        rows = self.rows
        column = rows.known["known_at"] if isinstance(rows, HourRows) else rows.rollups["known_at"]
        return int(column.max(initial=0))

    @property
    def columns(self) -> list[Column]:
        """The published columns."""
        return columns_of(self.rows, self.question.unit)

    @property
    def whole(self) -> PeriodRows:
        """The period as one row: what its totals are."""
        rows, hours = self.rows, self.expected
        folded = fold_hours(rows.known[None, :])[0] if isinstance(rows, HourRows) else fold_days(rows.rollups)
        return PeriodRows.of_whole(self.question, folded, hours)


async def registered(database: Database, caller: Caller, line: str, session: Session | None = None) -> RegisteredLine:
    """Return a line that this caller may see.

    Raises:
        ProblemError: 404, the same whether the line is unknown or not the caller's.
    """
    found = await find_line(database, line, session) if caller.may_read(line) else None
    if found is None:
        raise not_found("line", f"line {line[:64]!r} is not known here")
    return found


@dataclass(frozen=True, slots=True)
class _Content:
    """What a view will show, before any of its rows is read."""

    line: Line
    question: Question
    expected: range
    tag: str


async def read_view(database: Database, caller: Caller, line: str, question: Question, now: datetime) -> LineView:
    """Read a view; `now` is the time of the clock: rows exist for hours that have ended.

    Raises:
        ProblemError: 404 for a line that this caller does not see.
    """
    async with measurements.one_moment(database) as session:
        content = await _content(database, session, await registered(database, caller, line, session), question, now)
        return await _view(database, session, content)


async def read_unless_held(  # noqa: PLR0913 - a question has this many sides
    database: Database, caller: Caller, line: str, question: Question, now: datetime, *, held: str
) -> LineView | None:
    """Read a view as `read_view` does; None where the reader holds that content already, by its tag."""
    async with measurements.one_moment(database) as session:
        content = await _content(database, session, await registered(database, caller, line, session), question, now)
        return None if content.tag == held else await _view(database, session, content)


async def _content(
    database: Database, session: Session, known: RegisteredLine, question: Question, now: datetime
) -> _Content:
    expected = expected_hours(known.line, question, ended_before(now))
    versions = await measurements.month_versions(database, known.line.id, question, session)
    return _Content(known.line, question, expected, content_tag(known, question, expected, versions))


async def _view(database: Database, session: Session, content: _Content) -> LineView:
    line, question, expected = content.line, content.question, content.expected
    rows: HourRows | PeriodRows
    if question.view is View.HOUR:
        rows = hour_rows(expected, await measurements.known_hours(database, line.id, expected, session))
    else:
        rollups = await measurements.day_rollups(database, line.id, question, session)
        rows = (day_rows if question.view is View.DAY else month_rows)(question, expected, rollups)
    return LineView(line, question, rows, expected, content.tag)


def content_tag(known: RegisteredLine, question: Question, expected: range, versions: Sequence[Version]) -> str:
    """Return a name of the content: equal tags mean equal rows, whoever computes them."""
    parts = (ANSWER_VERSION, known.line.id, known.version, question, expected, tuple(versions))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def refuse_past(view: LineView, known_at_ms: int, now: datetime) -> None:
    """Refuse to answer as known at a moment that lies in the future, or before the latest change that is shown.

    Raises:
        ProblemError: 422.
    """
    if known_at_ms > now.timestamp() * 1000:
        text = "lies in the future: nothing can be known at it yet"
    elif known_at_ms < view.known_at_ms:
        text = "lies before the latest change of this period: hours as known in the past are not offered yet"
    else:
        return
    raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, [Issue("KNOWN_AT", "known_at", f"known_at {text}")])
