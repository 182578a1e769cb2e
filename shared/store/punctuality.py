"""Reading how punctual a line is: its hours as they stand, and what they said before where it depends on that.

Four or five round trips whatever the period: the register, the months' versions, the hours, the closes, and what those
hours said before that were promised, missed it as they stand, and have said more than one thing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from shared.domain.closing import hours_within
from shared.domain.period import Question
from shared.domain.promises import NEVER, Promised, TermsPromised, promised_of, promises_of
from shared.domain.punctuality import HoursTold, Punctuality, first_own_ms, punctuality, undecided
from shared.domain.rules.catalogue import default_settings
from shared.domain.topology import Line
from shared.domain.view import hour_rows
from shared.runtime.mongo import Database, Session
from shared.store.as_known import said_before
from shared.store.asking import Asking
from shared.store.measurements import one_moment
from shared.store.statuses import latest_closes
from shared.store.views import Content, content_for, hours_of, latest_shown_ms

ANSWER_VERSION = "1"
"""Raised with every change of what is counted or how it is written, so that no client keeps an older form."""
DEFAULTS = default_settings()


@dataclass(frozen=True, slots=True)
class LinePunctuality:
    """How punctual a line is over a period, what was promised in it, and the tag that names the content.

    `known_at_ms` is as of a view: the moment that was asked for, else that of the latest change that is shown.
    """

    line: Line
    question: Question
    punctuality: Punctuality
    promises: tuple[TermsPromised, ...]
    tag: str
    known_at_ms: int


async def read_punctuality(database: Database, line: str, asking: Asking) -> LinePunctuality:
    """Read how punctual a line is by gas day or gas month, as known now or at a moment.

    Raises:
        ProblemError: 404 for a line that this caller does not see; 422 for gas days that he may not read.
    """
    async with one_moment(database) as session:
        return await _told(database, session, await _due(database, session, line, asking))


async def read_punctuality_unless_held(
    database: Database, line: str, asking: Asking, is_held: Callable[[str], bool]
) -> LinePunctuality | str:
    """Read it as `read_punctuality` does; of content that is held return the tag alone."""
    async with one_moment(database) as session:
        due = await _due(database, session, line, asking)
        return due.tag if is_held(due.tag) else await _told(database, session, due)


@dataclass(frozen=True, slots=True)
class Due:
    """What will be told of a line, before any hour is read: `until_ms` is the moment up to which promises are due."""

    content: Content
    promised: Promised
    promises: tuple[TermsPromised, ...]
    until_ms: int

    @classmethod
    def of(cls, content: Content, now: datetime) -> Due:
        """Return what is promised of the hours of a content, and is due now or at the moment that it was asked for."""
        question = content.question
        promised = promised_of(content.line, content.expected, DEFAULTS)
        promises = tuple(promises_of(content.line, question.first, question.end, DEFAULTS))
        until_ms = int(now.timestamp() * 1000) if content.moment_ms is None else content.moment_ms
        return cls(content, promised, promises, until_ms)

    @property
    def tag(self) -> str:
        """Name of the content: what is promised for later becomes due without any change of the store."""
        due = (self.promised.prompt, self.promised.complete, self.promised.definitive)
        counts = tuple(int(np.count_nonzero(by_ms <= self.until_ms)) for by_ms in due)
        parts = (ANSWER_VERSION, self.content.tag, self.promises, counts)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


async def _due(database: Database, session: Session, line: str, asking: Asking) -> Due:
    return Due.of(await content_for(database, session, line, asking), asking.now)


async def _told(database: Database, session: Session, due: Due) -> LinePunctuality:
    content, told = due.content, await hours_told(database, session, due)
    counted = punctuality(content.question.view, told, due.promised, due.until_ms)
    known_at_ms = latest_shown_ms(hour_rows(told.hours, told.rows), content)
    return LinePunctuality(content.line, content.question, counted, due.promises, due.tag, known_at_ms)


async def hours_told(database: Database, session: Session, due: Due) -> HoursTold:
    """Read the hours of a line, and of their past what it depends on."""
    content, line, hours = due.content, due.content.line.id, due.content.expected
    rows, numbers = await hours_of(database, session, content), np.arange(hours.start, hours.stop)
    open_to = undecided(rows, due.promised)
    earlier = await said_before(database, line, numbers[open_to], rows[open_to], session)
    closes = await latest_closes(database, line, content.question.months, session, content.moment_ms)
    closed_ms = np.full(len(hours), NEVER)
    for month, moment_ms in closes.items():
        closed_ms[hours_within([month], numbers)] = moment_ms
    return HoursTold(hours, rows, first_own_ms(hours, rows, earlier), closed_ms)
