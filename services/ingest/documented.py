"""The catalogue of ingest's document: what the doors take, and what they answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.ingest.body_schemas import analysis_form, telegram_form
from services.ingest.content_types import FILE_TYPES
from shared.runtime.documented import Answer, Catalogue, Json, Operation, Parameter
from shared.runtime.problem_document import IssueTold

_SCHEMAS = "#/components/schemas/"
Count = Annotated[int, Field(ge=0)]


class AcceptedTold(BaseModel):
    """A delivery that the broker has for good; what is dead-lettered already is told with its position."""

    receipt: str = Field(description="Ask under /v1/receipts what became of it.")
    received: Count = Field(description="Readings in it.")
    dead_lettered: Count = Field(description="Those of them that are none; the others go on.")
    issues: list[IssueTold] = Field(description="Why, at most a hundred.")


class ReceiptTold(BaseModel):
    """What became of a delivery, reading by reading."""

    receipt: str
    received: Count
    accepted: Count
    repeated: Count
    held: Count
    dead_lettered: Count
    pending: Count


class ChangeTold(BaseModel):
    """What became of a change of the register."""

    decision: Count = Field(description="Its number under /v1/decisions.")
    outcome: Literal["accepted", "pending"]


class DecisionAnswered(ChangeTold):
    """What became of a decision."""

    state: dict[str, Any] = Field(description="What stood when it was worked off; empty while it is pending.")


def _files() -> Json:
    binary = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "properties": {"file": binary}, "required": ["file"], "additionalProperties": False}
    text = {"type": "string", "minLength": 1}
    return {kind: {"schema": form if kind == "multipart/form-data" else text} for kind in FILE_TYPES}


def _json(name: str) -> Json:
    return {"application/json": {"schema": {"$ref": _SCHEMAS + name}}}


def _parts_of_telegram() -> dict[str, Json]:
    """Return the telegram and its parts, which are named so that those of decisions keep their own names."""
    form = telegram_form(_SCHEMAS + "Telegram{name}")
    parts = {f"Telegram{name}": part for name, part in form.pop("$defs").items()}
    return {"Telegram": form, **parts}


_WHERE = {"Location": "Where to ask what became of it."}
_RECEIVED = {202: Answer("The broker has it for good.", AcceptedTold, headers=_WHERE)}
_PENDING = "Asked for; the outcome is not known yet."
DELIVER, DECIDE = "Deliver", "Decide"
OPERATIONS = {
    "post_readings": Operation(DELIVER, _RECEIVED, body=_json("Telegram")),
    "post_analyses": Operation(DELIVER, _RECEIVED, body=_json("AnalysisTelegram")),
    "post_files": Operation(DELIVER, _RECEIVED, (HTTPStatus.BAD_REQUEST,), body=_files()),
    "get_receipt": Operation(DELIVER, {200: Answer("What became of it.", ReceiptTold)}, (HTTPStatus.NOT_FOUND,)),
    "post_topology_changes": Operation(
        DECIDE,
        {
            200: Answer("It happened.", ChangeTold, headers=_WHERE),
            202: Answer(_PENDING, ChangeTold, headers=_WHERE),
        },
    ),
    "post_decisions": Operation(
        DECIDE,
        {
            200: Answer("It happened.", DecisionAnswered, headers=_WHERE),
            202: Answer(_PENDING, DecisionAnswered, headers=_WHERE),
        },
        (HTTPStatus.CONFLICT,),
    ),
}
"""Every operation of the interface; a route that is not here has no document."""
PARAMETERS = {
    "line": Parameter("The line of a file that has no line column.", "BE-0042-A"),
    "receipt": Parameter("From the answer to a delivery.", "5f0c6a5e3d5b4a6f9a4f6c0b7d1e2f3a"),
    "wait": Parameter("Seconds to wait for the outcome; 0: none.", 0),
}
CATALOGUE = Catalogue(
    "Gastrack ingest",
    "The doors: deliver readings, analyses and files, change the register, decide. What is answered 202 is never lost: "
    "each reading is accepted, repeated, held, or dead-lettered with its reason.",
    {DELIVER: "Telegrams, files, and what became of them.", DECIDE: "The register, and decisions on hours and months."},
    OPERATIONS,
    PARAMETERS,
    lambda: {**_parts_of_telegram(), "AnalysisTelegram": analysis_form()},
)
