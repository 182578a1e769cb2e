"""The steps of applications: applied, reviewed, confirmed, refused; each one a change with its event."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex
from typing import Any

from shared.access.acting import Acting
from shared.access.application import Application, Asked, Grant
from shared.access.caller import Caller
from shared.access.certificates.certificate import Certificate
from shared.access.company import Under
from shared.access.refused import conflict, unknown
from shared.access.roles import Role
from shared.runtime.mongo import Database
from shared.store.access.applications import application_document, application_of
from shared.store.access.changing import Writing, change, whole_ms
from shared.store.access.forms import client_document, company_of, right_document
from shared.store.access.gateway_names import require_possible
from shared.store.access.granting import require_registered
from shared.store.documents import Collection

Document = dict[str, Any]


async def apply(
    database: Database, acting: Acting, asked: Asked, certificate: Certificate, person: Document
) -> tuple[Application, str]:
    """Take an application; return it, and the secret with which its applicant reads how far it is, told this once.

    Args:
        database: The store.
        acting: Who sends it, if anybody is known, and when.
        asked: What is applied for.
        certificate: As it was checked.
        person: `name`, `email`: rest apart from all that is kept.

    Raises:
        ChangeRefusedError: the key is somebody's already.
    """
    secret = secrets.token_urlsafe(24)
    application = Application(secrets.token_hex(8), asked, certificate.key(acting.at), whole_ms(acting.at))

    def work(writing: Writing) -> Application:
        require_new(writing, certificate.fingerprint)
        shown = {"kind": certificate.kind, "issuer": certificate.issuer, "serial": certificate.serial}
        kept = {"secret": _hidden(secret), "certificate": shown}
        writing.put(Collection.APPLICATIONS, {**application_document(application), **kept})
        named = {"subject": certificate.subject, "certificate": certificate.pem, **person}
        writing.put(Collection.PERSONS, {"_id": application.id, **named})
        told = {"agreement": asked.agreement.number, "role": asked.role.value}
        writing.tell("application.applied", application.id, **told, fingerprint=certificate.fingerprint)
        return application

    return await change(database, acting, work), secret


def require_new(writing: Writing, fingerprint: str, client: str = "") -> None:
    """Raise where a key is another client's already, or was once."""
    found = writing.store[Collection.CLIENTS].find_one({"keys.fingerprint": fingerprint}, session=writing.session)
    if found is not None and found["_id"] != client:
        raise conflict("KEY_TAKEN", "certificate", "this key is registered already: make a new key for each client")


async def review(
    database: Database, acting: Acting, application: str, under: Under, grants: Sequence[Grant]
) -> Application:
    """Accept an application for a company of the register, with what is opened to it.

    Raises:
        ChangeRefusedError: as `Application.reviewed`, or there is no such application, company, line or node.
    """

    def work(writing: Writing) -> Application:
        standing = _standing(writing, application)
        found = writing.find(Collection.COMPANIES, under.company)
        if found is None:
            raise unknown("company", under.company)
        require_registered(writing, [(grant.line, grant.node) for grant in grants])
        reviewed = standing.reviewed(acting, company_of(found), under.agreement, grants)
        _keep(writing, reviewed)
        writing.tell("application.reviewed", application, **under._asdict(), grants=len(grants))
        return reviewed

    return await change(database, acting, work)


async def confirm(
    database: Database, acting: Acting, application: str, fingerprint: str, token: Callable[[int], str] = token_hex
) -> Application:
    """Confirm the certificate of an application: its applicant becomes a client, with the rights of the review.

    Args:
        database: The store.
        acting: Who confirms, and when.
        application: Its id.
        fingerprint: Of the key, as the applicant read it out.
        token: Draws so many bytes, in hex: the client's id is its company's with four of them.

    Raises:
        ChangeRefusedError: as `Application.confirmed`, or there is no such application, or the key is somebody's, or
            a gateway cannot have the id that was drawn: confirmed again it gets another one.
    """

    def work(writing: Writing) -> Application:
        standing = _standing(writing, application)
        found = writing.find(Collection.COMPANIES, standing.company)
        client = f"{standing.company}-{token(4)}"
        company = company_of(found or {"_id": standing.company, "name": "", "agreements": []})
        confirmed = standing.confirmed(acting, fingerprint, company, client)
        require_new(writing, fingerprint)
        if standing.asked.role is Role.GATEWAY:
            require_possible(writing, client)
        _keep(writing, confirmed)
        writing.put(Collection.CLIENTS, client_document(confirmed.as_client(whole_ms(acting.at))))
        for right in confirmed.as_rights([secrets.token_hex(8) for _ in confirmed.grants]):
            writing.put(Collection.RIGHTS, right_document(right))
        _move_person(writing, application, client)
        told = {"fingerprint": fingerprint, "client": client, "company": standing.company}
        writing.tell("application.confirmed", application, **told)
        return confirmed

    return await change(database, acting, work)


async def refuse(database: Database, caller: Caller, acting: Acting, application: str, reasons: str) -> Application:
    """Refuse an application, at whichever step it is.

    Raises:
        ChangeRefusedError: as `Application.refused`, or there is no such application.
    """

    def work(writing: Writing) -> Application:
        refused = _standing(writing, application).refused(caller, whole_ms(acting.at), reasons)
        _keep(writing, refused)
        writing.tell("application.refused", application)  # the reasons stay with it: they may name somebody
        return refused

    return await change(database, acting, work)


def may_read(document: Document, secret: str) -> bool:
    """Say whether a secret is the one of an application."""
    return compare_digest(str(document["secret"]), _hidden(secret))


def _standing(writing: Writing, application: str) -> Application:
    document = writing.find(Collection.APPLICATIONS, application)
    if document is None:
        raise unknown("application", application)
    return application_of(document)


def _keep(writing: Writing, application: Application) -> None:
    moved = {"$set": application_document(application)}
    writing.store[Collection.APPLICATIONS].update_one({"_id": application.id}, moved, session=writing.session)


def _move_person(writing: Writing, application: str, client: str) -> None:
    person = writing.find(Collection.PERSONS, application)
    if person is not None:
        writing.remove(Collection.PERSONS, application)
        writing.put(Collection.PERSONS, {**person, "_id": client})


def _hidden(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
