"""Columns of text: every cell as Python's own decimal and datetime would write it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import text_columns as text

INTEGERS = st.integers(-(2**62), 2**62)


@given(st.lists(INTEGERS, max_size=30), st.integers(0, 7))
def test_decimals_are_those_of_the_decimal_module(values: list[int], places: int) -> None:
    """Scaled integers are written with all their places and without an exponent."""
    written = text.strings_of(text.decimals(np.array(values, np.int64), places))
    assert written == [f"{Decimal(value).scaleb(-places):.{places}f}" for value in values]


@given(st.lists(st.integers(0, 4_000_000_000_000), max_size=30))
def test_instants_are_utc_with_milliseconds(milliseconds: list[int]) -> None:
    """Milliseconds since 1970 become UTC times with three places."""
    written = text.strings_of(text.instants(np.array(milliseconds, np.int64)))
    moments = [datetime.fromtimestamp(ms // 1000, UTC) for ms in milliseconds]
    expected = [
        f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z" for moment, ms in zip(moments, milliseconds, strict=True)
    ]
    assert written == expected


def test_local_hours_carry_their_offset() -> None:
    """The same wall-clock hour of the October night is written twice, with two offsets."""
    hour = int(datetime(2026, 10, 25, tzinfo=UTC).timestamp()) // 3600
    written = text.strings_of(text.local_hours(np.array([hour, hour + 1]), np.array([2, 1])))
    assert written == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]


def test_where_puts_another_text_in_place_of_what_is_absent() -> None:
    """Absent cells say what they are told to say, also where that is longer than the cell."""
    cells = text.decimals(np.array([1, 2]), 0)
    assert text.strings_of(text.where(np.array([True, False]), cells, "null")) == ["1", "null"]


@pytest.mark.parametrize("texts", [[], ["", "é", "long text"]])
def test_choices_take_texts_of_any_length(texts: list[str]) -> None:
    """Texts of different length, in bytes, stand whole in their rows."""
    places = np.arange(len(texts))
    assert text.strings_of(text.choices(places, texts)) == texts


@given(st.lists(st.integers(-30_000, 47_000), max_size=20), st.integers(1, 40))
def test_dates_are_those_of_the_calendar(days: list[int], times: int) -> None:
    """Few and far between, or many in few days: of which the texts are looked up."""
    numbers = np.repeat(np.array(days, np.int64), times)
    assert text.strings_of(text.dates(numbers)) == [date.fromordinal(719_163 + int(day)).isoformat() for day in numbers]


@given(st.lists(st.text("ab", max_size=5), min_size=1, max_size=5), st.text("c", max_size=9))
def test_below_keeps_cells_of_any_width(first: list[str], second: str) -> None:
    """Parts of different width stand behind each other, each row as it was."""
    parts = [text.choices(np.arange(len(first)), first), text.literal(second, 2)]
    assert text.strings_of(text.below(parts)) == [*first, second, second]
