"""What makes our own code fail harms only itself: readings are dead-lettered as DEFECT, steps are set aside.

Deciding is pure, so trying again with less is safe, and a replay finds the same culprits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.aggregation.batch import Batch
from services.aggregation.settled import Settled
from shared.events.answer import FindingTold
from shared.runtime.logging import logger

DEFECT = "DEFECT"
MOST_LINES = 8
"""Lines that are set aside of a tick one by one; where more fail, or one fails even so, it is the tick."""


class StepError(Exception):
    """A tick or a decision makes our own code fail; of a tick perhaps what it means for one `line` alone."""

    def __init__(self, offset: int, line: str = "") -> None:
        super().__init__(f"the record of the line log at offset {offset}" + (f", line {line}" if line else ""))
        self.offset, self.line = offset, line


@contextmanager
def blamed(offset: int, line: str = "") -> Iterator[None]:
    """Blame whatever fails here on a tick or decision, and on a line of it.

    Raises:
        StepError: something failed.
    """
    try:
        yield
    except StepError:
        raise
    except Exception as failure:
        raise StepError(offset, line) from failure


def isolated(batch: Batch, decide: Callable[[], Settled]) -> Settled:
    """Return `decide()`; if it fails, set aside what makes it fail (readings, ticks, decisions) and decide the others.

    A decision that is set aside is refused as DEFECT; a tick does nothing for the lines that are, or lets time pass and
    does nothing at all.
    """
    while True:
        try:
            return _without_culprits(batch, decide)
        except StepError as failed:
            aside = batch.defective.setdefault(failed.offset, set())
            if "" in aside:
                raise
            logger(__name__).exception("defect: set aside", offset=failed.offset, line=failed.line or None)
            aside.add(failed.line if len(aside) < MOST_LINES and failed.line not in aside else "")


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
