"""Every form in which rows were ever packed: what was written before a column existed stays readable.

A packed row has no mark of its form; its length tells. A new column is appended here as a new form: the dtype of the
form before is frozen below, and reading lays old rows into today's dtype by the names of their columns, so that a
column that was not there is 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.gas_time import MAX_HOURS_PER_DAY
from shared.domain.hour_changes import RUN
from shared.domain.revision import HOUR
from shared.domain.rollup import ROLLUP

HOUR_1 = np.dtype(
    [
        ("revision", np.uint16),
        ("validity", np.uint8),
        ("quality", np.uint8),
        ("provenance", np.uint8),
        ("volume", np.int64),
        ("energy", np.int64),
        ("gcv", np.int64),
        ("temperature", np.int64),
        ("index", np.int64),
        ("volume_operating", np.int64),
        ("pressure", np.int64),
        ("sent", np.int64),
        ("known_at", np.int64),
        ("log_offset", np.int64),
        ("source_topic", np.uint8),
        ("source_partition", np.uint16),
        ("source_offset", np.int64),
        ("source_place", np.uint32),
    ]
)
"""100 bytes: before meters, rules in context and estimates. Never to be changed."""
HOUR_2 = np.dtype(
    [
        *((name, HOUR_1[name]) for name in HOUR_1.names or ()),
        ("meter", np.uint16),
        ("found", np.uint16),
        ("method", "S2"),
        ("failed", "S3"),
    ]
)
"""109 bytes: before the gas of chromatographs. Never to be changed."""
ROLLUP_1 = np.dtype(
    [
        ("volume", np.int64),
        ("hours_with_volume", np.uint16),
        ("energy", np.int64),
        ("hours_with_energy", np.uint16),
        ("paired_volume", np.int64),
        ("paired_energy", np.int64),
        ("temperature_moment", np.int64),
        ("temperature_volume", np.int64),
        ("hours_present", np.uint16),
        ("by_validity", np.uint16, (3,)),
        ("by_quality", np.uint16, (6,)),
        ("changes", np.uint32),
        ("known_at", np.int64),
    ]
)
"""84 bytes: before blocked and waived hours were counted. Never to be changed."""
ROLLUP_2 = np.dtype(
    [
        *((name, ROLLUP_1[name]) for name in ROLLUP_1.names or () if name not in {"changes", "known_at"}),
        ("hours_blocked", np.uint16),
        ("hours_waived", np.uint16),
        ("changes", np.uint32),
        ("known_at", np.int64),
    ]
)
"""88 bytes: before the flow-weighted mean of analysed gas. Never to be changed."""
HOUR_FORMS = (HOUR, HOUR_2, HOUR_1)
ROLLUP_FORMS = (ROLLUP, ROLLUP_2, ROLLUP_1)


RUN_FORMS = (RUN,)


class UnknownFormError(ValueError):
    """Bytes that are rows of no form that this software knows; the message tells their length."""


def day_hours(packed: bytes) -> NDArray[np.void]:
    """Return the HOUR rows of a packed day, however many they are.

    A day has at most 25 rows, and no two forms (of 100, 109 and 116 bytes) have a common length before 2,900 bytes, the
    29th of the shortest: no length that a day can have belongs to two forms.

    Raises:
        UnknownFormError: no form has this length.
    """
    for form in HOUR_FORMS:
        if len(packed) in range(0, (MAX_HOURS_PER_DAY + 1) * form.itemsize, form.itemsize):
            return _today(np.frombuffer(packed, form), HOUR)
    raise UnknownFormError(f"{len(packed)} bytes are the hours of no gas day")


def hours(packed: bytes, count: int) -> NDArray[np.void]:
    """Return `count` packed HOUR rows, of a finding or of a revision.

    Raises:
        UnknownFormError: so many rows have this length in no form.
    """
    return _counted(packed, count, HOUR_FORMS)


def runs(packed: bytes, count: int) -> NDArray[np.void]:
    """Return `count` packed RUN rows, of a document of `changes`.

    Raises:
        UnknownFormError: so many rows have this length in no form.
    """
    return _counted(packed, count, RUN_FORMS)


def rollup(packed: bytes) -> NDArray[np.void]:
    """Return the packed ROLLUP row of a gas day, as one row.

    Raises:
        UnknownFormError: one row has this length in no form.
    """
    return _counted(packed, 1, ROLLUP_FORMS)


def _counted(packed: bytes, count: int, forms: tuple[np.dtype[np.void], ...]) -> NDArray[np.void]:
    for form in forms:
        if len(packed) == count * form.itemsize:
            return _today(np.frombuffer(packed, form), forms[0])
    raise UnknownFormError(f"{len(packed)} bytes are {count} rows of no form")


def _today(rows: NDArray[np.void], form: np.dtype[np.void]) -> NDArray[np.void]:
    """Return rows in today's form; those that have it already as they are."""
    if rows.dtype == form:
        return rows
    laid = np.zeros(len(rows), form)
    for name in rows.dtype.names or ():
        laid[name] = rows[name]
    return laid
