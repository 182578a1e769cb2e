"""The review: applications that wait, what is decided on each, by whom, and what to write to its applicant."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.query.access.applications_api import get_application, get_applications
from services.query.access.asking import PathId
from services.query.access.companies_api import get_companies
from services.query.access.mails import mails_for
from services.query.access.pages.forms import NO_FAULTS, Faults, Typed
from services.query.access.pages.frame import answered
from services.query.api import Cursor
from services.query.asked.parameters import next_link
from shared.access.application import State
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.runtime.http_state import CallerAsking, Store
from shared.runtime.mongo import Database
from shared.store.access.listing import found
from shared.store.documents import Collection

review_pages = APIRouter(include_in_schema=False)
APPLICATIONS_PER_PAGE = 50
FIELDS = {
    "register": ("id", "name", "number", "from", "until"),
    "review": ("company", "agreement", "lines", "nodes", "days_from", "days_until", "use_from", "use_until"),
    "confirm": ("fingerprint",),
    "refuse": ("reasons",),
}
"""The forms of the page of an application, by what they do, and their fields."""


@review_pages.get("/access/applications")
async def get_applications_page(
    request: Request,
    caller: CallerAsking,
    store: Store,
    state: Annotated[Literal["", "applied", "reviewed", "confirmed", "refused", "all"], Query()] = "",
    cursor: Cursor = "",
) -> HTMLResponse:
    """List applications; without a state those that wait for who asks."""
    shown = state or _waiting_for(caller)
    asked: Any = "" if shown == "all" else shown
    listed = await get_applications(caller, store, asked, cursor, APPLICATIONS_PER_PAGE)
    last = listed["rows"][-1]["id"] if listed["next"] else None
    following = next_link("/access/applications", {"state": shown}, last)
    states = [*(one.value for one in State), "all"]
    return answered(request, "applications.html", rows=listed["rows"], state=shown, states=states, following=following)


@review_pages.get("/access/applications/{application}")
async def get_application_page(
    request: Request,
    application: PathId,
    caller: CallerAsking,
    store: Store,
    company: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Show an application, and the forms for what is decided next; `company`: the one that was just registered."""
    return await application_page(request, caller, store, application, company=company)


async def application_page(  # noqa: PLR0913 - what the page shows
    request: Request,
    caller: Caller,
    store: Database,
    application: str,
    *,
    company: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    does: str = "",
    typed: Typed | None = None,
    faults: Faults = NO_FAULTS,
) -> HTMLResponse:
    """Return the page of an application; `does` names the form that was sent, as `typed`, and has `faults`."""
    told = await get_application(application, caller, store)
    state, asked = State(told["state"]), typed or Typed()
    may_review, may_confirm = caller.may(Task.REVIEW), caller.may(Task.CONFIRM)
    sent = {form: asked if form == does else _proposed(form, told, company) for form in FIELDS}
    companies = await get_companies(caller, store, "", 1000) if may_review and state is State.APPLIED else {"rows": []}
    return answered(
        request,
        "application.html",
        status,
        told=told,
        forms=_forms(state, may_review=may_review, may_confirm=may_confirm),
        # Whoever is about to confirm types the fingerprint that he is read out: it stands nowhere before him.
        hides_fingerprint=state is State.REVIEWED and may_confirm,
        mails=await _mails(store, told) if may_review or state in {State.CONFIRMED, State.REFUSED} else {},
        companies=companies["rows"],
        does=does,
        typed=sent,
        faults={form: faults if form == does else NO_FAULTS for form in FIELDS},
        is_same=bool(told["steps"]) and told["steps"][-1]["by"] == caller.identity,
    )


def _forms(state: State, *, may_review: bool, may_confirm: bool) -> tuple[str, ...]:
    if state is State.APPLIED and may_review:
        return "review", "register", "refuse"
    return ("confirm", "refuse") if state is State.REVIEWED and may_confirm else ()


def _proposed(form: str, told: dict[str, Any], company: str) -> Typed:
    """Return what stands in a form before anybody typed: as the applicant wants it."""
    agreement = told["agreement"]
    if form == "register":
        name = {"name": told["company_name"], "number": agreement["number"]}
        return Typed({**name, "from": agreement["from"], "until": agreement["until"]})
    wanted = {kind: "\n".join(told[kind]) for kind in ("lines", "nodes")}
    return Typed({"company": company, "agreement": agreement["number"], **wanted} if form == "review" else {})


async def _mails(store: Database, told: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return what to write to the applicant now, in each language, with the address that begins a message."""
    document = await found(store, Collection.APPLICATIONS, told["id"])
    person = await found(store, Collection.PERSONS, told["client"] or told["id"])
    if document is None or person is None:
        return {}  # he was erased: nobody writes to him
    mails = mails_for(document, person)
    return {code: {**mail, "href": _begun(person["email"], mail)} for code, mail in mails.items()}


def _begun(address: str, mail: dict[str, str]) -> str:
    return f"mailto:{quote(address, safe='@')}?{urlencode(mail, quote_via=quote)}"


def _waiting_for(caller: Caller) -> str:
    if caller.may(Task.REVIEW):
        return State.APPLIED.value
    return State.REVIEWED.value if caller.may(Task.CONFIRM) else "all"
