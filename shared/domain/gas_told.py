"""What chromatographs told, as far as energy needs it: of each hour a calorific value, and when it was sent.

Every partition keeps it of all chromatographs, by what its own log says: so what an hour is given depends on nobody
else's progress. 17 bytes an hour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.quantities import ABSENT

GAS_TOLD = np.dtype(
    [
        ("gcv", np.int64),  # millionths of kWh/m³(n) at 25/0
        ("sent", np.int64),  # ms since 1970, Analyses.ranks_ms
        ("state", np.uint8),  # 0: nothing is known of this hour
    ]
)
DOUBTFUL, GOOD = 1, 2
"""States: a rule keeps the analysis back, or it says nothing of how the gas burns; it may serve."""


def gas_told(gcv: NDArray[np.int64], sent_ms: int, doubtful: NDArray[np.bool_]) -> NDArray[np.void]:
    """Return what analyses tell that were sent together.

    Args:
        gcv: Their calorific values, ABSENT where they have none.
        sent_ms: The time that ranks them.
        doubtful: Which of them a rule keeps back.
    """
    rows = np.zeros(len(gcv), GAS_TOLD)
    rows["gcv"], rows["sent"] = gcv, sent_ms
    rows["state"] = np.where(doubtful | (gcv == ABSENT), DOUBTFUL, GOOD)
    return rows


def take_over(kept: NDArray[np.void], coming: NDArray[np.void]) -> NDArray[np.bool_]:
    """Let each coming row replace the kept one of its hour, unless that was sent later; say where it did.

    The same rank as `analysis.apply_analysis` has: who repeats an analysis changes nothing but when it was sent.
    """
    taken: NDArray[np.bool_] = (kept["state"] == 0) | (coming["sent"] >= kept["sent"])
    kept[taken] = coming[taken]
    return taken


def good_gas(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Say which rows (GAS_TOLD) may serve."""
    good: NDArray[np.bool_] = rows["state"] == GOOD
    return good
