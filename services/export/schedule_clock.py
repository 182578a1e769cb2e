"""Daily schedules: each occasion whose time is there makes one delivery; what was missed is made once, in order."""

from __future__ import annotations

from services.export.schedule_times import gas_day_before, next_daily, of_day, time_of
from shared.runtime.mongo import Database
from shared.store import schedules
from shared.store.deliveries import delivery_of

AT_ONCE = 100


async def run_due(database: Database, now_ms: int) -> int:
    """Make the deliveries of all occasions that are due by the store's clock; return how many."""
    made, before = 0, -1
    while made > before:
        before = made
        for schedule in await schedules.due(database, AT_ONCE):
            day = gas_day_before(schedule["next_at"])
            delivery = delivery_of(schedule, day.isoformat(), of_day(schedule["asked"], day), now_ms)
            following = next_daily(time_of(schedule["when"]["at"]), schedule["next_at"])
            made += await schedules.went_off(database, schedule, following, delivery)
    return made
