"""Applications at rest.

`{_id, asked: {company, agreement: {number, from, until}, role, lines, nodes, stations}, key, secret, applied_at, state,
steps: [{state, by, at, reasons}], company, agreement, grants, client, certificate: {kind, issuer, serial}}`. Who
applies, by name and address, with his certificate, rests in `persons` under the application's id, and once he is a
client under the client's. `secret` is the SHA-256 of what lets the applicant read how far it is.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.access.application import Application, Asked, Grant, State, Step
from shared.access.company import Agreement
from shared.access.roles import Role
from shared.store.access.forms import key_document, key_of

Document = dict[str, Any]


def application_document(application: Application) -> Document:
    """Return an application as it rests, without what only its first step knows."""
    asked = application.asked
    return {
        "_id": application.id,
        "asked": {
            "company": asked.company,
            "agreement": _agreement_document(asked.agreement),
            "role": asked.role.value,
            "lines": list(asked.lines),
            "nodes": list(asked.nodes),
            "stations": list(asked.stations),
        },
        "key": key_document(application.key),
        "applied_at": application.applied_at,
        "state": application.state.value,
        "steps": [
            {"state": step.state.value, "by": step.by, "at": step.at, "reasons": step.reasons}
            for step in application.steps
        ],
        "company": application.company,
        "agreement": application.agreement,
        "grants": [_grant_document(grant) for grant in application.grants],
        "client": application.client,
    }


def application_of(document: Document) -> Application:
    """Return the application of its document."""
    asked = document["asked"]
    signed = asked["agreement"]
    agreement = Agreement(signed["number"], date.fromisoformat(signed["from"]), date.fromisoformat(signed["until"]))
    names = (tuple(asked[kind]) for kind in ("lines", "nodes", "stations"))
    return Application(
        document["_id"],
        Asked(asked["company"], agreement, Role(asked["role"]), *names),
        key_of(document["key"]),
        document["applied_at"],
        State(document["state"]),
        tuple(Step(State(step["state"]), step["by"], step["at"], step["reasons"]) for step in document["steps"]),
        document["company"],
        document["agreement"],
        tuple(_grant_of(grant) for grant in document["grants"]),
        document["client"],
    )


def _agreement_document(agreement: Agreement) -> Document:
    return {"number": agreement.number, "from": agreement.first.isoformat(), "until": agreement.end.isoformat()}


def _grant_document(grant: Grant) -> Document:
    return {
        "line": grant.line,
        "node": grant.node,
        "lines": grant.lines,
        "use": [day.isoformat() for day in grant.use],
        "days": [day.isoformat() for day in grant.days],
    }


def _grant_of(document: Document) -> Grant:
    use, days = (tuple(date.fromisoformat(day) for day in document[name]) for name in ("use", "days"))
    return Grant((use[0], use[1]), (days[0], days[1]), document["line"], document["node"], document["lines"])
