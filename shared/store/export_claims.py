"""Who works on an export: a claim for a lease of time, which is told again and again, and ended in one update.

All times are the store's (`$$NOW`), so that the clocks of the workers need not agree. Whoever holds a claim is named by
its attempt; every later update names it too, so that one who has lost it changes nothing any more.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.runtime.mongo import Database
from shared.store.documents import Collection
from shared.store.export_jobs import OPEN, Document, JobState, Order, order_of

FORGOTTEN_AFTER_DAYS = 7
"""Days for which a job is still told after its file has expired: why a link of last week gives nothing."""
_LEASE_IS_OVER = {"$expr": {"$lt": ["$lease_until", "$$NOW"]}}


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours for a while; `attempt` names it, `number` counts from 1.

    `kept_seconds`: for how long its file is kept, where not as usual.
    """

    job: str
    attempt: str
    number: int
    owner: str
    order: Order
    asked_at_ms: int
    kept_seconds: float | None = None

    @property
    def result_name(self) -> str:
        """Where this attempt writes its file: no other one writes there."""
        return f"{self.job}/{self.attempt}"


def _later(amount: float, unit: str = "millisecond") -> Document:
    return {"$dateAdd": {"startDate": "$$NOW", "unit": unit, "amount": int(amount)}}


async def claim(database: Database, worker: str, lease_seconds: float, most_attempts: int) -> Claim | None:
    """Take the job that has waited longest, or one whose worker is dead; None where there is nothing to do."""
    attempt = secrets.token_hex(8)
    taken = {
        "state": JobState.RUNNING,
        "attempt": attempt,
        "attempts": {"$add": ["$attempts", 1]},
        "worker": {"$literal": worker},
        "lease_until": _later(lease_seconds * 1000),
        "progress": {"rows": 0, "bytes": 0},
    }
    free = {"state": {"$in": OPEN}, "attempts": {"$lt": most_attempts}, **_LEASE_IS_OVER}
    found = await database[Collection.EXPORT_JOBS].find_one_and_update(
        free, [{"$set": taken}], sort=[("_id", 1)], return_document=True
    )
    return _claim_of(found) if found else None


def _claim_of(found: Document) -> Claim:
    order = order_of(found["asked"])
    return Claim(
        found["_id"],
        found["attempt"],
        found["attempts"],
        found["owner"],
        order,
        int(found["asked_at"]),
        found.get("kept_seconds"),
    )


async def keep(database: Database, ours: Claim, lease_seconds: float, progress: Document) -> bool:
    """Tell that the work goes on, and how far it is; False where the claim is lost."""
    told = {"lease_until": _later(lease_seconds * 1000), "progress": {"$literal": progress}}
    return await _change(database, ours, told)


async def finish(database: Database, ours: Claim, result: Document, progress: Document, kept_seconds: float) -> bool:
    """Make the job done, its file whole: the only update that names a result; False where the claim is lost."""
    told = {"result": {"$literal": result}, "progress": {"$literal": progress}, **_ended(JobState.DONE, kept_seconds)}
    return await _change(database, ours, told)


async def fail(database: Database, ours: Claim, problem: Document, kept_seconds: float) -> bool:
    """Let the job fail for a reason, `{code, position, message}`; False where the claim is lost."""
    return await _change(database, ours, {"problem": {"$literal": problem}, **_ended(JobState.FAILED, kept_seconds)})


async def give_back(database: Database, ours: Claim, *, after_seconds: float, is_counted: bool) -> bool:
    """Let others take the job after some time; an attempt that ended for no fault of the job's is not counted."""
    uncounted = {} if is_counted else {"attempts": {"$subtract": ["$attempts", 1]}}
    told = {"state": JobState.WAITING, "attempt": "", "lease_until": _later(after_seconds * 1000), **uncounted}
    return await _change(database, ours, told)


async def fail_hopeless(database: Database, most_attempts: int, kept_seconds: float, problem: Document) -> int:
    """Let jobs fail whose workers died as often as may be; return how many."""
    hopeless = {"state": {"$in": OPEN}, "attempts": {"$gte": most_attempts}, **_LEASE_IS_OVER}
    told = {"problem": {"$literal": problem}, **_ended(JobState.FAILED, kept_seconds)}
    changed = await database[Collection.EXPORT_JOBS].update_many(hopeless, [{"$set": told}])
    return changed.modified_count


def _ended(state: JobState, kept_seconds: float) -> Document:
    forget = kept_seconds + FORGOTTEN_AFTER_DAYS * 24 * 3600
    return {"state": state, "attempt": "", "expires": _later(kept_seconds * 1000), "forget_at": _later(forget * 1000)}


async def _change(database: Database, ours: Claim, told: Document) -> bool:
    held = {"_id": ours.job, "attempt": ours.attempt, "state": JobState.RUNNING}
    changed = await database[Collection.EXPORT_JOBS].update_one(held, [{"$set": told}])
    return bool(changed.matched_count)


async def expire(database: Database) -> int:
    """Let the files of jobs expire whose time is over; return how many."""
    over = {"state": JobState.DONE, "$expr": {"$lt": ["$expires", "$$NOW"]}}
    changed = await database[Collection.EXPORT_JOBS].update_many(over, {"$set": {"state": JobState.EXPIRED}})
    return changed.modified_count


async def to_sweep(database: Database, limit: int) -> Sequence[str]:
    """Return jobs whose files are nobody's any more; none that a worker may still write for."""
    ended = {"$in": [JobState.EXPIRED, JobState.FAILED, JobState.REMOVED]}
    where = {"state": ended, "swept": {"$exists": False}, **_LEASE_IS_OVER}
    found = await database[Collection.EXPORT_JOBS].find(where, {"_id": 1}).limit(limit).to_list(limit)
    return [str(document["_id"]) for document in found]


async def swept(database: Database, job: str) -> None:
    """Note that nothing of a job's files is left; a removed one is forgotten at once."""
    gone = await database[Collection.EXPORT_JOBS].delete_one({"_id": job, "state": JobState.REMOVED})
    if not gone.deleted_count:
        await database[Collection.EXPORT_JOBS].update_one({"_id": job}, {"$set": {"swept": True}})


async def forget(database: Database) -> int:
    """Remove jobs that have been told long enough; return how many."""
    over: dict[str, Any] = {"swept": True, "$expr": {"$lt": ["$forget_at", "$$NOW"]}}
    gone = await database[Collection.EXPORT_JOBS].delete_many(over)
    return gone.deleted_count


async def open_by_state(database: Database) -> dict[str, int]:
    """Return how many jobs wait and run."""
    jobs = database[Collection.EXPORT_JOBS]
    return {state.value: await jobs.count_documents({"state": state}) for state in OPEN}
