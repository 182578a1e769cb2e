"""Every route of the three services asks for a role, but for a few that are open."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.query.wiring import application as query_application
from shared.access.caller import Caller
from shared.access.roles import Role, Task
from shared.runtime.door import everybody_is
from shared.runtime.http_state import AskingTo
from shared.runtime.mongo import Database
from tests.integration.query.clients import client_of
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
    "/v1/oauth/token",
    "/v1/oauth/keys",
    "/.well-known/oauth-authorization-server",
    "/v1/access/application-state",
    "/apply",
    "/apply/{application}",
}
"""They tell nothing of any line: documents, schemas, public keys, what a gas is like; and how one comes in."""
OF_ONESELF = {"/v1/access/me", "/v1/access/certificates", "/access"}
"""Whoever comes in is told who he is here, and registers his next certificate."""
OF_SEVERAL = {
    "/v1/access/applications",
    "/v1/access/applications/{application}",
    "/v1/access/applications/{application}/refuse",
    "/v1/access/companies",
    "/v1/access/companies/{company}",
    "/v1/access/rights",
    "/v1/access/clients",
    "/v1/access/clients/{client}",
    "/v1/access/clients/{client}/end",
    "/v1/access/clients/{client}/certificates/{fingerprint}/revoke",
    "/v1/access/readings",
    "/access/company",
    "/access/company/confirm",
    "/access/applications",
    "/access/applications/{application}",
}
"""One of several roles will do, so they look at the caller themselves; whoever has none of them is refused below."""
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
    assert without == OPEN | OF_ONESELF | OF_SEVERAL


async def test_who_has_none_of_several_roles_is_refused(store: Database) -> None:
    """By program and by page: of a company that is not there as of one that is."""
    gateway = Caller("somebody", frozenset({Role.GATEWAY}), company="ACME")
    async with client_of(query_application(store, everybody_is(gateway))) as client:
        for path in sorted(OF_SEVERAL):
            answer = await client.get(re.sub(r"\{\w+\}", "x", path), params={"what": "certificate", "of": "x"})
            assert answer.status_code in {403, 405}, (path, answer.status_code)
        for path in ("applications/x/refuse", "clients/x/end", "clients/x/certificates/x/revoke"):
            answer = await client.post(f"/v1/access/{path}", json={"reasons": "none"})
            assert answer.status_code == 403, (path, answer.text)


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
    others = OF_OPERATORS | {path for _, path, _ in routes(apps) if path.startswith(("/v1/access/", "/access/"))}
    tasks = {one for name, path, told in routes(apps) if name == service and path not in others for one in told}
    assert tasks == {task}


async def test_the_access_register_is_changed_by_its_own_roles(apps: dict[str, FastAPI]) -> None:
    """Commercial reviews, security confirms, administrators pass on, auditors look."""
    tasks = {one for _, path, told in routes(apps) if path.startswith("/v1/access/") for one in told}
    assert tasks == {Task.REVIEW, Task.CONFIRM, Task.MANAGE, Task.AUDIT}
    pages = {path: told for _, path, told in routes(apps) if path.startswith("/access/") and told}
    assert pages == {path: {Task.CONFIRM} for path in ("/access/clients", "/access/clients/confirm")}


async def test_there_are_routes(apps: dict[str, FastAPI]) -> None:
    """The tests above cannot pass by finding none."""
    assert sum(1 for _ in routes(apps)) > 40
