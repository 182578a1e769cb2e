"""The routes of schedules: make, list, look, remove."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response

from services.export import handlers
from services.export.files.since import pinned
from services.export.jobs.api import Limit
from services.export.jobs.ordered import download_ordered
from services.export.schedules.asked import Daily, ScheduleAsked, example_of
from services.export.schedules.times import next_daily, time_of
from services.export.schedules.told import schedule_told
from services.export.schedules.where import where_of
from shared.domain.topology import Issue
from shared.runtime.http_state import Downloading, Now, Store
from shared.runtime.problem import ProblemError, not_found
from shared.store import schedules
from shared.store.as_known import least_watermark_ms

schedules_api = APIRouter(prefix="/v1")
MOST_SCHEDULES = 100
"""Of one caller."""
_ID = "^([0-9a-f]{24})?$"
ScheduleId = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str, Query(max_length=64, pattern=_ID, description="From the next link.")]


@schedules_api.post("/schedules", status_code=HTTPStatus.CREATED, summary="Let a file be made again and again")
async def post_schedules(  # noqa: PLR0913, PLR0917 - the parameters of the route
    body: ScheduleAsked, request: Request, response: Response, caller: Downloading, store: Store, now: Now
) -> dict[str, Any]:
    """Make a schedule: every day, when a month is definitive, or when something changes; to a list or a webhook."""
    download = await pinned(store, download_ordered(example_of(body, now), now, caller), now)
    handlers.check_told(await handlers.parts_of(store, caller, download), download, now)
    where, told_once = where_of(body.where, request.app.state.offers)
    if await schedules.count(store, caller.identity) >= MOST_SCHEDULES:
        issue = Issue("TOO_MANY_SCHEDULES", "request", f"you have {MOST_SCHEDULES}, the most that may be: remove one")
        raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, [issue], {"Retry-After": "60"})
    made = await schedules.create(
        store,
        caller.identity,
        when=body.when.model_dump(),
        order=body.order,
        where=where,
        now_ms=int(now.timestamp() * 1000),
        since_ms=await least_watermark_ms(store),
        next_at=next_daily(time_of(body.when.at), now) if isinstance(body.when, Daily) else None,
    )
    response.headers["Location"] = f"/v1/schedules/{made['_id']}"
    return {**schedule_told(made), **told_once}


@schedules_api.get("/schedules", summary="Your schedules, the newest first")
async def get_schedules(caller: Downloading, store: Store, limit: Limit = 20, cursor: Cursor = "") -> dict[str, Any]:
    """List the caller's own schedules."""
    found = await schedules.listed(store, caller.identity, cursor, limit + 1)
    rows = [schedule_told(schedule) for schedule in found[:limit]]
    link = urlencode({"limit": limit, "cursor": rows[-1]["id"]}) if len(found) > limit else None
    return {"rows": rows, "next": f"/v1/schedules?{link}" if link else None}


@schedules_api.get("/schedules/{schedule}", summary="One schedule")
async def get_schedule(schedule: ScheduleId, caller: Downloading, store: Store) -> dict[str, Any]:
    """Tell a schedule, and whether it makes anything."""
    found = await schedules.find(store, caller.identity, schedule)
    if found is None:
        raise _unknown(schedule)
    return schedule_told(found)


@schedules_api.delete("/schedules/{schedule}", status_code=HTTPStatus.NO_CONTENT, summary="Remove a schedule")
async def delete_schedule(schedule: ScheduleId, caller: Downloading, store: Store) -> None:
    """Let a schedule make nothing any more; what it has made stays."""
    if not await schedules.remove(store, caller.identity, schedule):
        raise _unknown(schedule)


def _unknown(schedule: str) -> ProblemError:
    return not_found("schedule", f"schedule {schedule[:64]!r} is not known here")
