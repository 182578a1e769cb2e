"""The route of the trail."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.query.api import Cursor, Limit, Text, listed_document
from services.query.asked import parameters
from services.query.consulting import today_of
from services.query.trail.asked import ReadingsAsked, readings
from shared.access.read import Read, What
from shared.runtime.http_state import CallerAsking, Now, Store
from shared.runtime.reads_told import Telling

trail_api = APIRouter(prefix="/v1/access")


@trail_api.get("/readings", summary="Who read what")
async def get_readings(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: CallerAsking,
    store: Store,
    tell: Telling,
    now: Now,
    line: Text = "",
    node: Text = "",
    from_: Annotated[str, Query(alias="from", max_length=64, description="First gas day.")] = "",
    to: Annotated[str, Query(max_length=64, description="Gas day, exclusive.")] = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    """List who read measurements, the latest first; `from` and `to` are the gas days on which it was read.

    Auditors see all. A company's administrator sees the readers of its own lines and nodes: of each entry only those,
    and of readers of other companies neither name nor address. Equal readings of half a second are one, with its
    `times`. Whoever asks is told to the trail himself.
    """
    asked = ReadingsAsked(line, node, parameters.gas_day(from_, "from"), parameters.gas_day(to, "to"))
    listed = await readings(store, caller, asked, today_of(now), parameters.last_id_of(cursor), limit)
    tell(Read(What.TRAIL, (line,) if line else (), (node,) if node else ()))
    shown: dict[str, str | int] = {"line": line, "node": node, "from": from_, "to": to, "limit": limit}
    return listed_document(listed, "/v1/access/readings", shown)
