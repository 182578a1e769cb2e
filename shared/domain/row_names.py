"""Which of several names each of many rows has: few distinct sets, however many rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def sets_of_rows(has: NDArray[np.bool_], names: Sequence[str]) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
    """Return the distinct sets of names, and which of them each row has.

    Args:
        has: Shape (rows, names).
        names: The names.
    """
    packed = np.packbits(has, axis=1)
    _, first, place = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    sets = [tuple(names[number] for number in np.flatnonzero(has[row]).tolist()) for row in first.tolist()]
    return sets, place.reshape(-1)


def names_of_rows(has: NDArray[np.bool_], names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of each row, with spaces between."""
    sets, place = sets_of_rows(has, names)
    texts = [" ".join(one) for one in sets]
    return tuple(texts[number] for number in place.tolist())
