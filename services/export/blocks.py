"""The rows of a file, block by block: some months of one line at a time, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.gas_rows import gas_of_nobody
from shared.domain.period import Question, View
from shared.domain.published import Column, columns_of, known_at_column
from shared.domain.revision import HOUR
from shared.domain.topology import Line
from shared.domain.view import HourRows, PeriodRows, day_rows, expected_hours, hour_rows, month_rows
from shared.runtime.mongo import Database
from shared.store import measurements
from shared.store.gas_quality import gas_told, with_gas

MONTHS_PER_BLOCK = 6
"""Six months of hours: some 180 day documents, 4,400 rows, 1 MB of text."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one line, at least one, as columns of text: line id and official name (quoted) first, known_at last."""

    columns: list[Column]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].cells)


async def blocks_of(
    database: Database, line: Line, question: Question, ended: int
) -> AsyncIterator[HourRows | PeriodRows]:
    """Read a line's rows block by block; blocks without rows are left out. `ended`: first hour that has not ended."""
    for part in parts_of(question):
        expected = expected_hours(line, part, ended)
        if not expected:
            continue
        if part.view is View.HOUR:
            known = await measurements.known_hours(database, line.id, expected)
            told = await gas_told(database, line, expected)
            yield with_gas(hour_rows(expected, known), told, known, part.reference)
        else:
            rollups = await measurements.day_rollups(database, line.id, part)
            periods = (day_rows if part.view is View.DAY else month_rows)(part, expected, rollups)
            told = await gas_told(database, line, expected)
            known = await measurements.known_hours(database, line.id, expected) if told else np.zeros(0, HOUR)
            yield with_gas(periods, told, known, part.reference)


def counts_of(rows: HourRows | PeriodRows) -> tuple[int, int, int, int]:
    """Return rows, hours expected, hours that carry values, and when the latest change became known (ms)."""
    if isinstance(rows, HourRows):
        known_at = int(rows.known["known_at"].max(initial=0))
        return len(rows.hours), len(rows.hours), int(rows.has_values.sum()), known_at
    present, known_at = int(rows.rollups["hours_present"].sum()), int(rows.rollups["known_at"].max(initial=0))
    return len(rows.starts), int(rows.expected.sum()), present, known_at


def beside_nobody(rows: HourRows | PeriodRows) -> HourRows | PeriodRows:
    """Return rows with the columns of the gas, empty where nobody tells it: other lines of the file have them."""
    if rows.gas is not None:
        return rows
    is_hours = isinstance(rows, HourRows)
    count = len(rows.hours) if isinstance(rows, HourRows) else len(rows.starts)
    return replace(rows, gas=gas_of_nobody(count, is_hours=is_hours))


def parts_of(question: Question) -> Iterator[Question]:
    """Cut the period of an hour view into blocks; days and months are few enough to come at once."""
    if question.view is not View.HOUR:
        yield question
        return
    starts = [gas_time.first_day_of_month(month) for month in question.months[::MONTHS_PER_BLOCK]]
    bounds = [question.first, *starts[1:], question.end]
    for first, end in pairwise(bounds):
        yield replace(question, first=first, end=end)


def block_of(line: Line, question: Question, rows: HourRows | PeriodRows, quoted: Callable[[str], str]) -> Block:
    """Write rows as columns of text; `quoted` makes a free text safe in the file's format."""
    if isinstance(rows, HourRows):
        hours = np.arange(rows.hours.start, rows.hours.stop, dtype=np.int64)
        days = gas_time.days_and_indexes(hours)[0].astype(np.int64)
    else:
        days = np.array([gas_time.day_number(day) for day in rows.first_days], np.int64)
    # The name that a row carries is the official one of its gas day.
    starts = np.array([gas_time.day_number(terms.start) for terms in line.terms], np.int64)
    terms = np.maximum(np.searchsorted(starts, days, side="right") - 1, 0)
    names = text.choices(terms, [quoted(terms.name) for terms in line.terms])
    identity = [Column("line", text.literal(line.id, len(days))), Column("name", names)]
    return Block([*identity, *columns_of(rows, question.unit, question.reference), known_at_column(rows)])
