"""What is decided on an application by the forms of its page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response as Answer

from services.query.access.applications_api import (
    ActingNow,
    post_application_confirm,
    post_application_refuse,
    post_application_review,
)
from services.query.access.asking import PathId
from services.query.access.bodies import (
    AgreementBody,
    CompanyBody,
    ConfirmBody,
    GrantBody,
    RefuseBody,
    ReviewBody,
    TermBody,
)
from services.query.access.companies_api import get_company, post_companies, put_agreement
from services.query.access.pages.forms import REFUSALS, Faults, Sent, Typed, issues_in, issues_of, status_of
from services.query.access.pages.frame import gone_to
from services.query.access.pages.review_pages import FIELDS, application_page
from shared.access.acting import Acting
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.runtime.http_state import CallerAsking, Store, check_role
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError, not_found, unprocessable

deciding = APIRouter(include_in_schema=False)
PERIODS = ("days_from", "days_until", "use_from", "use_until")
_PLACES = {"line": "lines", "node": "nodes"}
_WITHIN = re.compile(r"[\s:]")
"""What people write between the digits of a fingerprint."""
_Deed = Callable[[str, Typed, Caller, Acting, Database], Awaitable[object]]


@deciding.post("/access/applications/{application}")
async def post_application_page(  # noqa: PLR0913 - the parameters of the route
    *, request: Request, application: PathId, typed: Sent, caller: CallerAsking, acting: ActingNow, store: Store
) -> Answer:
    """Do what a form asks for, or show why that is not possible, with what was typed."""
    does = typed["does"]
    if does not in _DEEDS:
        raise not_found("does", "there is no such form")
    try:
        await _DEEDS[does](application, typed, caller, acting, store)
    except REFUSALS as fault:
        if status_of(fault) is HTTPStatus.FORBIDDEN:
            raise ProblemError(HTTPStatus.FORBIDDEN, issues_in(fault)) from fault
        shown: dict[str, Any] = {"does": does, "typed": typed}
        faults = Faults(issues_in(fault), FIELDS[does], _PLACES if does == "review" else {})
        return await application_page(
            request, caller, store, application, status=status_of(fault), faults=faults, **shown
        )
    registered = f"?{urlencode({'company': typed['id']})}" if does == "register" else ""
    return gone_to(f"/access/applications/{quote(application, safe='')}{registered}")


async def _register(_: str, typed: Typed, caller: Caller, acting: Acting, store: Database) -> None:
    """Write down an agreement of a company, which is registered if it was not."""
    check_role(caller, Task.REVIEW)
    company, term = {"id": typed["id"], "name": typed["name"]}, {"from": typed["from"], "until": typed["until"]}
    issues = issues_of(
        lambda: CompanyBody.model_validate(company),
        lambda: AgreementBody.model_validate({"number": typed["number"], **term}).agreement,
    )
    if issues:
        raise unprocessable(issues)
    if not await _is_registered(typed["id"], caller, store):
        await post_companies(CompanyBody.model_validate(company), caller, acting, store)
    place = {"company": typed["id"], "agreement": typed["number"]}
    await put_agreement(**place, body=TermBody.model_validate(term), _=caller, acting=acting, store=store)


async def _is_registered(company: str, caller: Caller, store: Database) -> bool:
    try:
        await get_company(company, caller, store)
    except ProblemError as fault:
        if fault.status is not HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


async def _review(application: str, typed: Typed, caller: Caller, acting: Acting, store: Database) -> None:
    check_role(caller, Task.REVIEW)
    periods = {name: typed.or_none(name) for name in PERIODS}
    wanted = [
        *({"line": line, **periods} for line in typed.names("lines")),
        *({"node": node, "lines": bool(typed["with_lines"]), **periods} for node in typed.names("nodes")),
    ]
    under = {"company": typed["company"], "agreement": typed["agreement"]}
    issues = issues_of(
        lambda: ReviewBody.model_validate({**under, "grants": wanted}),
        lambda: GrantBody.model_validate({"line": "any", **periods}).grant((date.min, date.max)),
    )
    if issues:
        raise unprocessable(issues)
    body = ReviewBody.model_validate({**under, "grants": wanted})
    await post_application_review(application, body, caller, acting, store)


async def _confirm(application: str, typed: Typed, caller: Caller, acting: Acting, store: Database) -> None:
    check_role(caller, Task.CONFIRM)
    body = ConfirmBody(fingerprint=_WITHIN.sub("", typed["fingerprint"]).lower())
    await post_application_confirm(application, body, caller, acting, store)


async def _refuse(application: str, typed: Typed, caller: Caller, acting: Acting, store: Database) -> None:
    await post_application_refuse(application, RefuseBody(reasons=typed["reasons"]), caller, acting, store)


_DEEDS: dict[str, _Deed] = {"register": _register, "review": _review, "confirm": _confirm, "refuse": _refuse}
