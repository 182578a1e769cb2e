"""Ingest's HTTP face: thin routes over the doors."""

from __future__ import annotations

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from services.ingest.content_types import TAKES_FILES, TAKES_JSON
from services.ingest.files.refusal import FileRefusedError
from services.ingest.handlers import Accepted, Doors, RefusedError
from shared.domain.topology import Issue
from shared.events.decision import DecisionText
from shared.events.topology import ChangeText
from shared.runtime.http_state import Delivering, Operating
from shared.runtime.kafka import KafkaError
from shared.runtime.logging import logger
from shared.runtime.persistently import tell_fault
from shared.runtime.problem import ProblemError, not_found, unprocessable

api = APIRouter(prefix="/v1")
MAX_BODY_BYTES = 32 * 1024 * 1024
"""A file of three years of ten lines, hour by hour, is 20 MB."""


async def doors_of(request: Request) -> Doors:
    """Return the doors that wiring built."""
    doors: Doors = request.app.state.doors
    return doors


TheDoors = Annotated[Doors, Depends(doors_of)]
Wait = Annotated[float | None, Query(ge=0, le=60, description="Seconds to wait for the outcome; 0: none.")]
LineId = Annotated[str | None, Query(max_length=64, description="The line of a file that has no line column.")]


@api.post(
    "/readings", dependencies=[Depends(TAKES_JSON)], status_code=HTTPStatus.ACCEPTED, summary="Deliver a telegram"
)
async def post_readings(request: Request, caller: Delivering, doors: TheDoors) -> JSONResponse:
    """Take a telegram (its schema: docs/schemas/telegram.schema.json); the answer comes once it is safe."""
    return await _taken(doors.take_telegram(caller, await request.body()))


@api.post(
    "/analyses",
    dependencies=[Depends(TAKES_JSON)],
    status_code=HTTPStatus.ACCEPTED,
    summary="Deliver a telegram of a chromatograph",
)
async def post_analyses(request: Request, caller: Delivering, doors: TheDoors) -> JSONResponse:
    """Take analyses (their schema: docs/schemas/analysis.schema.json); the answer comes once they are safe."""
    return await _taken(doors.take_analyses(caller, await request.body()))


@api.post("/files", dependencies=[Depends(TAKES_FILES)], status_code=HTTPStatus.ACCEPTED, summary="Deliver a file")
async def post_files(request: Request, caller: Delivering, doors: TheDoors, line: LineId = None) -> JSONResponse:
    """Take a csv file, our own or an operator's export, as raw body or as the part `file` of a form."""
    return await _taken(doors.take_file(caller, await _file_of(request), line))


async def _file_of(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    form = await request.form(max_files=1, max_fields=1)
    if others := sorted(set(form) - {"file"}):
        raise unprocessable([Issue("FORM", others[0][:64], "a form has the part `file` and nothing else")])
    part = form.get("file")
    if not isinstance(part, UploadFile):
        raise unprocessable([Issue("NO_FILE", "file", "the form has no part `file`")])
    return await part.read()


@api.get("/receipts/{receipt}", summary="Tell what became of a delivery")
async def get_receipt(receipt: str, caller: Delivering, doors: TheDoors) -> dict[str, Any]:
    """Tell how many readings of a delivery were accepted, repeated, held or dead-lettered, and are pending."""
    told = await doors.receipt(caller, receipt[:64])
    if told is None:
        raise not_found("receipt", f"there is no receipt {receipt[:64]}")
    return told


@api.post("/topology/changes", dependencies=[Depends(TAKES_JSON)], summary="Change the register")
async def post_topology_changes(
    change: ChangeText, request: Request, caller: Operating, doors: TheDoors, response: Response
) -> dict[str, Any]:
    """Change stations, lines and nodes (the schema: docs/schemas/topology.schema.json); all of it or nothing."""
    try:
        asked = await doors.change_register(caller, change, request.app.state.outcome_seconds)
    except RefusedError as refused:
        raise unprocessable(refused.issues) from refused
    except KafkaError as fault:
        raise _away(fault) from fault
    if asked.outcome == "refused":
        raise unprocessable(asked.issues)
    response.status_code = HTTPStatus.OK if asked.outcome == "accepted" else HTTPStatus.ACCEPTED
    response.headers["Location"] = f"/v1/decisions/{asked.offset}"
    return {"decision": asked.offset, "outcome": asked.outcome}


@api.post("/decisions", dependencies=[Depends(TAKES_JSON)], summary="Decide on hours or a gas month of a line")
async def post_decisions(
    text: DecisionText, request: Request, caller: Operating, doors: TheDoors, wait: Wait = None
) -> JSONResponse:
    """Accept, correct, estimate, release, close or reopen (the schema: docs/schemas/decision.schema.json).

    200 once it happened; 409 where it conflicts with what stands now, which the answer tells; 422 where it could never
    have happened; 202 while its outcome is not known yet.
    """
    patience = request.app.state.outcome_seconds
    try:
        asked = await doors.decide(caller, text, patience if wait is None else min(wait, patience))
    except RefusedError as refused:
        raise unprocessable(refused.issues) from refused
    except KafkaError as fault:
        raise _away(fault) from fault
    headers = {"Location": f"/v1/decisions/{asked.offset}"}
    if asked.outcome == "refused":
        status = HTTPStatus.CONFLICT if asked.conflicts else HTTPStatus.UNPROCESSABLE_ENTITY
        raise ProblemError(status, asked.issues, headers, {"decision": asked.offset, "state": asked.state})
    status = HTTPStatus.OK if asked.outcome == "accepted" else HTTPStatus.ACCEPTED
    body = {"decision": asked.offset, "outcome": asked.outcome, "state": asked.state}
    return JSONResponse(body, status, headers=headers)


async def _taken(delivery: Awaitable[Accepted]) -> JSONResponse:
    """Answer what became of a delivery at the door."""
    try:
        return _accepted(await delivery)
    except RefusedError as refused:
        raise unprocessable(refused.issues) from refused
    except FileRefusedError as refused:
        raise unprocessable([Issue(refused.code.value, refused.position, refused.message)]) from refused
    except KafkaError as fault:
        raise _away(fault) from fault


def _accepted(accepted: Accepted) -> JSONResponse:
    body = {
        "receipt": accepted.receipt,
        "received": accepted.received,
        "dead_lettered": accepted.dead_lettered,
        "issues": [
            {"code": issue.code, "position": issue.position, "message": issue.message} for issue in accepted.issues
        ],
    }
    return JSONResponse(body, HTTPStatus.ACCEPTED, headers={"Location": f"/v1/receipts/{accepted.receipt}"})


def _away(fault: KafkaError) -> ProblemError:
    """Answer that nobody knows whether it was received: the broker may take it once it is back."""
    tell_fault(fault)
    logger(__name__).warning("refused at the door: the broker is away", fault=repr(fault)[:200])
    words = f"not confirmed: try again in some seconds, readings that come twice count once: {type(fault).__name__}"
    issue = Issue("BROKER_AWAY", "request", words)
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, [issue], {"Retry-After": "5"})
