"""Deliveries at rest: what an occasion of a schedule makes, from its export to the hand that takes it.

`{_id, owner, schedule, occasion, number, place, asked, where, state, job, attempts, next_try, problem}`. The `_id` is
"schedule.occasion", so an occasion makes one. `number` counts those of a schedule, in whose order they are handed over;
`place` sorts those of an owner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from shared.runtime.mongo import Database
from shared.store.documents import Collection
from shared.store.export_jobs import NO_LEASE, Document
from shared.store.schedules import Where


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    MAKING = "making"
    READY = "ready"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"


LISTED = (DeliveryState.READY, DeliveryState.FAILED)
"""What a pick-up list holds: files to fetch, and what will never be one."""


def delivery_of(schedule: Document, occasion: str, asked: Document, now_ms: int) -> Document:
    """Return the delivery that an occasion of a schedule makes; what it is to be is said by its texts."""
    return {
        "_id": f"{schedule['_id']}.{occasion}",
        "owner": schedule["owner"],
        "schedule": schedule["_id"],
        "occasion": occasion,
        "place": f"{now_ms:012x}.{schedule['_id']}.{occasion}",
        "asked": asked,
        "asked_at": now_ms,
        "where": schedule["where"]["kind"],
        "state": DeliveryState.MAKING,
        "attempts": 0,
        "next_try": NO_LEASE,
    }


async def in_making(database: Database, limit: int) -> Sequence[Document]:
    """Return deliveries whose files are not there yet, those that were made first."""
    asked = database[Collection.DELIVERIES].find({"state": DeliveryState.MAKING}).sort("place", 1)
    found: list[Document] = await asked.limit(limit).to_list(limit)
    return found


async def ordered(database: Database, delivery: str, job: str) -> None:
    """Note which export makes the file of a delivery."""
    await _change(database, delivery, DeliveryState.MAKING, {"job": job})


async def ready(database: Database, delivery: str) -> None:
    """Note that the file of a delivery is there."""
    await _change(database, delivery, DeliveryState.MAKING, {"state": DeliveryState.READY})


async def fail(database: Database, delivery: str, state: DeliveryState, problem: Document) -> None:
    """Let a delivery fail, from a state, for a reason."""
    await _change(database, delivery, state, {"state": DeliveryState.FAILED, "problem": problem})


async def delivered(database: Database, delivery: str) -> None:
    """Note that somebody has taken a delivery."""
    await _change(database, delivery, DeliveryState.READY, {"state": DeliveryState.DELIVERED})


async def _change(database: Database, delivery: str, state: DeliveryState, told: Mapping[str, object]) -> None:
    await database[Collection.DELIVERIES].update_one({"_id": delivery, "state": state}, {"$set": told})


async def pick_up(database: Database, owner: str, after: str, limit: int) -> Sequence[Document]:
    """Return what an owner's pick-up list holds behind a place (empty: from its begin), in order.

    What comes behind a file of the same schedule that is still being made is not among it yet.
    """
    where: Document = {"owner": owner, "state": {"$in": LISTED}, "place": {"$gt": after}}
    where |= {"$or": [{"where": Where.LIST}, {"state": DeliveryState.FAILED}]}
    found = await database[Collection.DELIVERIES].find(where).sort("place", 1).limit(limit).to_list(limit)
    schedules = sorted({document["schedule"] for document in found})
    making = database[Collection.DELIVERIES].find(
        {"schedule": {"$in": schedules}, "state": DeliveryState.MAKING}, {"schedule": 1, "number": 1}
    )
    first: dict[str, int] = {}
    async for one in making:
        first[one["schedule"]] = min(one["number"], first.get(one["schedule"], one["number"]))
    return [document for document in found if document["number"] < first.get(document["schedule"], 2**62)]


async def find(database: Database, owner: str, delivery: str) -> Document | None:
    """Return a delivery of an owner; None where there is none, or it is another's."""
    return await database[Collection.DELIVERIES].find_one({"_id": delivery, "owner": owner})


async def acknowledge(database: Database, owner: str, delivery: str) -> bool:
    """Take a delivery off the list for good; False where it is not there, or still being made. Twice is as once."""
    where = {"_id": delivery, "owner": owner, "state": {"$ne": DeliveryState.MAKING}}
    told = {"$set": {"state": DeliveryState.ACKNOWLEDGED}}
    changed = await database[Collection.DELIVERIES].update_one(where, told)
    return bool(changed.matched_count)


async def claim(database: Database, kind: Where, lease_seconds: float) -> Document | None:
    """Take the delivery of a kind whose next try is due longest, for a lease; None where there is none."""
    later = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(lease_seconds * 1000)}}
    due = {
        "state": DeliveryState.READY,
        "where": kind,
        "$expr": {"$lt": ["$next_try", "$$NOW"]},
    }
    found: Document | None = await database[Collection.DELIVERIES].find_one_and_update(
        due, [{"$set": {"next_try": later}}], sort=[("next_try", 1)], return_document=True
    )
    return found


async def is_next(database: Database, delivery: Document) -> bool:
    """Say whether nothing of the same schedule is to be handed over before."""
    before = {
        "schedule": delivery["schedule"],
        "number": {"$lt": delivery["number"]},
        "state": {"$in": [DeliveryState.MAKING, DeliveryState.READY]},
    }
    return await database[Collection.DELIVERIES].find_one(before, {"_id": 1}) is None


async def again(
    database: Database, delivery: str, after_seconds: float, *, is_counted: bool, problem: Document | None = None
) -> None:
    """Let a delivery be tried again after some time; `problem` is why it was not taken."""
    later = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(after_seconds * 1000)}}
    told: Document = {"next_try": later, "attempts": {"$add": ["$attempts", int(is_counted)]}}
    if problem is not None:
        told["problem"] = {"$literal": problem}
    here = {"_id": delivery, "state": DeliveryState.READY}
    await database[Collection.DELIVERIES].update_one(here, [{"$set": told}])


async def fail_all(database: Database, schedule: str, problem: Document) -> None:
    """Let everything of a schedule that is ready fail: nobody takes it any more."""
    here = {"schedule": schedule, "state": DeliveryState.READY}
    told = {"$set": {"state": DeliveryState.FAILED, "problem": problem}}
    await database[Collection.DELIVERIES].update_many(here, told)


async def forget(database: Database, before_ms: int) -> int:
    """Remove deliveries that were made before a moment (ms since 1970); return how many."""
    gone = await database[Collection.DELIVERIES].delete_many({"asked_at": {"$lt": before_ms}})
    return gone.deleted_count
