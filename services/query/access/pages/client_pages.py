"""All clients of the register, as the security role finds them to revoke a certificate or to end an access."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from services.query.access.clients_api import get_clients
from services.query.access.pages.account_page import with_states
from services.query.access.pages.frame import answered
from services.query.access.pages.taking_back import get_confirm, post_confirm
from services.query.api import Cursor, Text
from services.query.asked.parameters import next_link
from shared.access.roles import Task
from shared.runtime.http_state import AskingTo, Confirming, Now, Store

client_pages = APIRouter(include_in_schema=False)
CLIENTS = "/access/clients"
CLIENTS_PER_PAGE = 50
_OF_SECURITY = [Depends(AskingTo(Task.CONFIRM))]


@client_pages.get(CLIENTS)
async def get_clients_page(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    caller: Confirming,
    store: Store,
    now: Now,
    q: Text = "",
    cursor: Cursor = "",
    done: Annotated[Literal["", "certificate", "client"], Query()] = "",
) -> HTMLResponse:
    """List clients, or find some by what they are called."""
    found = await get_clients(caller=caller, store=store, now=now, q=q, cursor=cursor, limit=CLIENTS_PER_PAGE)
    rows = [{**one, "certificates": with_states(one["certificates"], now)} for one in found["rows"]]
    following = next_link(CLIENTS, {"q": q}, rows[-1]["id"] if found["next"] else None)
    return answered(request, "clients.html", clients=rows, words=q, following=following, done=done)


# The same second question as a company's administrator is asked.
client_pages.add_api_route(f"{CLIENTS}/confirm", get_confirm, methods=["GET"], dependencies=_OF_SECURITY)
client_pages.add_api_route(f"{CLIENTS}/confirm", post_confirm, methods=["POST"], dependencies=_OF_SECURITY)
