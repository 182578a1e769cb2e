"""Builds HOUR rows for tests: only what a test names differs from an ordinary measured hour."""

from __future__ import annotations

from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from shared.domain.quantities import ABSENT
from shared.domain.reading import MEASURES, Provenance, Quality, Validity
from shared.domain.revision import HOUR


class Fields(TypedDict, total=False):
    """The fields of an HOUR that tests set; numbers are scaled as they rest."""

    revision: int
    validity: int
    quality: int
    provenance: int
    volume: int
    energy: int
    gcv: int
    temperature: int
    sent: int
    known_at: int
    log_offset: int


def hour_row(**fields: Unpack[Fields]) -> np.void:
    """Return a preliminary, measured hour of revision 1 without values, but for the fields given."""
    rows = np.zeros(1, HOUR)
    for name in MEASURES:
        rows[name] = ABSENT
    rows["revision"], rows["validity"], rows["quality"] = 1, Validity.PRELIMINARY, Quality.MEASURED
    for name, value in fields.items():
        rows[name] = value
    row: np.void = rows[0]
    return row


def empty_day(hours: int = 24) -> NDArray[np.void]:
    """Return a day of which nothing is known."""
    return np.zeros(hours, HOUR)


def day_of(*rows: np.void, hours: int = 24) -> NDArray[np.void]:
    """Return one day, shape (1, hours): the rows given, then hours of which nothing is known."""
    day = empty_day(hours)
    for place, row in enumerate(rows):
        day[place] = row
    return day[None, :]


def beside_a_finding(row: np.void) -> np.void:
    """Return what an hour says that has held another value: the same, and that a finding concerns it."""
    marked = row.copy()
    marked["provenance"] |= np.uint8(Provenance.FOUND)
    return marked
