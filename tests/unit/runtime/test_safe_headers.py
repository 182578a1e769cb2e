"""What every answer tells browsers, and what no other site's page can do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI, Response
from starlette.types import Scope

from shared.access.caller import Caller, demo_caller
from shared.runtime import http
from shared.runtime.safe_headers import cached
from shared.runtime.safe_values import NOTHING_ALLOWED, PAGE_POLICY, SAFE_EVERYWHERE


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application behind TLS."""
    app = FastAPI()

    async def admit(scope: Scope) -> Caller:
        scope["scheme"] = "https"
        return demo_caller("demo")

    http.install(app, limit_bytes=100, admit=admit)

    @app.get("/said")
    async def said() -> Response:
        return Response("a", headers={"Cache-Control": "no-cache", "Content-Security-Policy": "default-src 'self'"})

    @app.get("/page")
    async def page() -> Response:
        return Response("<p>a", media_type="text/html")

    @app.get("/fail")
    async def fail() -> None:
        raise RuntimeError

    @app.get("/v1/keys")
    async def keys() -> dict[str, int]:
        return {"a": 1}

    @app.post("/change")
    @app.delete("/change")
    async def change() -> dict[str, int]:
        return {"a": 1}

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="https://gas.example") as made:
        yield made


@pytest.mark.parametrize("path", ["/said", "/page", "/fail", "/v1/keys", "/nowhere", "/change"])
async def test_every_answer_has_them(client: httpx2.AsyncClient, path: str) -> None:
    """Good answers and errors, ours and the framework's."""
    answer = await client.get(path)
    assert {name: answer.headers.get(name) for name in SAFE_EVERYWHERE} == SAFE_EVERYWHERE
    assert "default-src" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("size", [10, 1_000])
async def test_refused_bodies_have_them_too(client: httpx2.AsyncClient, size: int) -> None:
    """What is refused before anybody asked who asks."""
    answer = await client.post("/nowhere", content=b"a" * size)
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_policies_fit_what_is_sent(client: httpx2.AsyncClient) -> None:
    """Pages load our own files, data nothing; what a route says itself stays."""
    told = [(await client.get(path)).headers["content-security-policy"] for path in ("/page", "/v1/keys", "/said")]
    assert told == [PAGE_POLICY, NOTHING_ALLOWED, "default-src 'self'"]


async def test_what_is_personal_is_kept_by_its_reader_alone(client: httpx2.AsyncClient) -> None:
    """Nothing is kept unless the route says so, and then by nobody between; keys are everybody's."""
    told = [(await client.get(path)).headers["cache-control"] for path in ("/page", "/said", "/v1/keys")]
    assert told == ["no-store", "private, no-cache", "no-cache"]
    assert cached("private, max-age=1", is_open=False) == "private, max-age=1"
    assert cached("max-age=1", is_open=True) == "max-age=1"


async def test_tls_is_told_to_last(client: httpx2.AsyncClient) -> None:
    """By the TLS door, but for this machine's own name, under which other programs answer without TLS."""
    assert (await client.get("/page")).headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    local = await client.get("/page", headers={"Host": "localhost:8443"})
    assert "strict-transport-security" not in local.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://gas.example"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://gas.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://gas.example.evil.example"}, 403),
        ({"Origin": "https://gas.example:444"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://gas.example"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_no_other_site_changes_anything(
    client: httpx2.AsyncClient, method: str, headers: dict[str, str], status: int
) -> None:
    """A browser shows the certificate for any page; programs say neither header, and are let in."""
    answer = await client.request(method, "/change", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["issues"][0]["code"] == "OTHER_SITE"


async def test_other_sites_may_link_to_us(client: httpx2.AsyncClient) -> None:
    """Following a link changes nothing."""
    assert (await client.get("/page", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200
