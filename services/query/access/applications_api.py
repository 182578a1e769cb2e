"""The routes of applications: apply, look, review, confirm, refuse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from cryptography.x509 import Certificate as Authority
from fastapi import APIRouter, Depends, Response

from services.query.access.asking import STAFF, PathId, acting_of, authorities_of, page
from services.query.access.bodies import ApplicationBody, ConfirmBody, RefuseBody, ReviewBody, StateBody
from services.query.access.mails import mails_for
from services.query.access.telling import application_told
from services.query.api import Cursor, Limit
from shared.access.acting import Acting
from shared.access.application import Application, Grant, State
from shared.access.caller import Caller
from shared.access.certificates.certificate import Certificate, checked
from shared.access.company import Under
from shared.runtime.http_state import CallerAsking, Confirming, Now, Reviewing, Store
from shared.runtime.mongo import Database
from shared.runtime.problem import forbidden, not_found, unprocessable
from shared.store.access import applying
from shared.store.access.forms import company_of
from shared.store.access.listing import found
from shared.store.documents import Collection

applications_api = APIRouter(prefix="/v1/access")
_PATH = "/v1/access/applications"
ActingNow = Annotated[Acting, Depends(acting_of)]
Trusted = Annotated[Sequence[Authority], Depends(authorities_of)]
Told = dict[str, Any]


@applications_api.post("/applications", status_code=HTTPStatus.CREATED, summary="Apply for access")
async def post_applications(
    body: ApplicationBody, store: Store, now: Now, trusted: Trusted, response: Response
) -> Told:
    """Take an application; the certificate is checked at once, and nothing is taken if it is wrong.

    Keep the `secret`: with it, and nothing else, the state of the application can be read.
    """
    asked, certificate = body.asked, certificate_of(body.certificate, trusted, now)
    made, secret = await applying.apply(store, Acting("", now), asked, certificate, body.person.model_dump())
    response.headers["Location"] = f"{_PATH}/{made.id}"
    document, person = await _document(store, made.id)
    told = {"id": made.id, "secret": secret, "state": made.state, "fingerprint": certificate.fingerprint}
    return {**told, "mails": mails_for(document, person)}


def certificate_of(pem: str, trusted: Sequence[Authority], now: Now) -> Certificate:
    """Return a certificate that may be registered, or raise 422 with all that is wrong with it."""
    told = checked(pem, trusted, now)
    if not isinstance(told, Certificate):
        raise unprocessable(told)
    return told


@applications_api.post("/application-state", summary="How far an application is")
async def post_application_state(body: StateBody, store: Store) -> Told:
    """Tell an applicant how far his application is; whoever has no right secret is told that there is none."""
    document = await found(store, Collection.APPLICATIONS, body.id)
    if document is None or not applying.may_read(document, body.secret):
        raise not_found("id", "there is no application of this id with this secret")
    reasons = "\n".join(step["reasons"] for step in document["steps"] if step["reasons"])
    return {"id": body.id, "state": document["state"], "reasons": reasons, "client": document["client"] or None}


@applications_api.get("/applications", summary="Applications, by state")
async def get_applications(
    caller: CallerAsking,
    store: Store,
    state: Literal["", "applied", "reviewed", "confirmed", "refused"] = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Told:
    """List applications, for those who review and confirm them."""
    _require_staff(caller)
    where = {"state": state} if state else {}
    asked = {"state": state, "cursor": cursor, "limit": limit}
    return await page(store, Collection.APPLICATIONS, where, asked, _PATH, application_told)


@applications_api.get("/applications/{application}", summary="One application")
async def get_application(application: PathId, caller: CallerAsking, store: Store) -> Told:
    """Tell an application, for those who review and confirm it."""
    _require_staff(caller)
    return application_told(*await _document(store, application))


@applications_api.post("/applications/{application}/review", summary="Accept agreement and lines")
async def post_application_review(
    application: PathId, body: ReviewBody, _: Reviewing, acting: ActingNow, store: Store
) -> Told:
    """Accept an application for a company of the register under one of its agreements; its certificate comes next."""
    document, _person = await _document(store, application)
    grants = await _grants(store, body, document)
    made = await applying.review(store, acting, application, Under(body.company, body.agreement), grants)
    return await _decided(store, made)


@applications_api.post("/applications/{application}/confirm", summary="Confirm the certificate")
async def post_application_confirm(
    application: PathId, body: ConfirmBody, _: Confirming, acting: ActingNow, store: Store
) -> Told:
    """Confirm the certificate of a reviewed application: its applicant is a client from now on.

    Who confirms is another person than who reviewed, and has compared the fingerprint.
    """
    return await _decided(store, await applying.confirm(store, acting, application, body.fingerprint))


@applications_api.post("/applications/{application}/refuse", summary="Refuse an application")
async def post_application_refuse(
    application: PathId, body: RefuseBody, caller: CallerAsking, acting: ActingNow, store: Store
) -> Told:
    """Refuse an application with reasons, at either step, by whoever would take it."""
    _require_staff(caller)
    return await _decided(store, await applying.refuse(store, caller, acting, application, body.reasons))


async def _document(store: Database, application: str) -> tuple[Told, Told | None]:
    """Return an application and its applicant, None once he was erased; raise 404 where there is none."""
    document = await found(store, Collection.APPLICATIONS, application)
    if document is None:
        raise not_found("application", f"application {application[:64]!r} is not known here")
    person = await found(store, Collection.PERSONS, document["client"] or application)
    return document, person


async def _decided(store: Database, made: Application) -> Told:
    document, person = await _document(store, made.id)
    return {**application_told(document, person), "mails": mails_for(document, person)}


async def _grants(store: Database, body: ReviewBody, document: Told) -> list[Grant]:
    """Return what is opened: as told, or what was applied for, for the time of the agreement."""
    known = await found(store, Collection.COMPANIES, body.company)
    signed = company_of(known).agreement(body.agreement) if known else None
    term = (signed.first, signed.end) if signed else (date.min, date.max)
    if body.grants is not None:
        return [grant.grant(term) for grant in body.grants]
    if document["state"] != State.APPLIED:
        return []  # it is refused anyhow
    asked = document["asked"]
    lines, nodes = asked["lines"], asked["nodes"]
    return [*(Grant(term, term, line=line) for line in lines), *(Grant(term, term, node=node) for node in nodes)]


def _require_staff(caller: Caller) -> None:
    if not any(caller.may(task) for task in STAFF):
        raise forbidden("ROLE", "this needs a role that may review applications or confirm certificates")
