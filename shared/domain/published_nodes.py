"""The columns of a node's view as outsiders read them: as those of a line, and which of its lines are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from shared.domain import text_columns as text
from shared.domain.node_rows import NodeRows
from shared.domain.period import View
from shared.domain.physics.iso6976 import BELGIAN
from shared.domain.published import (
    Column,
    by_validity_and_quality,
    count_column,
    gas_columns,
    period_columns,
    period_values,
    weakest_validity_column,
)
from shared.domain.quantities import EnergyUnit
from shared.domain.reading import Quality
from shared.domain.row_names import sets_of_rows
from shared.domain.time_texts import hour_texts
from shared.domain.view import PeriodRows

LEAST_CERTAIN_FIRST = (
    Quality.ESTIMATED,
    Quality.EDITED,
    Quality.SUBSTITUTED,
    Quality.CALCULATED,
    Quality.MEASURED,
)
"""The quality of an hour of a node is the first of these that one of its lines has; MISSING where all are missing."""


def node_columns(
    node: NodeRows, unit: EnergyUnit, reference: str = BELGIAN, *, may_read: Callable[[str], bool] = lambda _: True
) -> list[Column]:
    """Return the columns of a node's view, in the order in which they are published.

    Volume and energy are exact and therefore unrounded; calorific value and temperature are null where a weight is
    negative. `may_read` says which of its lines may be named: of the others only the count is told.
    """
    rows = node.rows
    told = _hours(node, unit, reference) if rows.view is View.HOUR else _periods(node, unit, reference)
    gas = () if rows.gas is None else gas_columns(rows.gas, unit)
    return [*told, *_lines(node, may_read), *gas]


def _hours(node: NodeRows, unit: EnergyUnit, reference: str) -> Iterator[Column]:
    rows = node.rows
    first, end = (int(rows.starts[0]), int(rows.ends[-1])) if len(rows.starts) else (0, 0)
    times, kept = hour_texts(range(first, end)), rows.starts - first
    yield Column("start", times.start[kept])
    yield Column("end", times.end[kept])
    yield Column("local_start", times.local_start[kept])
    yield Column("gas_day", times.gas_day[kept])
    yield Column("hour", times.hour[kept], is_number=True)
    yield from period_values(rows, unit, reference, node.places)
    yield weakest_validity_column(rows.rollups)
    yield Column("quality", text.choices(_least_certain(rows), ["", *Quality.__members__]))
    changes = rows.rollups["changes"]
    yield Column("revision", text.decimals(changes, 0), is_number=True, present=changes > 0)
    yield from by_validity_and_quality(rows, "lines")


def _least_certain(rows: PeriodRows) -> np.typing.NDArray[np.int64]:
    by_quality, found = rows.rollups["by_quality"], np.full(len(rows.starts), int(Quality.MISSING))
    for quality in reversed(LEAST_CERTAIN_FIRST):
        found[by_quality[:, quality - 1] > 0] = quality
    return found


def _periods(node: NodeRows, unit: EnergyUnit, reference: str) -> Iterator[Column]:
    values = {column.name: column for column in period_values(node.rows, unit, reference, node.places)}
    for column in period_columns(node.rows, unit, reference):
        yield values.get(column.name, column)


def _lines(node: NodeRows, may_read: Callable[[str], bool]) -> Iterator[Column]:
    """Return how many lines are expected and complete, and the names of those that are not."""
    yield count_column("lines_expected", node.lines_expected)
    yield count_column("lines_complete", node.lines_expected - node.missing.sum(axis=1))
    named = [place for place, line in enumerate(node.lines) if may_read(line)]
    sets, place = sets_of_rows(node.missing[:, named], [node.lines[number] for number in named])
    listed = ["[" + ",".join(f'"{name}"' for name in names) + "]" for names in sets]
    cells = text.choices(place, [" ".join(names) for names in sets])
    yield Column("lines_missing", cells, as_json=text.choices(place, listed))
