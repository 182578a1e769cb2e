"""Parts of the access register as documents, and back."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.access.client import Client, Key
from shared.access.company import Agreement, Company
from shared.access.right import Right
from shared.access.roles import Role

Document = dict[str, Any]


def company_document(company: Company) -> Document:
    """Return a company as it rests."""
    agreements = [
        {"number": one.number, "from": one.first.isoformat(), "until": one.end.isoformat()}
        for one in company.agreements
    ]
    return {"_id": company.id, "name": company.name, "agreements": agreements}


def company_of(document: Document) -> Company:
    """Return the company of its document."""
    agreements = (
        Agreement(told["number"], date.fromisoformat(told["from"]), date.fromisoformat(told["until"]))
        for told in document["agreements"]
    )
    return Company(document["_id"], document["name"], tuple(agreements))


def client_document(client: Client) -> Document:
    """Return a client as it rests."""
    return {
        "_id": client.id,
        "company": client.company,
        "roles": sorted(client.roles),
        "stations": sorted(client.stations),
        "agreement": client.agreement,
        "keys": [key_document(key) for key in client.keys],
        "ended_at": client.ended_at,
    }


def client_of(document: Document) -> Client:
    """Return the client of its document."""
    return Client(
        document["_id"],
        document["company"],
        frozenset(Role(role) for role in document["roles"]),
        document["agreement"],
        tuple(key_of(key) for key in document["keys"]),
        frozenset(document["stations"]),
        document["ended_at"],
    )


def key_document(key: Key) -> Document:
    """Return a key as it rests."""
    return {
        "fingerprint": key.fingerprint,
        "not_before": key.not_before,
        "not_after": key.not_after,
        "registered_at": key.registered_at,
        "revoked_at": key.revoked_at,
    }


def key_of(document: Document) -> Key:
    """Return the key of its document."""
    return Key(**document)


def right_document(right: Right) -> Document:
    """Return a right as it rests."""
    return {
        "_id": right.id,
        "company": right.company,
        "client": right.client or None,
        **({"line": right.line} if right.line else {"node": right.node}),
        "lines": right.lines,
        **_period_document("use", *right.use),
        **_period_document("days", *right.days),
        "agreement": right.agreement or None,
        "delegated_by": right.delegated_by or None,
        "revoked_at": right.revoked_at,
    }


def right_of(document: Document) -> Right:
    """Return the right of its document."""
    return Right(
        document["_id"],
        document["company"],
        _period_of(document, "use"),
        _period_of(document, "days"),
        document.get("line", ""),
        document.get("node", ""),
        document["lines"],
        document["client"] or "",
        document["agreement"] or "",
        document["delegated_by"] or "",
        document["revoked_at"],
    )


def _period_document(name: str, first: date, end: date) -> Document:
    return {f"{name}_from": first.isoformat(), f"{name}_until": end.isoformat()}


def _period_of(document: Document, name: str) -> tuple[date, date]:
    return date.fromisoformat(document[f"{name}_from"]), date.fromisoformat(document[f"{name}_until"])
