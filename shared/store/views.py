"""Reading a view of a line: versions first, and the rows only for who does not have them yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shared.access.caller import Caller
from shared.access.periods import check_covered
from shared.domain.attribution import in_force
from shared.domain.period import Question, View
from shared.domain.published import Column, columns_of
from shared.domain.revision import HOUR
from shared.domain.rollup import fold_days, fold_hours
from shared.domain.topology import Line
from shared.domain.view import HourRows, PeriodRows, day_rows, ended_before, expected_hours, hour_rows, month_rows
from shared.runtime.mongo import Database, Session
from shared.runtime.problem import not_found
from shared.store import measurements
from shared.store.analyses import AnalysesVersion
from shared.store.as_known import line_at, watermark_ms
from shared.store.asking import Asking
from shared.store.gas_quality import GasTold, gas_told, version_of, with_gas
from shared.store.lines import RegisteredLine, find_line
from shared.store.measurements import Version
from shared.store.topology_versions import line_known_at

ANSWER_VERSION = "4"
"""Raised with every change of how answers are written, so that no client keeps an older form."""
_MS_PER_HOUR = 3_600_000
_NO_HOURS = np.zeros(0, HOUR)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line's rows over a period, and the tag that names their content.

    `known_at_ms` is the moment as which the rows were asked for; else when the latest change that is shown became
    known, 0 where nothing is. `told` says by whom the expected hours are served, whose HOUR rows are `known` then.
    """

    line: Line
    question: Question
    rows: HourRows | PeriodRows
    expected: range
    tag: str
    known_at_ms: int
    known: NDArray[np.void]
    told: GasTold | None

    @property
    def columns(self) -> list[Column]:
        """The published columns."""
        return columns_of(self.rows, self.question.unit, self.question.reference)

    @property
    def whole(self) -> PeriodRows:
        """The period as one row: what its totals are."""
        rows, question = self.rows, self.question
        folded = fold_hours(rows.known[None, :])[0] if isinstance(rows, HourRows) else fold_days(rows.rollups)
        whole = PeriodRows.of_whole(question, folded, self.expected)
        return with_gas(whole, self.told, self.known, question.reference)


async def registered(database: Database, caller: Caller, line: str, session: Session | None = None) -> RegisteredLine:
    """Return a line that this caller may see.

    Raises:
        ProblemError: 404, the same whether the line is unknown or not the caller's.
    """
    found = await find_line(database, line, session) if caller.may_read(line) else None
    if found is None:
        raise not_found("line", f"line {line[:64]!r} is not known here")
    return found


async def registered_for(
    database: Database, caller: Caller, line: str, question: Question, session: Session | None = None
) -> RegisteredLine:
    """Return a line that this caller may read on every gas day of a question: all that ask for a period come by here.

    Raises:
        ProblemError: 404, as `registered` says; 422 for gas days that he may not read.
    """
    found = await registered(database, caller, line, session)
    check_covered(caller.rights.line(line), question)
    return found


@dataclass(frozen=True, slots=True)
class Content:
    """What a view will show, before any of its rows is read; `moment_ms` where it is asked for as known then."""

    line: Line
    question: Question
    expected: range
    versions: tuple[Version, ...]
    moment_ms: int | None
    gas: AnalysesVersion | None
    tag: str


async def read_view(database: Database, line: str, asking: Asking, within: Session | None = None) -> LineView:
    """Read a view of a line; `within` is the session of a larger moment that it is to be of.

    Raises:
        ProblemError: 404 for a line that this caller does not see; 422 for gas days that he may not read.
    """
    async with measurements.one_moment(database, within) as session:
        return await _view(database, session, await content_for(database, session, line, asking))


async def read_view_unless_held(
    database: Database, line: str, asking: Asking, is_held: Callable[[str], bool]
) -> LineView | str:
    """Read a view as `read_view` does; of content that is held return the tag alone."""
    async with measurements.one_moment(database) as session:
        content = await content_for(database, session, line, asking)
        return content.tag if is_held(content.tag) else await _view(database, session, content)


async def content_for(database: Database, session: Session, line: str, asking: Asking) -> Content:
    """Find out what will be shown of a line to who asks.

    Raises:
        ProblemError: 404 for a line that this caller does not see; 422 for gas days that he may not read.
    """
    known = await registered_for(database, asking.caller, line, asking.question, session)
    return await content_of(database, session, known, asking)


async def content_of(database: Database, session: Session, known: RegisteredLine, asking: Asking) -> Content:
    """Find out what will be shown; what is not known yet cannot be asked for, so the watermark bounds the moment."""
    question, ended, moment_ms = asking.question, ended_before(asking.now), None
    if asking.known_at_ms is not None:
        watermark = await watermark_ms(database, known.line.id, session, with_gas=bool(known.line.gas))
        moment_ms = max(0, min(asking.known_at_ms, watermark))
        ended = moment_ms // _MS_PER_HOUR
        # Before it was registered nothing was known of a line: then as it was registered first.
        then = await line_known_at(database, known.line.id, moment_ms, session)
        # What has left since is gone, whatever was known of it then.
        known = known if then is None else replace(known, line=replace(then, online_from=known.line.online_from))
    expected = expected_hours(known.line, question, ended)
    versions = await measurements.month_versions(database, known.line.id, question, session)
    gas = await version_of(database, known.line, expected, session)
    named: list[Version | AnalysesVersion] = [*versions, *([gas] if gas else [])]
    tag = content_tag(known, question, expected, named, moment_ms)
    return Content(known.line, question, expected, versions, moment_ms, gas, tag)


async def _view(database: Database, session: Session, content: Content) -> LineView:
    line, question, expected = content.line, content.question, content.expected
    rows: HourRows | PeriodRows
    if question.view is View.HOUR:
        rows = hour_rows(expected, await hours_of(database, session, content))
    else:
        rollups = await rollups_of(database, session, content)
        rows = (day_rows if question.view is View.DAY else month_rows)(question, expected, rollups)
    known, told = _NO_HOURS, None
    if content.gas is not None:
        known = rows.known if isinstance(rows, HourRows) else await hours_of(database, session, content)
        told = await gas_told(database, line, expected, session, content.moment_ms)
        rows = with_gas(rows, told, known, question.reference)
    return LineView(line, question, rows, expected, content.tag, latest_shown_ms(rows, content), known, told)


async def hours_of(database: Database, session: Session, content: Content) -> NDArray[np.void]:
    """Return the HOUR rows of the expected hours, as known now or at the asked moment."""
    line, moment_ms = content.line.id, content.moment_ms
    if moment_ms is None:
        return await measurements.known_hours(database, line, content.expected, session)
    return await (await line_at(database, line, moment_ms, session)).hours(content.expected)


async def rollups_of(database: Database, session: Session, content: Content) -> NDArray[np.void]:
    """Return the ROLLUP of every gas day of the period, as known now or at the asked moment."""
    line, moment_ms = content.line.id, content.moment_ms
    if moment_ms is None:
        return await measurements.day_rollups(database, line, content.question, session)
    return await (await line_at(database, line, moment_ms, session)).rollups(content.question, content.expected)


def latest_shown_ms(rows: HourRows | PeriodRows, content: Content) -> int:
    """Return the moment that was asked for, else when the latest change that is shown became known, ms since 1970."""
    if content.moment_ms is not None:
        return content.moment_ms
    column = rows.known["known_at"] if isinstance(rows, HourRows) else rows.rollups["known_at"]
    told = [int(column.max(initial=0)), *(version.status_known_at_ms for version in content.versions)]
    attributed = [attribution.known_at_ms for attribution in in_force(content.line.gas)]
    return max([*told, *([content.gas.known_at_ms] if content.gas else []), *attributed])


def content_tag(
    known: RegisteredLine,
    question: Question,
    expected: range,
    versions: Sequence[Version | AnalysesVersion],
    moment_ms: int | None = None,
) -> str:
    """Return a name of the content: equal tags mean equal rows, whoever computes them."""
    parts = (ANSWER_VERSION, known.line.id, known.version, question, expected, tuple(versions), moment_ms)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
