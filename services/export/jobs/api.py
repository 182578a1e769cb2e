"""The routes of ordered exports: order, list, look, remove."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import ConfigDict

from services.export.api import Asked
from services.export.jobs import ordered as jobs
from services.export.jobs.keys import key_of
from services.export.jobs.told import told
from shared.runtime.http_state import Downloading, Now, Store
from shared.store import export_jobs
from shared.store.export_jobs import Order

jobs_api = APIRouter(prefix="/v1")
MAX_PER_PAGE = 100


class ExportOrder(Asked):
    """What is ordered: the names of a download's parameters."""

    model_config = ConfigDict(populate_by_name=False, extra="forbid")


async def most_open_of(request: Request) -> int:
    """Return how many jobs of one caller may wait and run."""
    most: int = request.app.state.most_open_exports
    return most


Key = Annotated[str | None, Header(description='A text of your own for this order, "8e03978e-40d5…".')]
JobId = Annotated[str, Path(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=MAX_PER_PAGE, description="Rows a page.")]
Cursor = Annotated[str, Query(max_length=64, pattern="^([0-9a-f]{32})?$", description="From the next link.")]
MostOpen = Annotated[int, Depends(most_open_of)]


def order_of(body: Asked) -> Order:
    """Return an order from its body."""
    return Order(tuple(body.line), tuple(body.node), body.given)


@jobs_api.post("/exports", status_code=HTTPStatus.ACCEPTED, summary="Order a file of any size")
async def post_exports(  # noqa: PLR0913 - the parameters of the route
    *,
    body: ExportOrder,
    caller: Downloading,
    store: Store,
    now: Now,
    most_open: MostOpen,
    response: Response,
    idempotency_key: Key = None,
) -> dict[str, Any]:
    """Take an order; look under `Location` what becomes of it.

    The same `Idempotency-Key` with the same body is the same order, however often it is sent; without one each is new.
    """
    made = await jobs.order(store, caller, order_of(body), key=key_of(idempotency_key), now=now, most_open=most_open)
    response.headers["Location"] = f"/v1/exports/{made['_id']}"
    return told(made, now)


@jobs_api.get("/exports", summary="Your exports, the newest first")
async def get_exports(
    caller: Downloading, store: Store, now: Now, limit: Limit = 20, cursor: Cursor = ""
) -> dict[str, Any]:
    """List the caller's own exports."""
    found = await export_jobs.listed(store, caller.identity, cursor, limit + 1)
    rows = [told(job, now) for job in found[:limit]]
    link = urlencode({"limit": limit, "cursor": rows[-1]["id"]}) if len(found) > limit else None
    return {"rows": rows, "next": f"/v1/exports?{link}" if link else None}


@jobs_api.get("/exports/{export}", summary="One export: state, progress, file")
async def get_export(export: JobId, caller: Downloading, store: Store, now: Now) -> dict[str, Any]:
    """Tell where an export stands."""
    return told(await jobs.job_of(store, caller, export), now)


@jobs_api.delete("/exports/{export}", status_code=HTTPStatus.NO_CONTENT, summary="Cancel or remove an export")
async def delete_export(export: JobId, caller: Downloading, store: Store) -> None:
    """Take an export away: one that waits or runs is not worked on any more, a file is removed."""
    if not await export_jobs.remove(store, caller.identity, export):
        raise jobs.unknown(export)
