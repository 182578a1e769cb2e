"""Companies, their agreements, and rights: granted with an agreement, passed on by a company, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from shared.access.acting import Acting
from shared.access.application import Grant, require_open
from shared.access.belonging import lines_of
from shared.access.company import Agreement, Company, Under
from shared.access.delegating import require_own
from shared.access.refused import ChangeRefusedError, conflict, unknown
from shared.access.right import Right
from shared.domain.topology import Issue
from shared.runtime.mongo import Database
from shared.store.access.changing import Writing, change, whole_ms
from shared.store.access.forms import client_of, company_document, company_of, right_document, right_of
from shared.store.access.resolving import holding_of, nodes_now
from shared.store.documents import Collection

Document = dict[str, Any]
MOST_DELEGATIONS = 1_000
"""That a company may pass on to another one at a time: who gets them is not asked, and all are read for him."""


async def add_company(database: Database, acting: Acting, company: Company) -> Company:
    """Register a company.

    Raises:
        ChangeRefusedError: its id is taken.
    """

    def work(writing: Writing) -> Company:
        if writing.find(Collection.COMPANIES, company.id) is not None:
            raise conflict("COMPANY_TAKEN", "id", f"company {company.id} is registered already: choose another id")
        writing.put(Collection.COMPANIES, company_document(company))
        writing.tell("company.added", company.id, name=company.name)
        return company

    return await change(database, acting, work)


async def sign(database: Database, acting: Acting, company: str, agreement: Agreement) -> Company:
    """Write down an agreement of a company; one of the same number is told anew, for instance because it ends.

    Raises:
        ChangeRefusedError: there is no such company.
    """

    def work(writing: Writing) -> Company:
        standing = _company(writing, company)
        others = tuple(one for one in standing.agreements if one.number != agreement.number)
        signed = replace(standing, agreements=(*others, agreement))
        writing.put(Collection.COMPANIES, company_document(signed))
        told = {"number": agreement.number, "from": agreement.first.isoformat(), "until": agreement.end.isoformat()}
        writing.tell("company.signed", company, **told)
        return signed

    return await change(database, acting, work)


async def grant(database: Database, acting: Acting, under: Under, granted: Grant, client: str = "") -> Right:
    """Open a line or node to a company, or to one client of it, with one of its agreements.

    Raises:
        ChangeRefusedError: company, client, agreement, line or node are not known, or the agreement is over.
    """

    def work(writing: Writing) -> Right:
        require_open(_company(writing, under.company), under.agreement, acting.today)
        if client:
            _require_client(writing, client, under.company)
        require_registered(writing, [(granted.line, granted.node)])
        right = _right(under.company, granted)
        return _opened(writing, replace(right, client=client, agreement=under.agreement), "right.granted")

    return await change(database, acting, work)


async def delegate(database: Database, acting: Acting, giver: str, to: str, granted: Grant) -> Right:
    """Pass a right of a company on to another one, which has it as long as the giver has.

    Raises:
        ChangeRefusedError: as `require_own`, or there is no such company, or it has enough from this one.
    """

    def work(writing: Writing) -> Right:
        _company(writing, to, "to")
        right = replace(_right(to, granted), delegated_by=giver)
        holding = holding_of(writing.store, giver, session=writing.session)
        require_own(holding, right, acting.today, lambda node: lines_of(nodes_now(writing.store, node), node))
        _require_room(writing, giver, to)
        return _opened(writing, right, "right.delegated")

    return await change(database, acting, work)


def _require_room(writing: Writing, giver: str, to: str) -> None:
    given = {"delegated_by": giver, "company": to, "revoked_at": None}
    found = writing.store[Collection.RIGHTS].count_documents(given, session=writing.session)
    if found >= MOST_DELEGATIONS:
        text = f"{found} rights are passed on to {to} already: take some back, or pass on a node with its lines"
        raise conflict("TOO_MANY_DELEGATIONS", "to", text)


async def revoke(database: Database, acting: Acting, right: str, giver: str = "") -> Right:
    """Take a right back; `giver`: only one that this company has passed on.

    Raises:
        ChangeRefusedError: there is no such right, or it was taken back already.
    """

    def work(writing: Writing) -> Right:
        document = writing.find(Collection.RIGHTS, right)
        if document is None or (giver and document["delegated_by"] != giver):
            raise unknown("right", right)
        standing = right_of(document)
        if standing.revoked_at is not None:
            raise conflict("STATE", "right", "it was taken back already")
        revoked = replace(standing, revoked_at=whole_ms(acting.at))
        writing.put(Collection.RIGHTS, right_document(revoked))
        writing.tell("right.revoked", right, company=revoked.company)
        return revoked

    return await change(database, acting, work)


def require_registered(writing: Writing, places: Iterable[tuple[str, str]]) -> None:
    """Raise with an issue for each line or node (pairs, one of the two "") that is not registered."""
    wanted = [("line", line) if line else ("node", node) for line, node in places]
    names = [f"{kind}|{name}" for kind, name in wanted]
    told = writing.store[Collection.TOPOLOGY].find({"_id": {"$in": names}}, {"_id": 1})
    there = {document["_id"] for document in told}
    missing = [(kind, name) for kind, name in wanted if f"{kind}|{name}" not in there]
    if missing:
        raise ChangeRefusedError(
            *(Issue(f"UNKNOWN_{kind.upper()}", kind, f"{kind} {name} is not registered") for kind, name in missing)
        )


def _company(writing: Writing, company: str, position: str = "company") -> Company:
    document = writing.find(Collection.COMPANIES, company)
    if document is None:
        raise unknown(position, company)
    return company_of(document)


def _require_client(writing: Writing, client: str, company: str) -> None:
    document = writing.find(Collection.CLIENTS, client)
    if document is None or client_of(document).company != company:
        raise unknown("client", client)


def _right(company: str, granted: Grant) -> Right:
    place = granted.line, granted.node, granted.lines
    return Right(secrets.token_hex(8), company, granted.use, granted.days, *place)


def _opened(writing: Writing, right: Right, what: str) -> Right:
    document = right_document(right)
    writing.put(Collection.RIGHTS, document)
    told = {name: value for name, value in document.items() if name not in {"_id", "revoked_at"}}
    writing.tell(what, right.id, **told)
    return right
