"""What each line of a node contributes to it over a period. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Share:
    """A line's part in a period: its own volume and energy, thousandths; and these times its weights of each gas day.

    The latter are in the parts of which 10 ** places of the node's rows make 1: over all lines they add up to the node.
    """

    has_volume: bool
    has_energy: bool
    volume: int
    energy: int
    counted_volume: int
    counted_energy: int

    @classmethod
    def of(cls, rollups: NDArray[np.void], weights: NDArray[np.int64]) -> Share:
        """Return the part of a line from its ROLLUP and its weight in each unit of the period."""
        sums = [int(rollups[name].sum()) for name in ("volume", "energy")]
        counted = [int((rollups[name] * weights).sum()) for name in ("volume", "energy")]
        return cls(bool(rollups["hours_with_volume"].any()), bool(rollups["hours_with_energy"].any()), *sums, *counted)
