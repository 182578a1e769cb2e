"""An analysis: what a chromatograph says of the gas of one hour.

Analyses travel as rows of a numpy record array (`ANALYSIS`). Shares are millionths of the whole (a ten-thousandth of a
mol %), the other numbers scaled like those of an hour; ABSENT marks what was not sent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import ABSENT, GCV, Quantity
from shared.domain.revision import MOST_REVISIONS, Outcome

SHARE_ABSENT = -(2**31)
"""Stands for a component that was not reported."""
SHARE = Quantity("mol_percent", 10_000, 0, 100)
"""How a share in mol % becomes millionths of the whole."""
DENSITY = Quantity("density_kg_per_m3n", 1_000_000, 0, 10)
WOBBE = Quantity("wobbe_kwh_per_m3n", 1_000_000, 0, 1_000)
ANALYSIS = np.dtype(
    [
        ("hour", np.int32),  # hour number, UTC
        ("place", np.uint32),  # index of the analysis in its source record
        ("shares", np.int32, (len(COMPONENTS),)),  # in the order of COMPONENTS
        ("gcv", np.int64),  # at 25/0
        ("density", np.int64),
        ("wobbe", np.int64),  # gross, at 25/0
    ]
)
KEPT_ANALYSIS = np.dtype(
    [
        *((name, ANALYSIS[name]) for name in ANALYSIS.names or ()),
        ("revision", np.uint16),  # 0: nothing is known of this hour
        ("doubt", "S3"),  # id of the rule of severity F that keeps it from being applied
        ("sent", np.int64),  # ms since 1970, Analyses.ranks_ms
        ("known_at", np.int64),  # ms since 1970, the line log's time
        ("offset", np.int64),  # in the topic `analyses`
    ]
)
"""An analysis at rest."""
CHARACTERISTICS = {"gcv": GCV, "density": DENSITY, "wobbe": WOBBE}
"""What an analysis may say beside its shares, by its column, in the order of the telegram."""


@dataclass(frozen=True, slots=True)
class Analyses:
    """What one record of a chromatograph tells: its source position, when it was sent and became known, its rows.

    `sent_ms` is the sender's time; `known_at_ms` that of the topic `analyses`.
    """

    chromatograph: str
    telegram: str
    offset: int
    sent_ms: int
    known_at_ms: int
    rows: NDArray[np.void]

    @property
    def ranks_ms(self) -> int:
        """The time that ranks corrections: the sender's, but a clock that is ahead must not lock hours for ever."""
        return min(self.sent_ms, self.known_at_ms)


def apply_analysis(kept: np.void, coming: np.void) -> Outcome:
    """Say what a coming analysis (KEPT_ANALYSIS) does to what is kept of its hour: a repetition, a revision, or older.

    As with readings the later `sent` wins, then the order of arrival; beyond all revisions that can be it is held.
    """
    if kept["revision"] == 0:
        return Outcome.ACCEPTED
    if all(np.array_equal(kept[name], coming[name]) for name in ("shares", *CHARACTERISTICS)):
        return Outcome.REPEATED
    is_held = coming["sent"] < kept["sent"] or kept["revision"] == MOST_REVISIONS
    return Outcome.HELD if is_held else Outcome.ACCEPTED


def good_analyses(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Say which analyses (KEPT_ANALYSIS) may serve: those that no rule keeps back and that say how the gas burns."""
    burns = (rows["gcv"] != ABSENT) | (rows["shares"] != SHARE_ABSENT).any(axis=1)
    good: NDArray[np.bool_] = (rows["revision"] > 0) & (rows["doubt"] == b"") & burns
    return good


def empty_analyses(count: int) -> NDArray[np.void]:
    """Return `count` analyses that say nothing."""
    rows = np.zeros(count, ANALYSIS)
    rows["shares"] = SHARE_ABSENT
    for name in CHARACTERISTICS:
        rows[name] = ABSENT
    return rows


def mol_percent(shares: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return shares (n, components) in mol %, NaN where a component was not reported."""
    return np.where(shares == SHARE_ABSENT, np.nan, shares / SHARE.scale)


def number(column: NDArray[np.int64], scale: int) -> NDArray[np.float64]:
    """Return a column of scaled numbers as plain ones, NaN where nothing was sent."""
    return np.where(column == ABSENT, np.nan, column / scale)


def scaled(numbers: NDArray[np.float64], scale: int) -> NDArray[np.int64]:
    """Return plain numbers as scaled ones, rounded half to even; ABSENT where there is none."""
    known = np.isfinite(numbers)
    return np.where(known, np.rint(np.where(known, numbers, 0) * scale), ABSENT).astype(np.int64)
