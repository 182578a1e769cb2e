"""The application form and how far an application is: open to everybody, also without a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.query.access.applications_api import (
    Trusted,
    certificate_of,
    post_application_state,
    post_applications,
)
from services.query.access.asking import PathId
from services.query.access.bodies import AgreementBody, ApplicationBody, StateBody
from services.query.access.pages.forms import (
    NO_FAULTS,
    REFUSALS,
    Faults,
    Sent,
    Typed,
    issues_in,
    issues_of,
    status_of,
)
from services.query.access.pages.frame import answered
from shared.domain.topology import Issue
from shared.runtime.http_state import Now, Store

apply_pages = APIRouter(include_in_schema=False)
FIELDS = (
    *("company", "number", "from", "until", "name", "email", "role"),
    *("lines", "nodes", "stations", "certificate"),
)
ROLES = ("reader", "downloader", "administrator", "gateway")


@apply_pages.get("/apply")
async def get_apply(request: Request) -> HTMLResponse:
    """Show the form."""
    return answered(request, "apply.html", typed=Typed(), faults=NO_FAULTS, roles=ROLES)


@apply_pages.post("/apply")
async def post_apply(request: Request, typed: Sent, store: Store, now: Now, trusted: Trusted) -> HTMLResponse:
    """Take an application, and tell the secret this once; or show all that is wrong, with what was typed."""
    asked = application_typed(typed)
    issues = issues_of(
        lambda: ApplicationBody.model_validate(asked),
        lambda: AgreementBody.model_validate(asked["agreement"]).agreement,
        lambda: typed["certificate"] and certificate_of(typed["certificate"], trusted, now),
    )
    if issues:
        return _refused(request, typed, issues)
    try:
        made = await post_applications(ApplicationBody.model_validate(asked), store, now, trusted, Response())
    except REFUSALS as fault:
        return _refused(request, typed, issues_in(fault), status_of(fault))
    return answered(request, "applied.html", HTTPStatus.CREATED, made=made)


@apply_pages.get("/apply/{application}")
async def get_state(request: Request, application: PathId) -> HTMLResponse:
    """Ask for the secret of an application: it stands in no address."""
    return answered(request, "state.html", id=application, told=None, faults=NO_FAULTS)


@apply_pages.post("/apply/{application}")
async def post_state(request: Request, application: PathId, typed: Sent, store: Store) -> HTMLResponse:
    """Show how far an application is to who knows its secret."""
    try:
        told = await post_application_state(StateBody(id=application, secret=typed["secret"]), store)
    except REFUSALS as fault:
        faults = Faults(issues_in(fault), ("secret",), {"id": "secret"})
        return answered(request, "state.html", status_of(fault), id=application, told=None, faults=faults)
    return answered(request, "state.html", id=application, told=told, faults=NO_FAULTS)


def application_typed(typed: Typed) -> dict[str, Any]:
    """Return what was typed as a program would send it."""
    return {
        "company": typed["company"],
        "agreement": {"number": typed["number"], "from": typed["from"], "until": typed["until"]},
        "person": {"name": typed["name"], "email": typed["email"]},
        "role": typed["role"],
        **{wanted: typed.names(wanted) for wanted in ("lines", "nodes", "stations")},
        "certificate": typed["certificate"],
    }


def _refused(
    request: Request,
    typed: Typed,
    issues: Sequence[Issue],
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HTMLResponse:
    shown = without_keys(typed)
    return answered(request, "apply.html", status, typed=shown, faults=Faults(issues, FIELDS), roles=ROLES)


def without_keys(typed: Typed) -> Typed:
    """Return what was typed without a private key that came by mistake: it is not sent back either."""
    return typed.but(certificate="") if "PRIVATE KEY" in typed["certificate"] else typed
