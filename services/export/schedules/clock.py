"""Daily schedules: each occasion whose time is there makes one delivery; what was missed is made once, in order."""

from __future__ import annotations

from services.export.schedules.defects import harming_itself_alone
from services.export.schedules.times import gas_day_before, next_daily, of_day, time_of
from shared.runtime.mongo import Database
from shared.store import schedules
from shared.store.deliveries import delivery_of
from shared.store.export_jobs import Document

AT_ONCE = 100


async def run_due(database: Database, now_ms: int) -> int:
    """Make the deliveries of all occasions that are due by the store's clock; return how many."""
    made, before = 0, -1
    while made > before:
        before = made
        for schedule in await schedules.due(database, AT_ONCE):
            with harming_itself_alone(schedule["_id"]) as faults:
                made += await _go_off(database, schedule, now_ms)
            for fault in faults:
                await schedules.disable(database, schedule["_id"], fault)
    return made


async def _go_off(database: Database, schedule: Document, now_ms: int) -> bool:
    day = gas_day_before(schedule["next_at"])
    delivery = delivery_of(schedule, day.isoformat(), of_day(schedule["asked"], day), now_ms)
    following = next_daily(time_of(schedule["when"]["at"]), schedule["next_at"])
    return await schedules.went_off(database, schedule, following, delivery)
