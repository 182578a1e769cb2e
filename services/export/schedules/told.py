"""How schedules and deliveries are told."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from services.export.jobs.told import ResultTold
from shared.domain.instants import instant
from shared.runtime.problem_document import IssueTold
from shared.store.deliveries import DeliveryState
from shared.store.export_jobs import Document
from shared.store.schedules import ScheduleState, Where

Count = Annotated[int, Field(ge=0)]


class ScheduleTold(BaseModel):
    """A schedule."""

    id: str
    state: ScheduleState = Field(description="active, or disabled for a reason.")
    when: dict[str, Any]
    what: dict[str, Any]
    where: dict[str, Any] = Field(description="Without what is secret.")
    deliveries: Count = Field(description="How many it has made.")
    next: str | None = Field(description="When a daily one goes off next.")
    problem: IssueTold | None = Field(description="Why it is disabled.")


class ScheduleMade(ScheduleTold):
    """A schedule that has just been made."""

    secret: str | None = Field(description="Of a webhook: the key of its signatures, told this once.")
    public_key: str | None = Field(description="Of SFTP: the key with which we come; let it in.")


class SchedulesTold(BaseModel):
    """A page of schedules, the newest first."""

    rows: list[ScheduleTold]
    next: str | None


class DeliveryTold(BaseModel):
    """What an occasion of a schedule made."""

    id: str
    schedule: str
    occasion: str = Field(description="The gas day, the month and its version, or the number of the look.")
    number: Count = Field(description="Which of the schedule's.")
    where: Where
    state: DeliveryState
    attempts: Count = Field(description="How often it was tried to hand it over.")
    asked: dict[str, Any]
    export: str | None = Field(description="Its export, under /v1/exports.")
    result: ResultTold | None = Field(description="Its file.")
    problem: IssueTold | None = Field(description="Why it failed, or was not taken yet.")


class DeliveriesTold(BaseModel):
    """A page of the pick-up list, in order."""

    rows: list[DeliveryTold]
    next: str | None


def schedule_told(schedule: Document) -> Document:
    """Return a schedule as it is told."""
    return {
        "id": schedule["_id"],
        "state": schedule["state"],
        "when": schedule["when"],
        "what": _texts(schedule["asked"]),
        "where": {name: value for name, value in schedule["where"].items() if name != "secret"},
        "deliveries": schedule["made"],
        "next": instant(int(schedule["next_at"].timestamp() * 1000)) if "next_at" in schedule else None,
        "problem": schedule.get("problem"),
    }


def delivery_told(delivery: Document, export: Document | None) -> Document:
    """Return a delivery as it is told; `export` is its export as that is told, None where there is none."""
    told = {name: delivery[name] for name in ("schedule", "occasion", "number", "where", "state", "attempts")}
    return {
        "id": delivery["_id"],
        **told,
        "asked": _texts(delivery["asked"]),
        "export": delivery.get("job"),
        "result": export["result"] if export else None,
        "problem": delivery.get("problem"),
    }


def _texts(asked: Document) -> Document:
    return {**{name: asked[name] for name in ("line", "node") if asked[name]}, **asked["given"]}
