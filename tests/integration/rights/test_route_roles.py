"""Every route of the three services asks for a role, but for a few that are open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.access.roles import Task
from shared.runtime.http_state import AskingTo
from tests.integration.rights.routes import every_route

OPEN = {
    "/v1/openapi/query.json",
    "/v1/openapi/export.json",
    "/v1/openapi/ingest.json",
    "/v1/docs",
    "/static",
    "/swagger-ui",
    "/gas",
    "/v1/keys",
    "/v1/keys/{key}",
    "/v1/schemas/measurements.xsd",
    "/v1/schemas/measurements.csv-metadata.json",
}
"""They tell nothing of any line: documents, schemas, public keys, what a gas is like."""
OF_OPERATORS = {
    "/v1/decisions",
    "/v1/decisions/{offset}",
    "/v1/dead-letters",
    "/v1/retention",
    "/v1/topology/changes",
}
"""Whatever their method."""


def tasks_of(dependant: Dependant) -> Iterator[Task]:
    """Give the tasks for which a route, or what it depends on, asks for a role."""
    if isinstance(dependant.call, AskingTo):
        yield dependant.call.task
    for inner in dependant.dependencies:
        yield from tasks_of(inner)


def routes(apps: dict[str, FastAPI]) -> Iterator[tuple[str, str, set[Task]]]:
    """Give every route of the services: its service, its path, and the tasks that it asks a role for."""
    for service, app in apps.items():
        for route in every_route(app):
            tasks = set(tasks_of(route.dependant)) if isinstance(route, APIRoute) else set()
            yield service, route.path, tasks


async def test_every_route_asks_for_a_role(apps: dict[str, FastAPI]) -> None:
    """A route that asks for none stands in the list of open ones; one of that list asks for none."""
    without = {path for _, path, tasks in routes(apps) if not tasks}
    assert without == OPEN


async def test_the_routes_of_operators_ask_for_theirs(apps: dict[str, FastAPI]) -> None:
    """Decisions, dead letters, retention, changes of the register: to read as to write."""
    told = {path for _, path, tasks in routes(apps) if Task.OPERATE in tasks}
    assert told == OF_OPERATORS


@pytest.mark.parametrize(
    ("service", "task"), [("export", Task.DOWNLOAD), ("query", Task.READ), ("ingest", Task.DELIVER)]
)
async def test_the_other_routes_ask_for_that_of_their_service(
    apps: dict[str, FastAPI], service: str, task: Task
) -> None:
    """Files are for downloaders, measurements for readers, deliveries for gateways."""
    tasks = {one for name, path, told in routes(apps) if name == service and path not in OF_OPERATORS for one in told}
    assert tasks == {task}


async def test_there_are_routes(apps: dict[str, FastAPI]) -> None:
    """The tests above cannot pass by finding none."""
    assert sum(1 for _ in routes(apps)) > 40
