"""The columns of a file: those that any of its lines and nodes has, in one order, each with what it means.

Whoever has no such column (a line has no `lines_missing`, a node no `method`, not everybody has a chromatograph) has
empty cells there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from services.export.files.meanings import meaning_of, unit_of
from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.node_rows import no_node_rows
from shared.domain.period import REFERENCE, Question, View
from shared.domain.published import COMPOSITION_GROUP, Column, columns_of
from shared.domain.published_nodes import node_columns
from shared.domain.quantities import EnergyUnit
from shared.domain.view import no_rows

_WHOLE = ("hour", "revision", "lines_expected", "lines_complete", "hours_expected", "hours_present")
_INSTANTS = ("start", "end", "analysis_start", "known_at")
IDENTITY = ("line", "node", "name")
"""They say of whom a row is, as the head of an answer does: they stay whatever columns are asked for."""


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    FREE = "free text"
    """Written by people: it may hold any sign."""
    WHOLE = "whole number"
    DECIMAL = "decimal number"
    DAY = "gas day"
    INSTANT = "moment in UTC"


@dataclass(frozen=True, slots=True)
class Of:
    """Of whom a file tells: lines, nodes, and whether any of them has a chromatograph."""

    lines: bool
    nodes: bool
    gas: bool = True


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file.

    Attributes:
        name: As in xml, without the unit, which the root says.
        title: As in the heading of a table, with the unit where that can differ.
        selector: By which `columns=` names it: its own name, or that of its group.
        kind: What its cells are.
        unit: As people write it, "" where there is none.
        meaning: In one sentence.
    """

    name: str
    title: str
    selector: str
    kind: Kind
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, in order."""

    columns: tuple[FileColumn, ...]

    def laid_out(self, told: Iterable[Column], rows: int) -> list[Column]:
        """Return the columns of some rows as the file has them, empty ones where these rows have none."""
        known = {column.flat_name: column for column in told}
        return [known.get(column.name) or _empty(column.name, rows) for column in self.columns]


def layout_of(question: Question, of: Of, chosen: frozenset[str] = frozenset()) -> Layout:
    """Return the columns of a file; `chosen` are names of columns or of groups, none: all that somebody has.

    Columns of the gas that are chosen are there, whether or not anybody has a chromatograph.
    """
    return _layout(question.view, question.unit, question.reference, of, chosen)


@lru_cache(maxsize=256)
def _layout(view: View, unit: EnergyUnit, reference: str, of: Of, chosen: frozenset[str]) -> Layout:
    question = Question(view, gas_time.FIRST_DAY, gas_time.FIRST_DAY, unit, reference)
    columns = [_file_column(column, question) for column in _told(view, Of(of.lines, of.nodes, of.gas or bool(chosen)))]
    kept = [one for one in columns if not chosen or one.selector in chosen or one.name in IDENTITY]
    return Layout(tuple(kept))


@lru_cache(maxsize=16)
def selectors(view: View, of: Of) -> frozenset[str]:
    """Return the names of columns and groups that can be chosen."""
    return frozenset(column.group or column.name for column in _told(view, Of(of.lines, of.nodes)))


def _told(view: View, of: Of) -> list[Column]:
    nothing = text.literal("", 0)
    identity = [Column(name, nothing) for name, there in (("line", of.lines), ("node", of.nodes)) if there]
    parts = [*_of_lines(view, of), *_of_nodes(view, of)]
    gas = [column for column in parts if column.flat_name in _gas_names(view)]
    others = [column for column in parts if column.flat_name not in _gas_names(view)]
    ordered = [*identity, Column("name", nothing), *others, *gas, Column("known_at", nothing)]
    return list({column.flat_name: column for column in ordered}.values())


def _of_lines(view: View, of: Of) -> Sequence[Column]:
    return columns_of(no_rows(view, with_gas=of.gas), EnergyUnit.KWH) if of.lines else ()


def _of_nodes(view: View, of: Of) -> Sequence[Column]:
    return node_columns(no_node_rows(view, with_gas=of.gas), EnergyUnit.KWH) if of.nodes else ()


@lru_cache(maxsize=3)
def _gas_names(view: View) -> frozenset[str]:
    without = {column.flat_name for column in columns_of(no_rows(view), EnergyUnit.KWH)}
    told = columns_of(no_rows(view, with_gas=True), EnergyUnit.KWH)
    return frozenset(column.flat_name for column in told if column.flat_name not in without)


def _file_column(column: Column, question: Question) -> FileColumn:
    name, unit = column.flat_name, unit_of(column, question)
    selector = column.group or column.name
    return FileColumn(name, _title(name, question), selector, _kind_of(column), unit, meaning_of(column, question.view))


def _title(name: str, question: Question) -> str:
    """Return the heading; what is per m³ of another reference than 25/0 says so: gcv_kwh_per_m3_at_15_15."""
    unit = question.unit.value.lower()
    per = "per_m3n" if question.reference == REFERENCE else f"per_m3_at_{question.reference.replace('/', '_')}"
    if name in {"gcv", "ncv", "wobbe"}:
        return f"{name}_{unit}_{per}"
    return {"energy": f"energy_{unit}", "density": f"density_kg_{per}"}.get(name, name)


def _kind_of(column: Column) -> Kind:
    if column.name == "name":
        return Kind.FREE
    if column.name == "gas_day":
        return Kind.DAY
    if column.name in _INSTANTS:
        return Kind.INSTANT
    if not column.is_number:
        return Kind.TEXT
    counts = column.name in _WHOLE or (column.group and column.group != COMPOSITION_GROUP)
    return Kind.WHOLE if counts else Kind.DECIMAL


def _empty(name: str, rows: int) -> Column:
    return Column(name, text.literal("", rows), present=np.zeros(rows, bool))
