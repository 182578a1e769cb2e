"""The catalogue's part about schedules and deliveries: what their operations answer, and their parameters."""

from __future__ import annotations

from http import HTTPStatus

from services.export.schedules.told import DeliveriesTold, DeliveryTold, ScheduleMade, SchedulesTold, ScheduleTold
from shared.runtime.documented import Answer, Operation, Parameter

SCHEDULES = "Schedules and deliveries"
SCHEDULES_WORDS = "Files that are made again and again, and how they come to you: by a list, or by a webhook."
_MADE = Answer("It is made.", ScheduleMade, headers={"Location": "Where to see it."})
_MAKING = (HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS)
OPERATIONS = {
    "post_schedules": Operation(SCHEDULES, {201: _MADE}, _MAKING),
    "get_schedules": Operation(SCHEDULES, {200: Answer("A page, the newest first.", SchedulesTold)}),
    "get_schedule": Operation(SCHEDULES, {200: Answer("The schedule.", ScheduleTold)}, (HTTPStatus.NOT_FOUND,)),
    "delete_schedule": Operation(SCHEDULES, {204: Answer("It is gone.")}, (HTTPStatus.NOT_FOUND,)),
    "get_deliveries": Operation(SCHEDULES, {200: Answer("A page, in order.", DeliveriesTold)}),
    "get_delivery": Operation(SCHEDULES, {200: Answer("Where it stands.", DeliveryTold)}, (HTTPStatus.NOT_FOUND,)),
    "post_delivery_acknowledge": Operation(
        SCHEDULES, {204: Answer("It is off the list.")}, (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
    ),
}
PARAMETERS = {
    "schedule": Parameter("From the answer that made it.", "019ad5f0c6a5e3d5b4a6f9a4"),
    "delivery": Parameter("From the pick-up list.", "019ad5f0c6a5e3d5b4a6f9a4.2026-11-25"),
}
