"""Companies, clients and rights as the access register holds them, for tests: written straight into the store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from shared.access.client import Client, Key
from shared.access.company import Agreement, Company
from shared.access.right import Right
from shared.access.roles import Role
from shared.runtime.edge.certificates import Shown
from shared.runtime.mongo import Database, SyncDatabase
from shared.store.access.forms import client_document, company_document, right_document
from shared.store.documents import Collection

NOW = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)
YEARS = date(2020, 1, 1), date(2030, 1, 1)
_KINDS = {Company: Collection.COMPANIES, Client: Collection.CLIENTS, Right: Collection.RIGHTS}


def fingerprint_of(name: str) -> str:
    """Return a fingerprint as a key of that name could have."""
    return sha256(name.encode()).hexdigest()


def a_company(name: str = "ACME", first: date = YEARS[0], end: date = YEARS[1]) -> Company:
    """Return a company with agreement A-1."""
    return Company(name, f"{name} NV", (Agreement("A-1", first, end),))


def a_key(
    name: str,
    not_before: datetime = datetime(2026, 1, 1, tzinfo=UTC),
    not_after: datetime = datetime(2027, 12, 31, tzinfo=UTC),
    revoked_at: datetime | None = None,
) -> Key:
    """Return a key that is valid unless told otherwise."""
    return Key(fingerprint_of(name), not_before, not_after, not_before, revoked_at)


def a_client(
    name: str = "anna", company: str = "ACME", *keys: Key, role: Role = Role.DOWNLOADER, agreement: str = "A-1"
) -> Client:
    """Return a client with the key of his name, or with these."""
    return Client(name, company, frozenset({role}), agreement if company else "", keys or (a_key(name),))


async def shown_by(database: Database, client: str) -> Shown | None:
    """Return what names the first certificate of a client, as if he showed it; None where he is none."""
    found = await database[Collection.CLIENTS].find_one({"_id": client})
    return None if found is None else Shown(found["keys"][0]["fingerprint"], "")


def a_right(name: str, company: str = "ACME", **more: Any) -> Right:
    """Return a right of years on years; `line` or `node` is told."""
    told: dict[str, Any] = {"use": YEARS, "days": YEARS, **more}
    told.setdefault("agreement", "" if "delegated_by" in told else "A-1")
    return Right(name, company, **told)


def put(store: SyncDatabase[dict[str, Any]], *parts: Company | Client | Right) -> None:
    """Write parts of the access register as they are now, and that it has moved."""
    documents = {Company: company_document, Client: client_document, Right: right_document}
    for part in parts:
        document: dict[str, Any] = documents[type(part)](part)  # type: ignore[operator]  # a form for each kind
        store[_KINDS[type(part)]].replace_one({"_id": document["_id"]}, document, upsert=True)
    store[Collection.ACCESS_HEAD].update_one({"_id": "head"}, {"$inc": {"events": 1}}, upsert=True)
