"""A company as its administrator manages it: its clients, their certificates, and what it passes on to others."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response as Answer
from starlette.routing import NoMatchFound

from services.query.access.applications_api import ActingNow
from services.query.access.asking import scope_of
from services.query.access.bodies import DelegationBody
from services.query.access.clients_api import get_clients
from services.query.access.companies_api import get_company, get_rights, post_delegations
from services.query.access.pages.account_page import with_states
from services.query.access.pages.forms import NO_FAULTS, REFUSALS, Faults, Sent, Typed, issues_in, issues_of, status_of
from services.query.access.pages.frame import answered, gone_to
from services.query.api import Cursor
from services.query.asked.parameters import next_link
from shared.access.caller import Caller
from shared.runtime.http_state import CallerAsking, Now, Store
from shared.runtime.mongo import Database

company_pages = APIRouter(include_in_schema=False)
CLIENTS_PER_PAGE, MOST_DELEGATIONS = 50, 100
PERIODS = ("use_from", "use_until", "days_from", "days_until")
FIELDS = ("to", "line", "node", "lines", *PERIODS)
Done = Literal["", "delegated", "certificate", "client", "delegation"]


@company_pages.get("/access/company")
async def get_company_page(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    caller: CallerAsking,
    store: Store,
    now: Now,
    cursor: Cursor = "",
    done: Annotated[Done, Query()] = "",
) -> HTMLResponse:
    """Show one's own company."""
    return await _shown(request, caller, store, now, cursor=cursor, done=done)


@company_pages.post("/access/company")
async def post_company_page(
    *, request: Request, typed: Sent, caller: CallerAsking, acting: ActingNow, store: Store
) -> Answer:
    """Pass a right on to another company, or show why that is not possible."""
    scope_of(caller)
    asked = delegation_typed(typed)
    issues = issues_of(lambda: DelegationBody.model_validate(asked).grant)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if not issues:
        try:
            await post_delegations(DelegationBody.model_validate(asked), caller, acting, store)
        except REFUSALS as fault:
            issues, status = list(issues_in(fault)), status_of(fault)
        else:
            return gone_to("/access/company?done=delegated")
    faults = Faults(issues, FIELDS)
    return await _shown(request, caller, store, acting.at, status=status, faults=faults, typed=typed)


def delegation_typed(typed: Typed) -> dict[str, Any]:
    """Return what was typed as a program would send it."""
    wanted = {name: typed.or_none(name) for name in ("line", "node")}
    return {"to": typed["to"], **wanted, "lines": bool(typed["lines"]), **{name: typed[name] for name in PERIODS}}


async def _shown(  # noqa: PLR0913 - what the page shows
    request: Request,
    caller: Caller,
    store: Database,
    now: datetime,
    *,
    cursor: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    faults: Faults = NO_FAULTS,
    typed: Typed | None = None,
    done: str = "",
) -> HTMLResponse:
    own = scope_of(caller)
    clients = await get_clients(caller=caller, store=store, now=now, company=own, cursor=cursor, limit=CLIENTS_PER_PAGE)
    rows = [{**one, "certificates": with_states(one["certificates"], now)} for one in clients["rows"]]
    last = rows[-1]["id"] if clients["next"] else None
    return answered(
        request,
        "company.html",
        status,
        company=await get_company(own, caller, store),
        clients=rows,
        following=next_link("/access/company", {}, last),
        given=await _delegations(caller, store, "given"),
        received=await _delegations(caller, store, "received"),
        readers=_readers(request),
        faults=faults,
        typed=typed or Typed(),
        done=done,
    )


async def _delegations(caller: Caller, store: Database, kind: Literal["given", "received"]) -> dict[str, Any]:
    own = scope_of(caller)
    return await get_rights(caller=caller, store=store, company=own, delegated=kind, cursor="", limit=MOST_DELEGATIONS)


def _readers(request: Request) -> str:
    """Return where one sees who has read one's own lines, "" where nobody writes that down."""
    try:
        return str(request.app.url_path_for("get_readings"))
    except NoMatchFound:
        return ""
