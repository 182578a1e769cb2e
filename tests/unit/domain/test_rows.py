"""Rows copied as bytes say what rows copied field by field say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.line_context import CONTEXT
from shared.domain.revision import HOUR
from shared.domain.rows import copied, joined, put, taken


def rows_of(kind: np.dtype[np.void], count: int = 6) -> NDArray[np.void]:
    """Return rows in which every number is another one."""
    rows = np.zeros(count, kind)
    for place, name in enumerate(kind.names or ()):
        rows[name] = np.arange(place * 10 + 1, place * 10 + 1 + count)
    return rows


@pytest.mark.parametrize("kind", [HOUR, CONTEXT])
def test_as_numpy_does_it(kind: np.dtype[np.void]) -> None:
    """Copies are the reader's own; what is put lands where it should; a cut of an array is written through."""
    rows, places = rows_of(kind), np.array([4, 0, 4])
    copy = copied(rows)
    copy["found"] = 99
    assert (taken(rows, places) == rows[places]).all()
    assert (joined([rows[:2], rows[2:2], rows[1:]]) == np.concatenate([rows[:2], rows[1:]])).all()
    expected = rows_of(kind)
    expected[[1, 3]] = rows[[4, 5]]
    assert (rows == rows_of(kind)).all()
    put(rows, np.array([1, 3]), taken(rows, slice(4, 6)))
    assert (rows == expected).all()
    put(rows[2:], slice(0, 2), expected[:2])
    assert (rows[2:4] == expected[:2]).all()
