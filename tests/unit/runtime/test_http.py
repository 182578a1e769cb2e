"""Errors as problems, whoever raises them; bodies bounded, announced or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse
from prometheus_client import generate_latest
from pydantic import BaseModel
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError, WriteError

from shared.runtime import http
from shared.runtime.door import open_door
from shared.runtime.metrics import CATALOGUE


class Body(BaseModel):
    """A body with one number."""

    number: int


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application whose routes fail in every way."""
    app = FastAPI()
    http.install(app, limit_bytes=100, admit=open_door("demo"))

    @app.post("/body/{name}")
    async def body(name: str, body: Body) -> dict[str, int]:
        return {name: body.number}

    @app.get("/fail/{how}")
    async def fail(how: str) -> None:
        raise {
            "defect": RuntimeError("secret"),
            "away": ServerSelectionTimeoutError("no server"),
            "full": WriteError("28: No space left on device", 8),
            "wrong": OperationFailure("bad query"),
        }[how]

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        async def blocks() -> AsyncIterator[bytes]:
            while True:
                yield b"block"
                await asyncio.sleep(0)

        return StreamingResponse(blocks(), headers={"X-Name": "endless"})

    @app.get("/held")
    async def held() -> Response:
        return Response(status_code=304)

    @app.post("/both")
    @app.delete("/both")
    async def both() -> None:
        """Do nothing."""

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("defect", 500, "DEFECT"),
        ("away", 503, "STORE_AWAY"),
        ("full", 503, "STORE_AWAY"),
        ("wrong", 500, "DEFECT"),
    ],
)
async def test_what_fails_inside_is_a_problem_without_details(
    client: httpx2.AsyncClient, how: str, status: int, code: str
) -> None:
    """Our own faults and an absent store are told apart, and tell nothing of the inside."""
    answer = await client.get(f"/fail/{how}")
    assert (answer.status_code, answer.json()["issues"][0]["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


async def test_a_body_is_checked_with_its_position(client: httpx2.AsyncClient) -> None:
    """A wrong field is named; a body that is no json as well."""
    wrong = await client.post("/body/a", json={"number": "x"})
    assert (wrong.status_code, wrong.json()["issues"][0]["position"]) == (422, "number")
    for no_json in (b"{", b'"\xff"', b"[" * 99):
        told = await client.post("/body/a", content=no_json, headers={"Content-Type": "application/json"})
        assert (told.status_code, told.json()["issues"][0]["position"]) == (422, "body")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_large_body_is_refused(client: httpx2.AsyncClient, *, announced: bool) -> None:
    """By its announced length at once, or as soon as too much has come."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"12345"

    answer = await client.post("/body/a", content=b"1" * 250 if announced else chunks())
    assert (answer.status_code, answer.json()["title"]) == (413, "Request Entity Too Large")


async def test_head_tells_the_headers_of_get(client: httpx2.AsyncClient) -> None:
    """HEAD answers as GET does, without a body, and ends a streamed answer whose body nobody reads."""
    given = await client.head("/endless")
    assert (given.status_code, given.headers["x-name"], given.content) == (200, "endless", b"")
    assert (await client.head("/nowhere")).status_code == 404
    assert (await client.head("/body/a")).status_code == 405


async def test_a_wrong_method_is_told_the_right_ones(client: httpx2.AsyncClient) -> None:
    """All of the path, though each has a route of its own."""
    refused = await client.put("/both")
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, POST")


async def test_requests_are_timed_by_their_route(client: httpx2.AsyncClient) -> None:
    """The route's template is the label, never the path that was asked."""
    await client.post("/body/unique-name", json={"number": 1})
    await client.get("/nowhere-in-particular")
    await client.get("/held", headers={"If-None-Match": '"one"'})
    metrics = generate_latest(CATALOGUE).decode()
    assert 'route="/body/{name}",status="2xx"' in metrics
    assert 'route="unmatched",status="4xx"' in metrics
    assert 'route="/held",status="3xx"' in metrics
    assert "unique-name" not in metrics


async def test_our_own_faults_are_counted_as_such(client: httpx2.AsyncClient) -> None:
    """What answers them stands outside of what counts; nothing is under way then."""
    labels = {"route": "/fail/{how}", "method": "GET", "status": "5xx"}

    def count() -> float:
        return CATALOGUE.get_sample_value("gastrack_http_request_seconds_count", labels) or 0.0

    before = count()
    await client.get("/fail/defect")
    assert count() == before + 1
    await client.get("/fail/away")
    assert count() == before + 2
    assert CATALOGUE.get_sample_value("gastrack_http_requests_under_way") == 0
