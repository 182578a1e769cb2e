"""The routes of clients and their certificates, of one's own account, and of what was done."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from services.query.access.applications_api import ActingNow, Trusted, certificate_of
from services.query.access.asking import STAFF, PathId, page, require_own, scope_of
from services.query.access.bodies import ErasureBody, RenewalBody
from services.query.access.companies_api import CompanyAsked
from services.query.access.telling import account_told, client_told, event_told, right_told
from services.query.api import Cursor, Limit
from services.query.asked.parameters import last_id_of, next_link, refused_cursor
from shared.access.client import Client
from shared.access.revoking import Why
from shared.access.roles import Task
from shared.runtime.http_state import Auditing, CallerAsking, Confirming, Now, Store
from shared.runtime.mongo import Database
from shared.store.access import clients
from shared.store.access.events import events_listed
from shared.store.access.forms import client_document
from shared.store.access.listing import called, found, rights_of
from shared.store.documents import Collection

clients_api = APIRouter(prefix="/v1/access")
Told = dict[str, Any]
FingerprintAsked = Annotated[str, PathParameter(max_length=64)]
Words = Annotated[
    str, Query(max_length=200, description="Only those in whose id, company, name, address or fingerprint this stands.")
]
Reason = Annotated[Why | None, Query(description="Why; stands in the event.")]
Of = Annotated[str, Query(max_length=64, description="Only of this client, company, right or application.")]


@clients_api.get("/clients", summary="Clients, with their certificates")
async def get_clients(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: CallerAsking,
    store: Store,
    now: Now,
    company: CompanyAsked = "",
    q: Words = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Told:
    """List clients, ended ones too; an administrator sees those of his company."""
    own = scope_of(caller, *STAFF)
    companies = [{"company": name} for name in (own, company) if name]
    where: dict[str, Any] = {"$and": [*companies, await called(store, q) if q else {}]}
    asked = {"company": company, "q": q, "cursor": cursor, "limit": limit}
    return await page(
        *(store, Collection.CLIENTS, where, asked, "/v1/access/clients"),
        lambda document, person: client_told(document, person, now),
    )


@clients_api.get("/clients/{client}", summary="One client, with his certificates")
async def get_client(client: PathId, caller: CallerAsking, store: Store, now: Now) -> Told:
    """Tell a client; an administrator sees those of his company."""
    own = scope_of(caller, *STAFF)
    document = require_own(own, await found(store, Collection.CLIENTS, client), "client", client)
    return client_told(document, await found(store, Collection.PERSONS, client), now)


@clients_api.post("/clients/{client}/end", summary="End a client's access")
async def post_client_end(
    client: PathId, caller: CallerAsking, acting: ActingNow, store: Store, reason: Reason = None
) -> Told:
    """End the access of a client for good; an administrator ends that of his company's."""
    own = scope_of(caller, Task.CONFIRM)
    return await _told(store, await clients.end(store, acting, client, own, reason), acting.at)


@clients_api.post("/clients/{client}/certificates/{fingerprint}/revoke", summary="Revoke a certificate")
async def post_certificate_revoke(  # noqa: PLR0913, PLR0917 - the parameters of the route
    client: PathId,
    fingerprint: FingerprintAsked,
    caller: CallerAsking,
    acting: ActingNow,
    store: Store,
    reason: Reason = None,
) -> Told:
    """Let a certificate open nothing any more; an administrator revokes those of his company."""
    own = scope_of(caller, Task.CONFIRM)
    return await _told(store, await clients.revoke_key(store, acting, client, fingerprint, own, reason), acting.at)


@clients_api.get("/me", summary="Who you are, and what you may do")
async def get_me(caller: CallerAsking, store: Store, now: Now) -> Told:
    """Tell your own account: company, roles, what is open to you now, and how long your certificates are still good."""
    document = await found(store, Collection.CLIENTS, caller.identity)
    person, rights = await found(store, Collection.PERSONS, caller.identity), await rights_of(store, caller)
    return {**account_told(caller, document, person, now), "rights": [right_told(right) for right in rights]}


@clients_api.post("/certificates", status_code=HTTPStatus.CREATED, summary="Renew your certificate")
async def post_certificates(body: RenewalBody, acting: ActingNow, store: Store, trusted: Trusted) -> Told:
    """Register your next certificate, over a connection that your old one opened; at most two are in use at a time."""
    certificate = certificate_of(body.certificate, trusted, acting.at)
    return await _told(store, await clients.renew(store, acting, certificate, body.statement or ""), acting.at)


@clients_api.post("/erasures", status_code=HTTPStatus.NO_CONTENT, summary="Erase who somebody is")
async def post_erasures(body: ErasureBody, _: Confirming, acting: ActingNow, store: Store) -> None:
    """Erase name, address and certificate of somebody who has no access (any more); what he did stays, by his id."""
    await clients.erase(store, acting, body.of)


@clients_api.get("/events", summary="What was done to the register, the newest first")
async def get_events(_: Auditing, store: Store, of: Of = "", cursor: Cursor = "", limit: Limit = 100) -> Told:
    """List the events of the access register; each is chained to the one before it by its hash."""
    events = await events_listed(store, of, _number(last_id_of(cursor)), limit + 1)
    last = str(events[limit - 1].number) if len(events) > limit else None
    rows = [event_told(event) for event in events[:limit]]
    return {"rows": rows, "next": next_link("/v1/access/events", {"of": of, "limit": limit}, last)}


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise refused_cursor()
    return int(text or 0)


async def _told(store: Database, client: Client, now: Now) -> Told:
    person = await found(store, Collection.PERSONS, client.id)
    return client_told(client_document(client), person, now)
