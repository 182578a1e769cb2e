"""Contexts by example: what hours are in them, where they stand, what is kept, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest

from shared.domain.line_context import (
    ABSENT_32,
    ACTUAL,
    AROUND_HOURS,
    BLOCKED,
    CONTEXT,
    ESTIMATED,
    HISTORY_HOURS,
    KEPT_HOURS,
    PRESENT,
    Contexts,
    context_of,
    kept_of,
    nothing,
)
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Quality
from shared.domain.revision import HOUR
from tests.unit.domain.hour_rows import hour_row


def _context(**fields: int) -> np.void:
    row = hour_row()
    for name, value in fields.items():
        row[name] = value
    context: np.void = context_of(np.array([row], HOUR))[0]
    return context


def _rows(*volumes: int | None) -> np.ndarray:
    rows = nothing(len(volumes))
    for place, volume in enumerate(volumes):
        if volume is not None:
            rows[place] = _context(volume=volume)
    return rows


def test_ten_thousand_lines_fit_in_300_megabytes() -> None:
    """What is kept of a line, and the four numbers that say where it stands."""
    assert 10_000 * (KEPT_HOURS * CONTEXT.itemsize + 4 * 8) < 300_000_000
    assert KEPT_HOURS >= HISTORY_HOURS + 2 * AROUND_HOURS + 1 - 24


def test_an_hour_with_values() -> None:
    """Every column as it rests; the state says that it is there and that it was measured."""
    values = {"volume": 5, "volume_operating": -6, "index": 7, "gcv": 8, "temperature": -9, "meter": 65_535, "found": 3}
    context = _context(**values)
    assert {name: int(context[name]) for name in values} == values
    assert context["state"] == PRESENT | ACTUAL


def test_values_that_were_not_sent() -> None:
    """They are absent, in 32 bits as in 64; the hour is there all the same."""
    context = _context()
    assert [context[name] for name in ("volume", "volume_operating", "index")] == [ABSENT] * 3
    assert [context[name] for name in ("gcv", "temperature")] == [ABSENT_32] * 2
    assert context["state"] & PRESENT


@pytest.mark.parametrize(
    ("quality", "state"),
    [
        (Quality.MEASURED, PRESENT | ACTUAL),
        (Quality.CALCULATED, PRESENT | ACTUAL),
        (Quality.SUBSTITUTED, PRESENT | ACTUAL),
        (Quality.EDITED, PRESENT | ACTUAL),
        (Quality.ESTIMATED, PRESENT | ESTIMATED),
        (Quality.MISSING, 0),
    ],
)
def test_states_of_qualities(quality: Quality, state: int) -> None:
    """What a missing hour says is not looked at, even where a finding keeps it back."""
    assert _context(quality=quality, volume=5)["state"] == state
    blocked = _context(quality=quality, volume=5, provenance=Provenance.BLOCKED | Provenance.FOUND)
    assert blocked["state"] == (state | BLOCKED if state else 0)
    assert blocked["volume"] == (5 if state else ABSENT)


def test_an_hour_of_which_nothing_is_known() -> None:
    """Zeros at rest are not zeros of a meter."""
    assert (nothing(3) == context_of(np.zeros(3, HOUR))).all()
    assert nothing(1)["volume"] == ABSENT
    assert nothing(1)["gcv"] == ABSENT_32
    assert nothing(2)["state"].tolist() == [0, 0]
    assert len(nothing(0)) == 0


@pytest.mark.parametrize(
    ("volume", "energy", "gcv"),
    [
        (100_000, 1_123_457, 11_234_570),
        (3, 32, 10_666_667),
        (-100_000, -1_100_000, 11_000_000),
        (0, 1_100_000, ABSENT_32),
        (ABSENT, 1_100_000, ABSENT_32),
        (100_000, ABSENT, ABSENT_32),
        (1, 999, 999_000_000),
        (1, 1_000, ABSENT_32),
        (-1, 2**62, ABSENT_32),
    ],
)
def test_a_calorific_value_that_was_not_sent(volume: int, energy: int, gcv: int) -> None:
    """Energy / volume where both are there and no more than a gas can have; as sent it goes before them."""
    assert _context(volume=volume, energy=energy)["gcv"] == gcv
    assert _context(volume=volume, energy=energy, gcv=12_000_000)["gcv"] == 12_000_000


def test_where_hours_stand() -> None:
    """Behind each other, in the order of the lines; an hour in no span, and no line, stand nowhere."""
    contexts = Contexts.of({"A": (100, _rows(1, 2, None)), "B": (50, _rows(3, None)), "C": (0, _rows(None))})
    assert contexts.numbers == {"A": 0, "B": 1, "C": 2}
    line, hour = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, -1]), np.array([100, 102, 99, 103, 50, 51, 52, 49, 0, 0])
    assert contexts.positions(line, hour).tolist() == [0, 2, -1, -1, 3, 4, -1, -1, 5, -1]
    assert contexts.positions(np.array([[0], [1]]), np.array([[100, 101], [50, 101]])).tolist() == [[0, 1], [3, -1]]
    assert contexts.newest.tolist() == [101, 50, -1]


def test_no_lines() -> None:
    """A batch without readings."""
    contexts = Contexts.of({})
    assert (len(contexts.rows), contexts.rows.dtype, contexts.numbers) == (0, CONTEXT, {})
    assert len(contexts.positions(np.zeros(0, np.int64), np.zeros(0, np.int64))) == 0


def test_a_line_without_hours() -> None:
    """Its span is empty, and its neighbour stands where it should."""
    contexts = Contexts.of({"A": (100, nothing(0)), "B": (50, _rows(3))})
    assert contexts.positions(np.array([0, 1]), np.array([100, 50])).tolist() == [-1, 0]
    first, rows = contexts.span("A")
    assert (first, len(rows)) == (100, 0)
    assert contexts.newest.tolist() == [99, 50]


def test_hours_that_say_something_else_now() -> None:
    """Only they change; the newest hour of a line moves on with values, never back, and not with a missing hour."""
    contexts = Contexts.of({"A": (100, _rows(1, 2, None, None)), "B": (50, _rows(3, None))})
    hours = np.array([hour_row(volume=9), hour_row(volume=7), hour_row(quality=Quality.MISSING)], HOUR)
    contexts.tell(np.array([0, 1, 0]), np.array([100, 51, 103]), hours)
    assert contexts.rows["volume"].tolist() == [9, 2, ABSENT, ABSENT, 3, 7]
    assert contexts.newest.tolist() == [101, 51]
    contexts.tell(np.array([0]), np.array([102]), hours[:1])
    assert contexts.newest.tolist() == [102, 51]


def test_the_span_of_a_line() -> None:
    """Its first hour, and its rows as they stand: no copy."""
    contexts = Contexts.of({"A": (100, _rows(1, 2)), "B": (50, _rows(3))})
    first, rows = contexts.span("B")
    assert (first, rows["volume"].tolist()) == (50, [3])
    rows["found"] = 8
    assert contexts.rows["found"].tolist() == [0, 0, 8]


def test_what_is_kept_of_a_line() -> None:
    """The last 30 days, as rows of their own: the batch's memory is given back."""
    rows = nothing(KEPT_HOURS + 2)
    rows["meter"] = np.arange(len(rows))
    first, kept = kept_of(1_000, rows)
    assert (first, len(kept), kept["meter"][0]) == (1_002, KEPT_HOURS, 2)
    assert not np.shares_memory(kept, rows)
    first, kept = kept_of(1_000, rows[:5])
    assert (first, kept["meter"].tolist()) == (1_000, [0, 1, 2, 3, 4])


def test_rows_are_laid_where_they_stand() -> None:
    """What lies before or behind the span of a line is left out, and its neighbours keep theirs."""
    contexts = Contexts.blank({"A": (100, 102), "B": (50, 53), "C": (7, 7)})
    assert (contexts.rows == nothing(5)).all()
    assert contexts.newest.tolist() == [99, 49, 6]
    contexts.lay("B", 49, _rows(1, 2))
    contexts.lay("B", 52, _rows(3, 4))
    contexts.lay("A", 90, _rows(5))
    contexts.lay("A", 102, _rows(6))
    contexts.lay("C", 7, _rows(7))
    contexts.look_for_newest()
    assert contexts.rows["volume"].tolist() == [ABSENT, ABSENT, 2, ABSENT, 3]
    assert contexts.newest.tolist() == [99, 52, 6]
