"""What is done for exports again and again: files expire, what nobody may read is removed, hopeless ones fail."""

from __future__ import annotations

from dataclasses import asdict

from services.export.jobs.attempt import Workshop
from shared.domain.topology import Issue
from shared.runtime import metrics
from shared.runtime.logging import logger
from shared.store import export_claims, export_jobs
from shared.store.results import ResultsAwayError

SWEEP_SECONDS = 5.0
MOST_AT_ONCE = 100


class Sweeper:
    """Sweeps; several replicas may, one beside the other."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    async def start(self) -> None:
        """Create the indexes."""
        await export_jobs.ensure_indexes(self._shop.database)

    async def stop(self) -> None:
        """Nothing is held."""

    async def sweep(self) -> None:
        """Do it once."""
        shop = self._shop
        words = f"{shop.most_attempts} workers died over it: ask for less at a time, and tell us"
        died = asdict(Issue("EXPORT_WORKERS_DIED", "export", words))
        hopeless = await export_claims.fail_hopeless(shop.database, shop.most_attempts, shop.kept_seconds, died)
        metrics.EXPORT_HOPELESS.inc(hopeless)
        await export_claims.expire(shop.database)
        for job in await export_claims.to_sweep(shop.database, MOST_AT_ONCE):
            try:
                await shop.results.remove(job)
            except ResultsAwayError as fault:
                logger(__name__).warning("files stay until the next turn", fault=repr(fault)[:200])
                return
            await export_claims.swept(shop.database, job)
        await export_claims.forget(shop.database)
        for state, count in (await export_claims.open_by_state(shop.database)).items():
            metrics.EXPORT_JOBS.labels(state).set(count)
