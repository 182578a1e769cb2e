"""Who asks about the access register, whose part of it he sees, and how lists of it are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from cryptography.x509 import Certificate as Authority
from fastapi import FastAPI, Request
from fastapi import Path as PathParameter
from fastapi.responses import JSONResponse

from services.query.asked.parameters import last_id_of, next_link
from shared.access.acting import Acting
from shared.access.caller import Caller
from shared.access.refused import ChangeRefusedError, Kind
from shared.access.roles import Task
from shared.runtime.edge.admission import SHOWN
from shared.runtime.edge.certificates import Shown
from shared.runtime.http_state import Now, caller_of
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError, forbidden, not_found, problem_response
from shared.store.access.listing import listed, persons_of
from shared.store.documents import Collection

Document = dict[str, Any]
STAFF = (Task.REVIEW, Task.CONFIRM, Task.AUDIT)
"""Who has one of these sees the register of all companies."""
PathId = Annotated[str, PathParameter(max_length=64)]
STATUSES = {
    Kind.WRONG: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.UNKNOWN: HTTPStatus.NOT_FOUND,
    Kind.ROLE: HTTPStatus.FORBIDDEN,
}
"""As what a refused change is answered."""


def install_access(app: FastAPI, authorities: Sequence[Authority]) -> None:
    """Tell the routes which authorities are trusted, and how refused changes are answered."""
    app.state.authorities = tuple(authorities)
    app.add_exception_handler(ChangeRefusedError, _on_refused)


async def _on_refused(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, ChangeRefusedError)  # noqa: S101 - starlette hands over what the handler is registered for
    return problem_response(ProblemError(STATUSES[fault.kind], fault.issues))


async def acting_of(request: Request, now: Now) -> Acting:
    """Return who changes the register, and when."""
    return Acting(caller_of(request).identity, now)


async def key_shown(request: Request) -> str:
    """Return the fingerprint of the key with which the connection was opened, "" where it was with none."""
    shown: Shown | None = request.scope["state"].get(SHOWN)
    return "" if shown is None else shown.fingerprint


async def authorities_of(request: Request) -> Sequence[Authority]:
    """Return the authorities that are trusted here."""
    trusted: Sequence[Authority] = request.app.state.authorities
    return trusted


def scope_of(caller: Caller, *staff: Task) -> str:
    """Return the company whose part of the register somebody may handle; "": that of all.

    Args:
        caller: Who asks.
        staff: Tasks of those who handle all.

    Raises:
        ProblemError: 403 for who neither has such a task nor manages a company; 404 for who has none.
    """
    if any(caller.may(task) for task in staff):
        return ""
    if not caller.may(Task.MANAGE):
        raise forbidden("ROLE", f"this needs a role that may {Task.MANAGE.value}: ask your company's administrator")
    if not caller.company:
        raise not_found("request", "you are of no company")
    return caller.company


def require_own(company: str, document: Document | None, position: str, name: str) -> Document:
    """Return a document of the register, if it is there and of the company ("": of any).

    Raises:
        ProblemError: 404, the same for what is foreign and what is absent.
    """
    if document is None or (company and document.get("company", document["_id"]) != company):
        raise not_found(position, f"{position} {name[:64]!r} is not known here")
    return document


async def page(  # noqa: PLR0913, PLR0917 - a list has this many sides
    database: Database,
    collection: Collection,
    where: Document,
    asked: dict[str, Any],
    path: str,
    tell: Callable[[Document, Document | None], Document],
) -> Document:
    """Return a page of a collection in the order of its ids, with the link to the next one.

    Args:
        database: The store.
        collection: Which list.
        where: Which documents.
        asked: `cursor`, `limit`, and what the link must keep.
        path: Of the list.
        tell: Tells a document and the person behind it, None where he was erased or there is none.
    """
    limit = asked["limit"]
    found = await listed(database, collection, where, last_id_of(asked["cursor"]), limit + 1)
    persons = await persons_of(database, [document["_id"] for document in found[:limit]])
    rows = [tell(document, persons.get(document["_id"])) for document in found[:limit]]
    last = str(found[limit - 1]["_id"]) if len(found) > limit else None
    kept = {name: value for name, value in asked.items() if name != "cursor"}
    return {"rows": rows, "next": next_link(path, kept, last)}
