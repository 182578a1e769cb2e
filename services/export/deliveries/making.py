"""From an occasion to its file: each delivery orders one export, and is ready once that is done."""

from __future__ import annotations

from dataclasses import asdict

from shared.domain.topology import Issue
from shared.runtime.mongo import Database
from shared.store import deliveries, export_jobs
from shared.store.deliveries import DeliveryState
from shared.store.export_jobs import Document, JobState, order_of

AT_ONCE = 1_000


async def make(database: Database, kept_seconds: float) -> int:
    """Take every delivery that is being made as far as it goes; return how many became ready."""
    made = 0
    for delivery in await deliveries.in_making(database, AT_ONCE):
        if "job" not in delivery:
            await _order(database, delivery, kept_seconds)
        else:
            made += await _looked_after(database, delivery)
    return made


async def _order(database: Database, delivery: Document, kept_seconds: float) -> None:
    """Order the export; a second time, after a crash, it is the same one."""
    job = await export_jobs.create(
        database,
        delivery["owner"],
        order_of(delivery["asked"]),
        delivery["asked_at"],
        key=export_jobs.OF_A_SCHEDULE + delivery["_id"],
        kept_seconds=kept_seconds,
    )
    await deliveries.ordered(database, delivery["_id"], job["_id"])


async def _looked_after(database: Database, delivery: Document) -> bool:
    job = await export_jobs.find(database, delivery["owner"], delivery["job"])
    if job is not None and job["state"] in export_jobs.OPEN:
        return False
    if job is not None and job["state"] == JobState.DONE:
        await deliveries.ready(database, delivery["_id"])
        return True
    gone = asdict(Issue("EXPORT_GONE", "delivery", "its export was removed, or has expired"))
    problem = (job or {}).get("problem") or gone
    await deliveries.fail(database, delivery["_id"], DeliveryState.MAKING, problem)
    return False
