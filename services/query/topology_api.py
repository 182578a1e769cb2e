"""The HTTP face of the register: what nodes are made of, how lines and nodes changed, what would leave."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.query.api import Cursor, Limit, listed_document
from services.query.asked import parameters
from services.query.consulting import today_of
from services.query.explained import retention, topology_history
from services.query.measured import nodes
from services.query.measured.nodes import At
from shared.runtime.http_state import Now, Operating, Reading, Store

topology_api = APIRouter(prefix="/v1")
Day = Annotated[str, Query(max_length=64, description="A gas day, as 2026-11-23; the running one if absent.")]
Month = Annotated[str, Query(max_length=64, description="A gas month, as 2023-11; the latest possible if absent.")]
KnownAt = Annotated[str, Query(max_length=64, description="As known at this moment, with an offset or Z.")]


@topology_api.get("/nodes/{node}/topology", summary="What a node is made of on a gas day")
async def get_node_topology(  # noqa: PLR0913 - the parameters of the route
    *, node: str, caller: Reading, store: Store, now: Now, at: Day = "", known_at: KnownAt = ""
) -> dict[str, Any]:
    """Tell a node's members, and the lines that it comes to with their weights, as known now or at a moment."""
    day = parameters.gas_day(at, "at") or today_of(now)
    return await nodes.topology(store, caller, node, At(day, parameters.past_ms(known_at, now)))


@topology_api.get("/nodes/{node}/topology/history", summary="How a node changed")
async def get_node_history(
    node: str, caller: Reading, store: Store, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    """Tell every change of a node, the newest first: who, when known, why, and what it changed."""
    listed = await topology_history.node_history(store, caller, node, parameters.last_id_of(cursor), limit)
    return listed_document(listed, f"/v1/nodes/{node}/topology/history", {"limit": limit})


@topology_api.get("/retention", summary="What would leave")
async def get_retention(caller: Operating, store: Store, now: Now, before: Month = "") -> dict[str, Any]:
    """Count what lies before a gas month; nothing is changed."""
    return await retention.dry_run(store, caller, before, now)


@topology_api.get("/lines/{line}/topology/history", summary="How a line changed")
async def get_line_history(
    line: str, caller: Reading, store: Store, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    """Tell every change of a line, the newest first: who, when known, why, and what it changed."""
    listed = await topology_history.line_history(store, caller, line, parameters.last_id_of(cursor), limit)
    return listed_document(listed, f"/v1/lines/{line}/topology/history", {"limit": limit})
