"""The same hour is the same hour, whoever asks, in whatever piece and order."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import cache

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.local.simulator import expected_present, grid, history, labels, live

FIRST = int(datetime(2025, 9, 1, tzinfo=UTC).timestamp()) // 3600
SPAN = 900
GRID = grid(seed=7)

cuts = st.lists(st.integers(1, SPAN - 1), max_size=4, unique=True).map(sorted)


def _rows(telegrams: list[tuple[str, bytes]]) -> Counter[bytes]:
    """Every hour of every line as it was sent, without the telegrams around it."""
    return Counter(
        orjson.dumps([line["line"], hour])
        for _, body in telegrams
        for line in orjson.loads(body)["lines"]
        for hour in line["hours"]
    )


@cache
def whole() -> Counter[bytes]:
    """Every hour that was sent, asked for at once; not while tests are collected, which each process of a run does."""
    return _rows(list(history(GRID, FIRST, FIRST + SPAN - 1)))


@settings(max_examples=12, deadline=None)
@given(cuts=cuts, hours_per_telegram=st.integers(4, 100), backwards=st.booleans())
def test_pieces_are_the_whole(cuts: list[int], hours_per_telegram: int, *, backwards: bool) -> None:
    """A history cut anywhere, in telegrams of any size, asked in any order, holds the same hours."""
    bounds = list(zip([0, *cuts], [*cuts, SPAN], strict=True))
    found: Counter[bytes] = Counter()
    for begin, end in reversed(bounds) if backwards else bounds:
        found += _rows(list(history(GRID, FIRST + begin, FIRST + end - 1, hours_per_telegram, since=FIRST)))
    assert found == whole()


def test_live_hours_are_the_whole() -> None:
    """Hour after hour, live sends what the backfill sends."""
    found = [telegram for hour in range(FIRST, FIRST + SPAN) for telegram in live(GRID, hour, since=FIRST)]
    assert _rows(found) == whole()


@settings(max_examples=10, deadline=None)
@given(begin=st.integers(0, SPAN), length=st.integers(1, 400))
def test_the_same_call_gives_the_same_bytes(begin: int, length: int) -> None:
    """Ids and times of sending included."""
    first, last = FIRST + begin, FIRST + begin + length
    assert list(history(grid(seed=7), first, last)) == list(history(grid(seed=7), first, last))


@settings(max_examples=12, deadline=None)
@given(cut=st.integers(1, SPAN - 1))
def test_labels_and_counts_add_up(cut: int) -> None:
    """Labels of two pieces are the labels of the whole; counts of present hours add."""
    first, middle, last = FIRST, FIRST + cut, FIRST + SPAN - 1
    pieces = {*labels(GRID, first, middle - 1), *labels(GRID, middle, last)}
    assert pieces == set(labels(GRID, first, last))
    left, right = expected_present(GRID, first, middle - 1), expected_present(GRID, middle, last, since=first)
    assert {line: left[line] + right[line] for line in left} == expected_present(GRID, first, last)
