"""One's own account: who one is here, what is open, and certificates with the time they have left; renewal."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response as Answer

from services.query.access.applications_api import ActingNow, Trusted
from services.query.access.bodies import RenewalBody
from services.query.access.clients_api import get_me, post_certificates
from services.query.access.pages.apply_pages import without_keys
from services.query.access.pages.forms import NO_FAULTS, REFUSALS, Faults, Sent, Typed, issues_in, status_of
from services.query.access.pages.frame import answered, gone_to
from services.query.pages.strip import STATES, URGENCIES, Warned, warned
from shared.access.caller import Caller
from shared.runtime.http_state import CallerAsking, Now, Store
from shared.runtime.mongo import Database

account_pages = APIRouter(include_in_schema=False)
MOST_SHOWN = 100
"""Lines, nodes and rights shown of each; the address for programs has all."""


@account_pages.get("/access")
async def get_access(
    request: Request,
    caller: CallerAsking,
    store: Store,
    now: Now,
    done: Annotated[Literal["", "renewed"], Query()] = "",
) -> HTMLResponse:
    """Show one's own account."""
    return await _shown(request, caller, store, now, done=done)


@account_pages.post("/access")
async def post_access(  # noqa: PLR0913 - what a renewal needs
    *,
    request: Request,
    typed: Sent,
    caller: CallerAsking,
    acting: ActingNow,
    store: Store,
    trusted: Trusted,
) -> Answer:
    """Register the next certificate of whoever is here, or show what is wrong with it."""
    try:
        await post_certificates(RenewalBody(certificate=typed["certificate"], statement=None), acting, store, trusted)
    except REFUSALS as fault:
        faults = Faults(issues_in(fault), ("certificate",))
        kept = without_keys(typed)
        return await _shown(request, caller, store, acting.at, status=status_of(fault), faults=faults, typed=kept)
    return gone_to("/access?done=renewed")


def with_states(certificates: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return certificates, each with the key of the words that say how it stands; those in use first."""
    told = [{**one, "state": _state(one, now)} for one in certificates]
    return sorted(told, key=lambda one: one["state"] in {"revoked", "expired"})


def _state(certificate: dict[str, Any], now: datetime) -> str:
    if certificate["revoked_at"] is not None:
        return "revoked"
    if now > datetime.fromisoformat(certificate["not_after"]):
        return "expired"
    if now < datetime.fromisoformat(certificate["not_before"]):
        return "early"
    return STATES.get(certificate["warning"], "good")


async def _shown(  # noqa: PLR0913 - what the page shows
    request: Request,
    caller: Caller,
    store: Database,
    now: datetime,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    faults: Faults = NO_FAULTS,
    typed: Typed | None = None,
    done: str = "",
) -> HTMLResponse:
    account = await get_me(caller, store, now)
    certificates = with_states(account["certificates"], now)
    # Of what was just read: the door may not know for a second that a certificate was renewed.
    strip = [Warned("certificate", one["state"], one["days_left"]) for one in certificates if one["state"] in URGENCIES]
    strip += [one for one in warned(caller, now) if one.what != "certificate"]
    given = {"strip": strip, "account": account, "certificates": certificates, "most": MOST_SHOWN, "done": done}
    return answered(request, "account.html", status, **given, faults=faults, typed=typed or Typed())
