"""Which rows of two tables are not the same."""

from __future__ import annotations

import numpy as np

from services.export.files.blocks import Block
from services.export.files.layout import Layout
from services.export.files.since import REPLACED, Shown, changes
from shared.domain import text_columns as text
from shared.domain.published import Column
from shared.domain.revision import HOUR
from shared.domain.view import HourRows

NOTHING = Column("replaces_revision", text.literal("", 3), present=np.zeros(3, bool))
LAYOUT = Layout((REPLACED, REPLACED))


def shown(values: list[int], *, first: int = 10, is_told: list[bool] | None = None, revision: int = 1) -> Shown:
    """Return rows with a number, from an hour on."""
    known = np.zeros(len(values), HOUR)
    known["revision"] = revision
    present = None if is_told is None else np.array(is_told)
    number = Column("volume_m3n", text.decimals(np.array(values, np.int64), 0), is_number=True, present=present)
    return Shown(Block([number, NOTHING], len(values)), HourRows(range(first, first + len(values)), known))


def changed(then: Shown | None, now: Shown) -> list[tuple[str, str]]:
    """Return the rows that changed: the number, and the revision that is replaced."""
    block, counts = changes(then, now, LAYOUT)
    columns = [text.strings_of(column.cells) for column in block.columns]
    present = block.columns[1].present
    assert present is not None
    assert counts.rows == block.rows == len(columns[0])
    return [(value, old if told else "") for value, old, told in zip(*columns, present, strict=True)]


def test_the_same_rows_are_none() -> None:
    """However wide the columns are otherwise."""
    assert changed(shown([1, 2, 3]), shown([1, 2, 3])) == []
    assert changed(shown([1, 2, 1000]), shown([1, 2, 3])) == [("3", "1")]


def test_a_row_that_was_not_there_replaces_nothing() -> None:
    """Behind what was there, before it, or where nothing was."""
    assert changed(shown([1, 2]), shown([1, 2, 3])) == [("3", "")]
    assert changed(shown([2, 3], first=11), shown([1, 2, 3])) == [("1", "")]
    assert changed(None, shown([1, 2])) == [("1", ""), ("2", "")]
    assert changed(shown([]), shown([1])) == [("1", "")]


def test_nothing_and_zero_are_not_the_same() -> None:
    """Nor is nothing another nothing, whatever stands under it."""
    assert changed(shown([0], is_told=[False]), shown([0])) == [("0", "1")]
    assert changed(shown([0]), shown([0], is_told=[False])) == [("0", "1")]
    assert changed(shown([7], is_told=[False]), shown([0], is_told=[False])) == []


def test_a_missing_hour_replaces_nothing_that_was_known() -> None:
    """Revision 0 is none."""
    assert changed(shown([1], revision=0), shown([2])) == [("2", "")]
