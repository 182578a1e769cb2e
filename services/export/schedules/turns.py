"""What is done for schedules again and again: by the clock, by what changed, and from an occasion to its file."""

from __future__ import annotations

from services.export.deliveries.making import make
from services.export.jobs.attempt import CallerNamed
from services.export.schedules import changes as schedule_changes
from services.export.schedules import clock as schedule_clock
from shared.runtime import metrics
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.mongo import Database
from shared.store import deliveries, export_jobs, schedules

TURN_SECONDS = 2.0
KEPT_TWICE = 2
"""A delivery is told for twice as long as its file is kept."""


class Schedules:
    """Makes deliveries; several replicas may, one beside the other."""

    def __init__(self, database: Database, kept_seconds: float, named: CallerNamed, now: Clock = utc_now) -> None:
        self._database, self._kept_seconds, self._named, self._now = database, kept_seconds, named, now

    async def start(self) -> None:
        """Create the indexes."""
        await export_jobs.ensure_indexes(self._database)
        await schedules.ensure_indexes(self._database)

    async def stop(self) -> None:
        """Nothing is held."""

    async def turn(self) -> None:
        """Do it once."""
        now = self._now()
        made = await schedule_clock.run_due(self._database, int(now.timestamp() * 1000))
        made += await schedule_changes.look(self._database, self._named, now)
        metrics.DELIVERIES_MADE.inc(made)
        await make(self._database, self._kept_seconds)
        told_seconds = KEPT_TWICE * self._kept_seconds
        await deliveries.forget(self._database, int((now.timestamp() - told_seconds) * 1000))
