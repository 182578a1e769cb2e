"""Telling the metrics what the ledgers say: their sums, and which blocks are off and stay so."""

from __future__ import annotations

import time

from shared.domain.revision import Outcome
from shared.runtime import metrics
from shared.runtime.logging import logger
from shared.runtime.mongo import Database
from shared.store import ledgers

TELL_SECONDS = 10.0
"""How often the ledgers are added up."""
LOOK_SECONDS = 60.0
"""How often is looked which blocks are off: that takes three times as long."""
STUCK_AFTER_SECONDS = 300.0
"""A batch takes a second: what has not changed for so long is not under way, unless somebody stands still."""


class LedgersTold:
    """For the worker that has partition 0 of the line log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told_at = self._looked_at = float("-inf")
        self._off: dict[str, tuple[int, float]] = {}
        self._log = logger(__name__)

    async def tell(self) -> None:
        """Tell what the ledgers say, now and then; called about once a second."""
        now = time.monotonic()
        if now - self._told_at > TELL_SECONDS:
            self._told_at = now
            total = await ledgers.total(self._database)
            metrics.LEDGER_DIFFERENCE.set(total.difference)
            for column in ("received", *(outcome.value for outcome in Outcome)):
                metrics.LEDGER_READINGS.labels(column).set(getattr(total, column))
        if now - self._looked_at > LOOK_SECONDS:
            self._looked_at = now
            self._take(await ledgers.unbalanced(self._database), now)

    async def leave(self) -> None:
        """Tell nothing any more: another worker has partition 0."""
        if self._off or self._looked_at > float("-inf"):
            self._off, self._looked_at = {}, float("-inf")
            metrics.LEDGER_STUCK.set(0)

    def _take(self, found: dict[str, int], now: float) -> None:
        """Note since when each block is off by as much as it is; what is lost and what is counted twice adds up."""
        before = self._off
        self._off = {
            block: (off, now) if before.get(block, (0,))[0] != off else before[block] for block, off in found.items()
        }
        stuck = {block: off for block, (off, since) in self._off.items() if now - since >= STUCK_AFTER_SECONDS}
        if stuck:
            self._log.warning("blocks of the ledger are off", blocks=dict(sorted(stuck.items())[:10]), all=len(stuck))
        metrics.LEDGER_STUCK.set(sum(map(abs, stuck.values())))
