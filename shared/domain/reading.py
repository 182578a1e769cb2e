"""A reading: what a telegram or a file says of one hour of one line.

Many readings travel and are judged together, so they are rows of a numpy record array (`READING`); names that repeat
(lines, meters, sources) stand once beside it in `Readings`. Numbers are scaled integers, see quantities.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from zlib import crc32

import numpy as np
from numpy.typing import NDArray


class Validity(IntEnum):
    """How far a value's checking has come; a greater one is stronger."""

    RECORDED = 1
    PRELIMINARY = 2
    DEFINITIVE = 3


class Quality(IntEnum):
    """How a value came about: a second axis beside validity."""

    MEASURED = 1
    CALCULATED = 2
    SUBSTITUTED = 3
    ESTIMATED = 4
    EDITED = 5
    MISSING = 6


class Provenance(IntFlag):
    """Where a value comes from, as far as the rules or a reader must know."""

    FROM_FILE = 1
    """A file or import: too old is no fault (rule A6)."""
    VOLUME_OPERATING = 2
    """The volume is operating volume as the operator publishes it, not normalised."""
    PINNED = 4
    """Edited by hand: later transmissions are held until the pin is released."""
    BLOCKED = 8
    """An open finding of severity F concerns the hour: its month does not close until somebody decides."""
    WAIVED = 16
    """Somebody accepted that the hour is missing: its month closes without it."""
    FOUND = 32
    """A finding concerns this revision of the hour."""
    ACCEPTED = 64
    """Somebody accepted the value as it stands: a later tick does not estimate it anew."""
    GAS_BLOCKED = 128
    """As BLOCKED, by what the gas is like that the hour is given; another gas lifts it."""


KEPT_BACK = Provenance.BLOCKED | Provenance.GAS_BLOCKED
"""An open finding of severity F concerns the hour."""


def flagged(rows: NDArray[np.void], flag: Provenance) -> NDArray[np.bool_]:
    """Say which rows (READING or HOUR) carry a flag, or one of several."""
    carried: NDArray[np.bool_] = (rows["provenance"] & np.uint8(flag)) != 0
    return carried


ACTUAL_QUALITIES = (Quality.MEASURED, Quality.CALCULATED, Quality.SUBSTITUTED, Quality.EDITED)
"""Qualities of values that somebody or something stands for: neither estimated nor missing."""
READING = np.dtype(
    [
        ("line", np.uint32),  # index in Readings.lines
        ("hour", np.int32),  # hour number, UTC
        ("volume", np.int64),
        ("energy", np.int64),
        ("gcv", np.int64),
        ("temperature", np.int64),
        ("index", np.int64),
        ("volume_operating", np.int64),
        ("pressure", np.int64),
        ("quality", np.uint8),
        ("provenance", np.uint8),
        ("meter", np.uint16),  # index in Readings.meters
        ("source", np.uint32),  # index in Readings.sources
        ("place", np.uint32),  # index of the reading in its source record
    ]
)
MEASURES = ("volume", "energy", "gcv", "temperature", "index", "volume_operating", "pressure")
"""The columns that carry quantities, in the order of quantities.QUANTITIES."""


@dataclass(frozen=True, slots=True)
class Source:
    """The record in which a reading arrived: its position, and what it says of itself.

    `sent_ms` is milliseconds since 1970 UTC: the sender's own time, which ranks revisions. `received_ms` is the time at
    which the record came into the topic, 0 where nobody wrote it down: it only tells how long things take.
    """

    topic: str
    partition: int
    offset: int
    telegram: str
    station: str
    sent_ms: int
    received_ms: int = 0


@dataclass(slots=True)
class Readings:
    """Readings of one partition of the line log, in the order of their arrival."""

    rows: NDArray[np.void]
    lines: list[str]
    sources: list[Source]
    meters: list[str] = field(default_factory=lambda: [""])

    def __len__(self) -> int:
        """Return how many readings there are."""
        return len(self.rows)


def meter_mark(name: str) -> int:
    """Return the number that stands for a meter's name in an hour at rest: 0 for none, else crc32 folded to 16 bits.

    It only tells whether the meter is another one; two names in 65,535 share a mark.
    """
    return 1 + crc32(name.encode()) % 0xFFFF if name else 0


def empty_rows(count: int) -> NDArray[np.void]:
    """Return `count` readings without any value: every measure ABSENT, quality MEASURED."""
    rows = np.zeros(count, READING)
    for name in MEASURES:
        rows[name] = np.iinfo(np.int64).min
    rows["quality"] = Quality.MEASURED
    return rows
