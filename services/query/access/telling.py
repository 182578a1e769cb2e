"""Documents of the access register as answers tell them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shared.access.caller import Caller
from shared.access.certificates.expiry import days_left, warning
from shared.access.chain import Event
from shared.access.client import Client
from shared.access.days import Days
from shared.domain.instants import instant
from shared.store.access.forms import client_of

Document = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    """Return a moment as answers write it."""
    return None if at is None else instant(round(at.timestamp() * 1000))


def company_told(document: Document) -> Document:
    """Tell a company."""
    return {"id": document["_id"], "name": document["name"], "agreements": document["agreements"]}


def person_told(person: Document | None) -> Document | None:
    """Tell who somebody is; None once he was erased."""
    return None if person is None else {"name": person["name"], "email": person["email"]}


def right_told(document: Document) -> Document:
    """Tell a right."""
    return {
        "id": document["_id"],
        "company": document["company"],
        "client": document["client"],
        "line": document.get("line"),
        "node": document.get("node"),
        "lines": document["lines"],
        **{name: _bound(document[name]) for name in ("use_from", "use_until", "days_from", "days_until")},
        "agreement": document["agreement"],
        "delegated_by": document["delegated_by"],
        "revoked_at": moment(document["revoked_at"]),
    }


def application_told(document: Document, person: Document | None) -> Document:
    """Tell an application to those who decide on it."""
    asked, key = document["asked"], document["key"]
    return {
        "id": document["_id"],
        "state": document["state"],
        "company_name": asked["company"],
        "agreement": asked["agreement"],
        "person": person_told(person),
        **{name: asked[name] for name in ("role", "lines", "nodes", "stations")},
        "certificate": {
            "fingerprint": key["fingerprint"],
            **document["certificate"],
            "subject": None if person is None else person["subject"],
            "not_before": moment(key["not_before"]),
            "not_after": moment(key["not_after"]),
        },
        "applied_at": moment(document["applied_at"]),
        "steps": [{**step, "at": moment(step["at"])} for step in document["steps"]],
        "company": document["company"] or None,
        "grants": [_grant_told(grant) for grant in document["grants"]],
        "client": document["client"] or None,
    }


def client_told(document: Document, person: Document | None, now: datetime) -> Document:
    """Tell a client with his certificates."""
    client = client_of(document)
    return {
        "id": client.id,
        "company": client.company or None,
        "person": person_told(person),
        "roles": sorted(client.roles),
        "agreement": client.agreement or None,
        "stations": sorted(client.stations),
        "ended_at": moment(client.ended_at),
        "certificates": certificates_told(client, now),
    }


def certificates_told(client: Client, now: datetime) -> list[Document]:
    """Tell the certificates of a client."""
    return [
        {
            "fingerprint": key.fingerprint,
            **{name: moment(getattr(key, name)) for name in ("not_before", "not_after", "registered_at", "revoked_at")},
            "days_left": days_left(key, now),
            "warning": warning(client, key, now),
        }
        for key in client.keys
    ]


def account_told(caller: Caller, document: Document | None, person: Document | None, now: datetime) -> Document:
    """Tell somebody who he is; `document`: None where he is no client of the register, as in the demo."""
    return {
        "client": caller.identity,
        "company": caller.company or None,
        "person": person_told(person),
        "roles": sorted(caller.roles),
        "all_lines": caller.rights.has_all,
        "lines": _opened_told(caller.rights.lines),
        "nodes": _opened_told(caller.rights.nodes),
        "certificates": [] if document is None else certificates_told(client_of(document), now),
    }


def event_told(event: Event) -> Document:
    """Tell an event."""
    return {
        "id": event.hash,
        "number": event.number,
        "at": moment(event.at),
        "by": event.by,
        "what": event.what,
        "of": event.of,
        "told": event.told,
        "previous": event.previous,
    }


def _grant_told(document: Document) -> Document:
    (use_from, use_until), (days_from, days_until) = document["use"], document["days"]
    return {
        "line": document["line"] or None,
        "node": document["node"] or None,
        "lines": document["lines"],
        "use_from": _bound(use_from),
        "use_until": _bound(use_until),
        "days_from": _bound(days_from),
        "days_until": _bound(days_until),
    }


def _opened_told(opened: Mapping[str, Days]) -> list[Document]:
    return [
        {"id": name, "days": [{"from": _bound(str(first)), "to": _bound(str(end))} for first, end in opened[name].runs]}
        for name in sorted(opened)
    ]


def _bound(day: str) -> str | None:
    """Return a gas day, None for those that stand for no bound."""
    return None if day in {str(date.min), str(date.max)} else day
