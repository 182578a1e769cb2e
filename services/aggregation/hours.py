"""Hours of many lines as they stand in the table of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.aggregation.deciding import Deciding
from shared.domain import gas_time
from shared.domain.rows import put, taken

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of lines that stand in the table: `hour[i]` of `names[line[i]]` is at `slot[i]` of all its rows.

    `fresh`: a step has just changed them; else they stand already.
    """

    names: list[str]
    line: Ints
    hour: Ints
    slot: Ints
    fresh: bool = True

    def only(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Hours:
        """Return some of them."""
        return Hours(self.names, self.line[rows], self.hour[rows], self.slot[rows], self.fresh)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.hour)


def rows_of(deciding: Deciding, hours: Hours) -> NDArray[np.void]:
    """Return what hours say; they go on saying that, whatever becomes of the table."""
    return taken(deciding.table.days.reshape(-1), hours.slot)


def put_rows(deciding: Deciding, hours: Hours, rows: NDArray[np.void]) -> None:
    """Let hours say something else."""
    put(deciding.table.days.reshape(-1), hours.slot, rows)
    deciding.table.changed[np.unique(hours.slot // gas_time.MAX_HOURS_PER_DAY)] = True
