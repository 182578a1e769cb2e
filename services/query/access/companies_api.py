"""The routes of companies, their agreements, and their rights."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from services.query.access.applications_api import ActingNow
from services.query.access.asking import STAFF, PathId, page, require_own, scope_of
from services.query.access.bodies import CompanyBody, DelegationBody, RightBody, TermBody
from services.query.access.telling import company_told, right_told
from services.query.api import Cursor, Limit
from shared.access.company import Company, Under
from shared.runtime.http_state import CallerAsking, Managing, Reviewing, Store
from shared.runtime.mongo import Database
from shared.store.access import granting
from shared.store.access.forms import company_document, company_of, right_document
from shared.store.access.listing import found
from shared.store.documents import Collection

companies_api = APIRouter(prefix="/v1/access")
Told = dict[str, Any]
CompanyAsked = Annotated[str, Query(max_length=64, description="Only of this company.")]
AgreementNumber = Annotated[str, PathParameter(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Delegated = Annotated[
    Literal["", "given", "received"],
    Query(description="Only what the company passes on to others, or what others pass on to it."),
]


@companies_api.post("/companies", status_code=HTTPStatus.CREATED, summary="Register a company")
async def post_companies(body: CompanyBody, _: Reviewing, acting: ActingNow, store: Store) -> Told:
    """Register a company that will sign, or has signed."""
    made = await granting.add_company(store, acting, Company(body.id, body.name))
    return company_told(company_document(made))


@companies_api.get("/companies", summary="Companies")
async def get_companies(caller: CallerAsking, store: Store, cursor: Cursor = "", limit: Limit = 100) -> Told:
    """List the companies; an administrator sees his own."""
    own = scope_of(caller, *STAFF)
    asked = {"cursor": cursor, "limit": limit}
    where = {"_id": own} if own else {}
    return await page(
        store, Collection.COMPANIES, where, asked, "/v1/access/companies", lambda document, _: company_told(document)
    )


@companies_api.get("/companies/{company}", summary="One company")
async def get_company(company: PathId, caller: CallerAsking, store: Store) -> Told:
    """Tell a company with its agreements; an administrator sees his own."""
    own = scope_of(caller, *STAFF)
    document = await found(store, Collection.COMPANIES, company)
    return company_told(require_own(own, document, "company", company))


@companies_api.put("/companies/{company}/agreements/{agreement}", summary="Write down an agreement")
async def put_agreement(
    *, company: PathId, agreement: AgreementNumber, body: TermBody, _: Reviewing, acting: ActingNow, store: Store
) -> Told:
    """Write down what a company has signed, or that it ends earlier or later: rights under it end with it."""
    signed = await granting.sign(store, acting, company, body.agreement(agreement))
    return company_told(company_document(signed))


@companies_api.get("/rights", summary="Rights of companies and clients")
async def get_rights(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: CallerAsking,
    store: Store,
    company: CompanyAsked = "",
    delegated: Delegated = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Told:
    """List rights, revoked ones too; an administrator sees those of his company, and those that it has passed on."""
    own = scope_of(caller, *STAFF)
    seen = {"$or": [{"company": own}, {"delegated_by": own}]} if own else {}
    named = {"company": company} if company and delegated != "given" else {}
    where = {"$and": [seen, named, _passed_on(delegated, own or company)]}
    asked = {"company": company, "delegated": delegated, "cursor": cursor, "limit": limit}
    return await page(
        store, Collection.RIGHTS, where, asked, "/v1/access/rights", lambda document, _: right_told(document)
    )


@companies_api.post("/rights", status_code=HTTPStatus.CREATED, summary="Open a line or a node")
async def post_rights(body: RightBody, _: Reviewing, acting: ActingNow, store: Store) -> Told:
    """Open a line, a node's sums, or a node with its lines; without periods for those of the agreement."""
    grant = body.grant(await _term(store, body.company, body.agreement))
    under = Under(body.company, body.agreement)
    return right_told(right_document(await granting.grant(store, acting, under, grant, body.client or "")))


@companies_api.post("/rights/{right}/revoke", summary="Take a right back")
async def post_right_revoke(right: PathId, _: Reviewing, acting: ActingNow, store: Store) -> Told:
    """Take a right back, at once: granted or passed on."""
    return right_told(right_document(await granting.revoke(store, acting, right)))


@companies_api.post("/delegations", status_code=HTTPStatus.CREATED, summary="Pass a right on to another company")
async def post_delegations(body: DelegationBody, caller: Managing, acting: ActingNow, store: Store) -> Told:
    """Pass on what your company has of its own; what it loses, those lose at the same moment."""
    giver = scope_of(caller)
    return right_told(right_document(await granting.delegate(store, acting, giver, body.to, body.grant)))


@companies_api.post("/delegations/{right}/revoke", summary="Take back what was passed on")
async def post_delegation_revoke(right: PathId, caller: Managing, acting: ActingNow, store: Store) -> Told:
    """Take back what your company has passed on, at once."""
    return right_told(right_document(await granting.revoke(store, acting, right, giver=scope_of(caller))))


async def _term(store: Database, company: str, agreement: str) -> tuple[date, date]:
    """Return the period of an agreement; where there is none the right is refused anyhow."""
    document = await found(store, Collection.COMPANIES, company)
    signed = company_of(document).agreement(agreement) if document else None
    return (signed.first, signed.end) if signed else (date.min, date.max)


def _passed_on(delegated: str, company: str) -> Told:
    """Return which rights are passed on by a company, or to it; "": by and to any."""
    anybody: Told = {"$ne": None}
    if delegated == "given":
        return {"delegated_by": company or anybody}
    if delegated == "received":
        return {"delegated_by": anybody, **({"company": company} if company else {})}
    return {}
