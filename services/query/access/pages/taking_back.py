"""What is taken back for good is asked for twice: the page between the button and the deed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response as Answer

from services.query.access.applications_api import ActingNow
from services.query.access.clients_api import get_client, post_certificate_revoke, post_client_end
from services.query.access.companies_api import get_rights, post_delegation_revoke
from services.query.access.pages.forms import NO_FAULTS, REFUSALS, Faults, Sent, issues_in, status_of
from services.query.access.pages.frame import answered, gone_to
from services.query.asked.parameters import MAX_ROWS_PER_PAGE
from shared.access.acting import Acting
from shared.access.caller import Caller
from shared.access.revoking import Why
from shared.domain.topology import Issue
from shared.runtime.http_state import CallerAsking, Now, Store
from shared.runtime.mongo import Database
from shared.runtime.problem import not_found

taking_back = APIRouter(include_in_schema=False)
COMPANY = "/access/company"
What = Literal["certificate", "client", "delegation"]
Id = Annotated[str, Query(max_length=64)]


@taking_back.get(f"{COMPANY}/confirm")
async def get_confirm(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    caller: CallerAsking,
    store: Store,
    now: Now,
    what: Annotated[What, Query()],
    of: Id,
    client: Id = "",
) -> HTMLResponse:
    """Ask once more whether something is to be taken back, with what it is."""
    return await _asked(request, caller, store, now, {"what": what, "of": of, "client": client, "reason": ""})


@taking_back.post(f"{COMPANY}/confirm")
async def post_confirm(request: Request, typed: Sent, caller: CallerAsking, acting: ActingNow, store: Store) -> Answer:
    """Take it back, or say why that is not possible."""
    asked = {name: typed[name][:64] for name in ("what", "of", "client", "reason")}
    if issue := _reason_issue(request, asked):
        faults, status = Faults([issue], ("reason",)), HTTPStatus.UNPROCESSABLE_ENTITY
        return await _asked(request, caller, store, acting.at, asked, faults=faults, status=status)
    try:
        await _done(asked, caller, acting, store)
    except REFUSALS as fault:
        if status_of(fault) is not HTTPStatus.CONFLICT:
            raise not_found(asked["what"] or "what", f"{asked['of']!r} is not known here") from fault
        faults, status = Faults(issues_in(fault)), status_of(fault)
        return await _asked(request, caller, store, acting.at, asked, faults=faults, status=status)
    return gone_to(f"{_home_of(request)}?{urlencode({'done': asked['what']})}")


def _home_of(request: Request) -> str:
    """Return the page from which it is asked: a company's own, or that of all clients."""
    return request.url.path.removesuffix("/confirm")


def _needs_reason(request: Request) -> bool:
    """Say whether a reason must be told: whoever takes something away from another company says why."""
    return _home_of(request) != COMPANY


def _reason_issue(request: Request, asked: Mapping[str, str]) -> Issue | None:
    if asked["reason"] in {*Why} or not (asked["reason"] or _needs_reason(request)):
        return None
    return Issue("FORM", "reason", f"one of {', '.join(Why)}")


async def _done(asked: Mapping[str, str], caller: Caller, acting: Acting, store: Database) -> None:
    why = Why(asked["reason"]) if asked["reason"] else None
    match asked["what"]:
        case "certificate":
            await post_certificate_revoke(asked["client"], asked["of"], caller, acting, store, why)
        case "client":
            await post_client_end(asked["of"], caller, acting, store, why)
        case "delegation":
            await post_delegation_revoke(asked["of"], caller, acting, store)
        case _:
            raise not_found("what", "there is nothing of this kind to take back")


async def _asked(  # noqa: PLR0913 - what the page shows
    request: Request,
    caller: Caller,
    store: Database,
    now: datetime,
    asked: Mapping[str, str],
    *,
    faults: Faults = NO_FAULTS,
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    told = await _found(caller, store, now, asked)
    is_own = caller.identity in {asked["client"], asked["of"]}
    return answered(
        request,
        "confirm.html",
        status,
        asked=asked,
        told=told,
        is_own=is_own,
        faults=faults,
        home=_home_of(request),
        reasons=list(Why),
        needs_reason=_needs_reason(request),
    )


async def _found(caller: Caller, store: Database, now: datetime, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what would be taken back: a client, one with that certificate alone, or a right that was passed on."""
    if asked["what"] == "delegation":
        given = await get_rights(caller=caller, store=store, delegated="given", cursor="", limit=MAX_ROWS_PER_PAGE)
        rights = [one for one in given["rows"] if one["id"] == asked["of"]]
        if not rights:
            raise not_found("delegation", f"{asked['of']!r} is not known here")
        return dict(rights[0])
    told = await get_client(asked["client"] or asked["of"], caller, store, now)
    if asked["what"] == "certificate":
        told["certificates"] = [one for one in told["certificates"] if one["fingerprint"] == asked["of"]]
        if not told["certificates"]:
            raise not_found("certificate", f"{asked['of']!r} is not known here")
    return told
