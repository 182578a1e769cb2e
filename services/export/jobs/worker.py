"""The part of the service that works on exports, beside its HTTP face: one at a time, as many workers as there are.

Workers know nothing of each other; whoever claims a job first has it. A worker that is killed leaves its claim to run
out, and the next one begins the job anew.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time

from services.export.jobs.attempt import Outcome, Workshop, attempt
from shared.runtime import metrics
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError, is_passing
from shared.store import export_claims
from shared.store.export_claims import Claim

LOOK_SECONDS = 0.5
"""How often a worker with nothing to do looks for a job; a look costs the store some 50 µs."""


class JobWorker:
    """Claims jobs and works on them, one after the other."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._name = f"{socket.gethostname()}/{os.getpid()}"
        self._stopping = asyncio.Event()
        self._working: asyncio.Task[Outcome] | None = None
        self._log = logger(__name__)

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end; raises what the work raised, unless the store was away."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Take no more jobs; the one in hand is given back, and another worker begins it anew."""
        self._stopping.set()
        if self._working is not None:
            self._working.cancel()
        await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if await self.work_on_next():
                    continue
            except PyMongoError as fault:
                if not is_passing(fault):
                    raise
                self._log.warning("exports wait: the store is away", fault=repr(fault)[:200])
            try:
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def work_on_next(self) -> bool:
        """Work on the job that has waited longest; say whether there was one."""
        shop = self._shop
        ours = await export_claims.claim(shop.database, self._name, shop.lease_seconds, shop.most_attempts)
        if ours is None:
            return False
        begun = time.monotonic()
        outcome = await self._attempted(ours)
        metrics.EXPORT_ATTEMPTS.labels(outcome.value).inc()
        metrics.EXPORT_SECONDS.observe(time.monotonic() - begun)
        self._log.info("export", job=ours.job, attempt=ours.number, outcome=outcome.value)
        return True

    async def _attempted(self, ours: Claim) -> Outcome:
        self._working = asyncio.create_task(attempt(self._shop, ours))
        try:
            return await self._working
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
            await export_claims.give_back(self._shop.database, ours, after_seconds=0, is_counted=False)
            return Outcome.STOPPED
        finally:
            self._working = None
