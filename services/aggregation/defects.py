"""A reading that makes our own code fail harms only itself: it is found by bisection and dead-lettered as DEFECT.

Deciding is pure, so trying again with fewer readings is safe, and a replay finds the same culprits.
"""

from __future__ import annotations

from collections.abc import Callable

from services.aggregation.batch import Batch
from services.aggregation.settled import Settled
from shared.events.answer import FindingTold
from shared.runtime.logging import logger

DEFECT = "DEFECT"


class StepError(Exception):
    """A tick or a decision makes our own code fail."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"the record of the line log at offset {offset}")
        self.offset = offset


def isolated(batch: Batch, decide: Callable[[], Settled]) -> Settled:
    """Return `decide()`; if it fails, set aside what makes it fail (readings, ticks, decisions) and decide the others.

    A decision that is set aside is refused as DEFECT; a tick lets time pass and does nothing else.
    """
    while True:
        try:
            return _without_culprits(batch, decide)
        except StepError as failed:
            if failed.offset in batch.defective:
                raise
            logger(__name__).exception("defect: a tick or decision is set aside", offset=failed.offset)
            batch.defective.add(failed.offset)


def _without_culprits(batch: Batch, decide: Callable[[], Settled]) -> Settled:
    """Return `decide()`; if a reading makes it fail, reject the readings that do and decide the others."""
    try:
        return decide()
    except StepError:
        raise
    except Exception:  # noqa: BLE001 - deciding is pure: whatever it raises is a defect of ours, and is isolated
        logger(__name__).exception("defect: looking for the reading that causes it", readings=len(batch.candidates))
    rows = [row for row in range(len(batch.candidates)) if row not in batch.rejected]
    for row in _culprits(rows, batch, decide):
        batch.rejected[row] = FindingTold(row, DEFECT, "R", None, None)
    return decide()


def _culprits(rows: list[int], batch: Batch, decide: Callable[[], Settled]) -> list[int]:
    """Return the rows that fail on their own, all others set aside."""
    if _passes(rows, batch, decide):
        return []
    if len(rows) == 1:
        return rows
    middle = len(rows) // 2
    return _culprits(rows[:middle], batch, decide) + _culprits(rows[middle:], batch, decide)


def _passes(rows: list[int], batch: Batch, decide: Callable[[], Settled]) -> bool:
    """Try with these rows alone."""
    kept, alone = batch.rejected, set(rows)
    batch.rejected = {
        row: kept.get(row, FindingTold(row, DEFECT, "R", None, None))
        for row in range(len(batch.candidates))
        if row in kept or row not in alone
    }
    try:
        decide()
    except StepError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it is what is being looked for
        return False
    else:
        return True
    finally:
        batch.rejected = kept
