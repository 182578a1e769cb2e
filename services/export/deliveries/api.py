"""The routes of deliveries: the pick-up list, and what was taken from it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query

from services.export.jobs.api import Limit
from services.export.jobs.told import told
from services.export.schedules.told import delivery_told
from shared.domain.topology import Issue
from shared.runtime.http_state import Downloading, Now, Store
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError, not_found
from shared.store import deliveries, export_jobs
from shared.store.deliveries import DeliveryState
from shared.store.export_jobs import Document

deliveries_api = APIRouter(prefix="/v1")
_PLACE = r"^([0-9a-f]{12}\.[0-9a-f]{24}\.[0-9a-z-]{1,40})?$"
DeliveryId = Annotated[str, Path(max_length=100)]
Cursor = Annotated[str, Query(max_length=100, pattern=_PLACE, description="From the next link.")]


@deliveries_api.get("/deliveries", summary="What is there to be picked up")
async def get_deliveries(
    caller: Downloading, store: Store, now: Now, limit: Limit = 20, cursor: Cursor = ""
) -> dict[str, Any]:
    """List the caller's files that nobody has acknowledged, in order; each is told until it is.

    What failed is among them, with its reason, so that a gap is seen. Begin without a cursor each time.
    """
    found = await deliveries.pick_up(store, caller.identity, cursor, limit + 1)
    rows = [await _told(store, delivery, now) for delivery in found[:limit]]
    link = urlencode({"limit": limit, "cursor": found[limit - 1]["place"]}) if len(found) > limit else None
    return {"rows": rows, "next": f"/v1/deliveries?{link}" if link else None}


@deliveries_api.get("/deliveries/{delivery}", summary="One delivery")
async def get_delivery(delivery: DeliveryId, caller: Downloading, store: Store, now: Now) -> dict[str, Any]:
    """Tell where a delivery stands, whatever way it goes."""
    return await _told(store, await _found(store, caller.identity, delivery), now)


@deliveries_api.post(
    "/deliveries/{delivery}/acknowledge", status_code=HTTPStatus.NO_CONTENT, summary="Take a delivery off the list"
)
async def post_delivery_acknowledge(delivery: DeliveryId, caller: Downloading, store: Store) -> None:
    """Say that you have a file; twice is as once. Its bytes stay until they expire."""
    if not await deliveries.acknowledge(store, caller.identity, delivery):
        await _found(store, caller.identity, delivery)
        issue = Issue("DELIVERY_NOT_READY", "delivery", "it is still being made: there is nothing to acknowledge")
        raise ProblemError(HTTPStatus.CONFLICT, [issue], None, {"state": DeliveryState.MAKING.value})


async def _found(store: Database, owner: str, delivery: str) -> Document:
    found = await deliveries.find(store, owner, delivery)
    if found is None:
        raise not_found("delivery", f"delivery {delivery[:64]!r} is not known here")
    return found


async def _told(store: Database, delivery: Document, now: datetime) -> Document:
    job = await export_jobs.find(store, delivery["owner"], delivery["job"]) if "job" in delivery else None
    return delivery_told(delivery, told(job, now) if job else None)
