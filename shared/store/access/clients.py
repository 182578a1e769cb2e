"""Clients: renewed, revoked, ended; staff that whoever reaches the database registers; persons that are erased."""

from __future__ import annotations

import secrets

from shared.access.acting import Acting
from shared.access.application import TASKS, State
from shared.access.certificates.certificate import Certificate
from shared.access.client import Client
from shared.access.keys import ended, with_renewed, with_revoked
from shared.access.refused import conflict, unknown
from shared.access.renewal import require_signed
from shared.access.revoking import Why
from shared.access.roles import Role
from shared.runtime.mongo import Database
from shared.store.access.applying import require_new
from shared.store.access.changing import Writing, change, whole_ms
from shared.store.access.forms import client_document, client_of
from shared.store.documents import Collection


async def add_staff(database: Database, acting: Acting, name: str, role: Role, certificate: Certificate) -> Client:
    """Register somebody of the grid's own, for whom no company signs.

    Raises:
        ChangeRefusedError: the key is somebody's already.
    """

    def work(writing: Writing) -> Client:
        require_new(writing, certificate.fingerprint)
        key = certificate.key(whole_ms(acting.at))
        client = Client(f"staff-{secrets.token_hex(4)}", "", frozenset({role}), keys=(key,))
        writing.put(Collection.CLIENTS, client_document(client))
        person = {"name": name, "email": "", "subject": certificate.subject, "certificate": certificate.pem}
        writing.put(Collection.PERSONS, {"_id": client.id, **person})
        writing.tell("client.staff", client.id, role=role.value, fingerprint=certificate.fingerprint)
        return client

    return await change(database, acting, work)


async def renew(database: Database, acting: Acting, certificate: Certificate, statement: str = "") -> Client:
    """Register another certificate of whoever acts; `statement`: signed by his old key, see `renewal.py`.

    Raises:
        ChangeRefusedError: as `with_renewed` and `require_signed`; the key is somebody else's; he is no client.
    """

    def work(writing: Writing) -> Client:
        client = _client(writing, acting.by)
        if statement:
            require_signed(statement, client, certificate.fingerprint, acting.at)
        require_new(writing, certificate.fingerprint, client.id)
        renewed = with_renewed(client, certificate.key(whole_ms(acting.at)), acting.at)
        writing.put(Collection.CLIENTS, client_document(renewed))
        told = {"fingerprint": certificate.fingerprint, "not_after": certificate.not_after.isoformat()}
        writing.tell("certificate.renewed", client.id, **told, signed=bool(statement))
        return renewed

    return await change(database, acting, work)


async def revoke_key(  # noqa: PLR0913, PLR0917 - whose key, by whom, and why
    database: Database, acting: Acting, client: str, fingerprint: str, company: str = "", why: Why | None = None
) -> Client:
    """Let a key be good no more; `company`: only of one of its clients; `why` stands in the event.

    Raises:
        ChangeRefusedError: as `with_revoked`, or there is no such client.
    """

    def work(writing: Writing) -> Client:
        revoked = with_revoked(_client(writing, client, company), fingerprint, whole_ms(acting.at))
        writing.put(Collection.CLIENTS, client_document(revoked))
        writing.tell("certificate.revoked", client, fingerprint=fingerprint, **_told(why))
        return revoked

    return await change(database, acting, work)


async def end(database: Database, acting: Acting, client: str, company: str = "", why: Why | None = None) -> Client:
    """End a client's access; `company`: only one of its clients; `why` stands in the event.

    Raises:
        ChangeRefusedError: as `ended`, or there is no such client.
    """

    def work(writing: Writing) -> Client:
        over = ended(_client(writing, client, company), whole_ms(acting.at))
        writing.put(Collection.CLIENTS, client_document(over))
        writing.tell("client.ended", client, **_told(why))
        return over

    return await change(database, acting, work)


async def erase(database: Database, acting: Acting, of: str) -> None:
    """Erase who a client or an applicant is; what he did stays, under an id that names nobody.

    Raises:
        ChangeRefusedError: nothing is known of him, or he still has access, or his application still waits.
    """

    def work(writing: Writing) -> None:
        if writing.find(Collection.PERSONS, of) is None:
            raise unknown("of", of)
        _require_over(writing, of)
        writing.remove(Collection.PERSONS, of)
        about = {"$or": [{"_id": of}, {"client": of}]}
        blanked = {"$set": {"steps.$[].reasons": ""}}  # written by hand: they may name him
        writing.store[Collection.APPLICATIONS].update_many(about, blanked, session=writing.session)
        writing.tell("person.erased", of)

    await change(database, acting, work)


def _require_over(writing: Writing, of: str) -> None:
    client, application = writing.find(Collection.CLIENTS, of), writing.find(Collection.APPLICATIONS, of)
    if client is not None and client["ended_at"] is None:
        raise conflict("STATE", "of", "he has access: end it first")
    if application is not None and State(application["state"]) in TASKS:
        raise conflict("STATE", "of", "his application waits for a decision: refuse it first")


def _told(why: Why | None) -> dict[str, str]:
    return {} if why is None else {"reason": why.value}


def _client(writing: Writing, client: str, company: str = "") -> Client:
    document = writing.find(Collection.CLIENTS, client)
    if document is None or (company and document["company"] != company):
        raise unknown("client", client)
    return client_of(document)
