"""Rows as columns of text: of months of hours of many lines at once, and of a view of one line or node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.export.files.layout import Layout
from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.attribution import served_behind, served_by_nobody
from shared.domain.period import Question
from shared.domain.published import Column, gas_columns, hour_value_columns, known_at_column, time_columns
from shared.domain.rows import joined
from shared.domain.topology import Line, Node
from shared.domain.view import HourRows, PeriodRows
from shared.store.gas_quality import GasTold, with_gas

Quoted = Callable[[str], str]
"""What makes a free text safe in a format."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What rows come to: how many, hours expected and present, and when the latest change became known (ms)."""

    rows: int
    hours_expected: int
    hours_present: int
    known_at_ms: int

    @classmethod
    def of(cls, rows: HourRows | PeriodRows) -> Counts:
        """Count rows; those of a node tell the hours of its lines."""
        if isinstance(rows, HourRows):
            known_at = int(rows.known["known_at"].max(initial=0))
            return cls(len(rows.hours), len(rows.hours), int(rows.has_values.sum()), known_at)
        present, known_at = int(rows.rollups["hours_present"].sum()), int(rows.rollups["known_at"].max(initial=0))
        return cls(len(rows.starts), int(rows.expected.sum()), present, known_at)


@dataclass(frozen=True, slots=True)
class MonthOfLine:
    """Some hours of one gas month of a line, at least one, with what is known of each and whose gas they carry."""

    line: Line
    hours: range
    known: NDArray[np.void]
    told: GasTold | None

    @property
    def counts(self) -> Counts:
        """What they come to."""
        return Counts.of(HourRows(self.hours, self.known))


@dataclass(frozen=True, slots=True)
class Block:
    """Rows as the columns of a file."""

    columns: list[Column]
    rows: int


def block_of_months(months: Sequence[MonthOfLine], question: Question, layout: Layout, quoted: Quoted) -> Block:
    """Write months of lines as columns, all at once: what numpy does for one it does for ten in little more time."""
    known = joined([month.known for month in months])
    rows = HourRows(range(len(known)), known)
    if any(month.told is not None for month in months):
        told = [month.told.served if month.told else served_by_nobody(len(month.hours)) for month in months]
        rows = with_gas(rows, GasTold(rows.hours, served_behind(told)), known, question.reference)
    lengths = [len(month.hours) for month in months]
    lines = text.choices(np.repeat(np.arange(len(months)), lengths), [month.line.id for month in months])
    days = [gas_time.days_and_indexes(np.arange(month.hours.start, month.hours.stop))[0] for month in months]
    named = zip((month.line for month in months), days, strict=True)
    columns: list[Column] = [Column("line", lines), Column("name", _names(named, quoted))]
    columns += time_columns([month.hours for month in months])
    columns += hour_value_columns(rows, question.unit, question.reference)
    columns += gas_columns(rows.gas, question.unit) if rows.gas is not None else ()
    return Block(layout.laid_out([*columns, known_at_column(rows)], len(known)), len(known))


def block_of_view(
    whose: Line | Node, told: Sequence[Column], rows: HourRows | PeriodRows, layout: Layout, quoted: Quoted
) -> Block:
    """Write the rows of a view as columns; `told` are those that the API publishes."""
    kind = "line" if isinstance(whose, Line) else "node"
    if isinstance(rows, HourRows):
        days = gas_time.days_and_indexes(np.arange(rows.hours.start, rows.hours.stop))[0]
    elif rows.first_days:
        days = np.array([gas_time.day_number(day) for day in rows.first_days])
    else:
        days = gas_time.days_and_indexes(rows.starts)[0]
    identity = [Column(kind, text.literal(whose.id, len(days))), Column("name", _names([(whose, days)], quoted))]
    return Block(layout.laid_out([*identity, *told, known_at_column(rows)], len(days)), len(days))


def slices_of(columns: Iterable[Column], begin: int, end: int) -> Iterator[Column]:
    """Return some rows of columns."""
    for column in columns:
        present = None if column.present is None else column.present[begin:end]
        as_json = None if column.as_json is None else column.as_json[begin:end]
        yield Column(column.name, column.cells[begin:end], column.is_number, present, column.group, as_json)


def _names(named: Iterable[tuple[Line | Node, NDArray[np.integer]]], quoted: Quoted) -> text.Cells:
    """Return the official name that each row carries: that of its gas day."""
    texts: dict[str, int] = {}
    places = []
    for whose, days in named:
        if isinstance(whose, Line) and len({terms.name for terms in whose.terms}) == 1:
            places.append(np.full(len(days), texts.setdefault(whose.terms[0].name, len(texts))))
            continue
        distinct, place = np.unique(days, return_inverse=True)
        names = [whose.name_on(gas_time.day_of_number(int(day))) for day in distinct]
        table = np.array([texts.setdefault(name, len(texts)) for name in names], np.int64)
        places.append(table[place] if names else np.zeros(0, np.int64))
    return text.choices(np.concatenate(places), [quoted(name) for name in texts])
