"""Generates hours as they may stand in a day: any values inside the bounds of their quantities, any status."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain.quantities import ABSENT, QUANTITIES, Quantity
from shared.domain.reading import MEASURES, Provenance, Quality, Validity
from shared.domain.revision import HOUR
from tests.unit.domain.hour_rows import empty_day, hour_row


def scaled(quantity: Quantity) -> st.SearchStrategy[int]:
    """Draw a value inside the bounds, or ABSENT."""
    return st.just(ABSENT) | st.integers(quantity.lowest * quantity.scale, quantity.highest * quantity.scale)


@st.composite
def told_rows(draw: st.DrawFn) -> np.void:
    """Draw an hour of which something was accepted."""
    row = hour_row(
        revision=draw(st.integers(1, 4)),
        validity=draw(st.sampled_from(Validity)),
        quality=draw(st.sampled_from(Quality)),
        sent=draw(st.integers(0, 2**41)),
        known_at=draw(st.integers(0, 2**41)),
        provenance=draw(st.sampled_from([0, Provenance.BLOCKED, Provenance.WAIVED, Provenance.FOUND])),
    )
    for name, quantity in zip(MEASURES, QUANTITIES, strict=True):
        row[name] = draw(scaled(quantity))
    return row


def hour_rows() -> st.SearchStrategy[np.void]:
    """Draw an hour, perhaps one of which nothing is known."""
    return told_rows() | st.builds(lambda: empty_day(1)[0])


@st.composite
def days(draw: st.DrawFn, largest: int = 4) -> NDArray[np.void]:
    """Draw a few gas days of equal length, shape (days, hours)."""
    count, hours = draw(st.integers(1, largest)), draw(st.integers(1, 6))
    rows = draw(st.lists(hour_rows(), min_size=count * hours, max_size=count * hours))
    return np.array(rows, HOUR).reshape(count, hours)
