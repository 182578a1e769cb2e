"""The door on a real server with the real register: who is let in, how soon a revocation counts, what it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from services.export.files.file_stream import FileStream
from services.query.feed.streams import EventStream, Streams
from services.query.pages.languages import language
from services.query.wiring import application as query_application
from shared.access.caller import demo_caller
from shared.access.client import Client, Key
from shared.runtime import http
from shared.runtime.door import address_of
from shared.runtime.edge.admission import EdgeAdmission
from shared.runtime.edge.door_secrets import DoorSecrets
from shared.runtime.http_state import CallerAsking, utc_now
from shared.runtime.mongo import Database, SyncDatabase, connect
from shared.store.access.register import ClientRegister
from tests.integration.access.entered import Server, lines_of, served, status_of
from tests.registered import YEARS, a_client, a_company, a_right, put
from tests.shown import DEMO_SECRET, EDGE_SECRET, a_holder, by_demo, by_tls

ANNA, BART, NOBODY = a_holder(), a_holder("bart"), a_holder("nobody")
SECRETS = DoorSecrets(EDGE_SECRET.encode(), DEMO_SECRET.encode())
WITHIN_SECONDS = 10.0
"""How long a test waits for what happens within two or five seconds on a machine that is not busy."""
Store = SyncDatabase[dict[str, Any]]


def client_with(*keys: Key, name: str = "anna") -> Client:
    """Return a client with keys."""
    return a_client(name, "ACME", *keys)


def application(database: Database, streams: Streams) -> FastAPI:
    """Return an application that says who asks, and answers for ever in all the ways in which ours do."""
    app = FastAPI()
    app.state.is_waiting = asyncio.Event()
    admit = EdgeAdmission(SECRETS, ClientRegister(database, utc_now), demo_caller("demo"))
    http.install(app, 1_000, admit)

    @app.get("/who")
    async def who(request: Request, caller: CallerAsking) -> dict[str, str]:
        return {"identity": caller.identity, "from": address_of(request.scope), "scheme": request.url.scheme}

    @app.post("/v1/oauth/token")
    async def token(caller: CallerAsking) -> dict[str, str]:
        return {"identity": caller.identity}

    async def blocks() -> Any:
        while True:
            yield b"block of a file\n"
            await asyncio.sleep(0.02)

    @app.get("/file")
    async def file() -> FileStream:
        return FileStream(b"first\n", blocks(), "text/csv", {})

    @app.get("/result")
    async def result() -> StreamingResponse:
        return StreamingResponse(blocks(), headers={"Content-Length": "1000000000"})

    @app.get("/stream")
    async def stream() -> EventStream:
        return EventStream(streams, blocks())

    @app.get("/wait")
    async def wait() -> None:
        app.state.is_waiting.set()
        await asyncio.Event().wait()

    return app


@pytest.fixture
def register(store: Store) -> Callable[[Client], None]:
    """Put a client into the register as he is now; anna is there with a right on one line."""
    put(store, a_company(), client_with(ANNA.registered()), a_right("1", line="BE-1"))
    return lambda client: put(store, client)


@pytest.fixture
async def server(database: Database, register: Callable[[Client], None]) -> AsyncIterator[Server]:  # noqa: ARG001 - fills the store
    """The application on a port."""
    async with served(application(database, Streams(database))) as made:
        yield made


def code_of(answer: tuple[int, bytes]) -> tuple[int, str]:
    """Return status and code of a problem, or status and who it was."""
    told = json.loads(answer[1])
    return answer[0], told["issues"][0]["code"] if "issues" in told else told["identity"]


async def until(condition: Callable[[], Any], expected: object) -> None:
    """Ask until something is as expected."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while await condition() != expected:  # noqa: ASYNC110 - the server, and not this loop, knows when
            await asyncio.sleep(0.05)


async def test_a_registered_certificate_opens_the_door(server: Server) -> None:
    """With who it is, from where, and by TLS, as the edge says."""
    status, body = await server.ask("/who", ANNA.headers())
    assert (status, json.loads(body)) == (200, {"identity": "anna", "from": "192.0.2.7", "scheme": "https"})
    status, body = await server.ask("/who", by_demo())
    assert json.loads(body) == {"identity": "demo", "from": "127.0.0.1", "scheme": "http"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (403, "NOT_BY_THE_EDGE")),
        ({"x-forwarded-client-cert": ANNA.forwarded}, (403, "NOT_BY_THE_EDGE")),
        (ANNA.headers() | {"x-gastrack-edge": "wrong"}, (403, "NOT_BY_THE_EDGE")),
        (by_tls(), (401, "NO_CERTIFICATE")),
        (by_tls() | {"authorization": "Bearer x"}, (401, "NO_CERTIFICATE")),
        (NOBODY.headers(), (403, "CERTIFICATE_UNKNOWN")),
        (by_tls() | {"x-forwarded-client-cert": "anna"}, (400, "FORWARDED_CERTIFICATE")),
        (by_demo() | {"x-forwarded-client-cert": ANNA.forwarded}, (400, "FORWARDED_CERTIFICATE")),
        (ANNA.headers(**{"client-cert": ANNA.forwarded}), (400, "FORWARDED_CERTIFICATE")),
    ],
)
async def test_everything_else_is_refused(
    server: Server, headers: Mapping[str, str], expected: tuple[int, str]
) -> None:
    """With the code that says why."""
    assert code_of(await server.ask("/who", headers)) == expected


DOUBLED = {
    "secret": [*lines_of(ANNA.headers()), f"x-gastrack-edge: {EDGE_SECRET}"],
    "secret in other letters": [*lines_of(ANNA.headers()), f"X-GASTRACK-EDGE: {EDGE_SECRET}"],
    "certificate": [*lines_of(ANNA.headers()), f"x-forwarded-client-cert: {BART.forwarded}"],
    "certificate in other letters": [*lines_of(ANNA.headers()), f"X-Forwarded-Client-Cert: {ANNA.forwarded}"],
    "underscores": [*lines_of(ANNA.headers()), f"x_forwarded_client_cert: {BART.forwarded}"],
    "folded certificate": [*lines_of(by_tls()), f"x-forwarded-client-cert: {ANNA.forwarded},", f" {BART.forwarded}"],
    "folded secret": [f"x-gastrack-edge: {EDGE_SECRET[:9]}", f"\t{EDGE_SECRET[9:]}"],
    "name with a space": [*lines_of(by_tls()), f"x-forwarded-client-cert : {ANNA.forwarded}"],
    "NUL": [*lines_of(by_tls()), f"x-forwarded-client-cert: {ANNA.forwarded}\0"],
}


@pytest.mark.parametrize("lines", DOUBLED.values(), ids=DOUBLED.keys())
async def test_doubled_and_folded_headers_are_refused(server: Server, lines: list[str]) -> None:
    """By us, or by the server that cannot read them."""
    assert await server.status("/who", lines) in (400, 403)


async def test_no_certificate_is_told_what_to_show(server: Server) -> None:
    """A 401 has a challenge."""
    connection = await server.connect()
    head = await connection.begin("/who", lines_of(by_tls()))
    connection.close()
    assert 'www-authenticate: Bearer realm="gastrack"' in head


async def test_open_routes_ask_for_nobody(server: Server) -> None:
    """By the edge alone, and with right headers; only by the methods that are open."""
    assert code_of(await server.ask("/v1/oauth/token", by_tls(), "POST")) == (200, "")
    assert code_of(await server.ask("/v1/oauth/token", NOBODY.headers(), "POST")) == (200, "")
    assert (await server.ask("/v1/oauth/token", by_tls()))[0] == 401
    assert (await server.ask("/v1/oauth/token", {}, "POST"))[0] == 403


async def test_methods_and_headers_tell_nothing_more(server: Server) -> None:
    """No TRACE, no answer to another site's preflight, no version of anything, no listing."""
    preflight = [*lines_of(ANNA.headers()), "Origin: https://evil.example", "Access-Control-Request-Method: POST"]
    connection = await server.connect()
    head = await connection.begin("/who", preflight, "OPTIONS")
    connection.close()
    assert status_of(head) == 405
    assert "access-control" not in head.lower()
    assert "server:" not in head.lower()
    assert await server.status("/who", lines_of(ANNA.headers()), "TRACE") == 405
    assert await server.status("/static/", lines_of(ANNA.headers())) == 404


async def test_a_revocation_counts_on_an_open_connection(server: Server, register: Callable[[Client], None]) -> None:
    """The same connection, the same certificate: refused as soon as the register has moved; and let in again."""
    connection = await server.connect()
    assert code_of(await connection.ask("/who", ANNA.headers())) == (200, "anna")

    async def asked() -> tuple[int, str]:
        return code_of(await connection.ask("/who", ANNA.headers()))

    register(client_with(ANNA.registered(revoked_at=datetime.now(UTC))))
    await until(asked, (403, "CERTIFICATE_REVOKED"))
    register(replace(client_with(ANNA.registered()), ended_at=datetime.now(UTC)))
    await until(asked, (403, "ACCESS_ENDED"))
    register(client_with(ANNA.registered()))
    await until(asked, (200, "anna"))
    connection.close()


def revoked() -> Client:
    """Anna without her key."""
    return client_with(ANNA.registered(revoked_at=datetime.now(UTC)))


def ended() -> Client:
    """Anna with an agreement that is none."""
    return replace(client_with(ANNA.registered()), agreement="A-2")


@pytest.mark.parametrize("change", [revoked, ended])
async def test_what_is_under_way_breaks_off(
    server: Server, register: Callable[[Client], None], change: Callable[[], Client]
) -> None:
    """Files, results and streams: the connection closes before their end, so that nobody takes them for whole."""
    connections = [await server.connect() for _ in range(3)]
    asked = zip(connections, ("/file", "/result", "/stream"), strict=True)
    heads = [await connection.begin(path, lines_of(ANNA.headers())) for connection, path in asked]
    assert [status_of(head) for head in heads] == [200] * 3
    register(change())
    ends = await asyncio.gather(*(connection.rest() for connection in connections))
    assert not [end for end in ends if end.endswith(b"0\r\n\r\n")]
    for connection in connections:
        connection.close()


async def test_a_lost_right_ends_what_is_under_way(server: Server, store: Store) -> None:
    """The client is still let in, and may read less."""
    connection = await server.connect()
    assert status_of(await connection.begin("/file", lines_of(ANNA.headers()))) == 200
    put(store, a_right("1", line="BE-2", use=YEARS))
    assert not (await connection.rest()).endswith(b"0\r\n\r\n")
    assert code_of(await server.ask("/who", ANNA.headers())) == (200, "anna")
    connection.close()


async def test_who_waits_for_his_first_byte_is_refused(server: Server, register: Callable[[Client], None]) -> None:
    """With the code, on a connection that stays open."""
    connection = await server.connect()
    asking = asyncio.create_task(connection.ask("/wait", ANNA.headers()))
    async with asyncio.timeout(WITHIN_SECONDS):
        await server.app.state.is_waiting.wait()
    register(revoked())
    assert code_of(await asking) == (403, "CERTIFICATE_REVOKED")
    connection.close()


async def test_nobody_comes_in_while_the_register_is_away(store: Store, register: Callable[[Client], None]) -> None:  # noqa: ARG001 - fills the store
    """503 for everybody with a certificate, never the answer of before; open routes and the demo's door go on."""
    away = connect("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", store.name)
    async with served(application(away, Streams(away))) as server:
        assert code_of(await server.ask("/who", ANNA.headers())) == (503, "STORE_AWAY")
        assert code_of(await server.ask("/who", by_demo())) == (200, "demo")
    away.client.close()


async def test_pages_of_the_real_service_are_behind_the_door(database: Database, store: Store) -> None:
    """Query's own routes: pages and data need a certificate, style and documents do not; a chosen language is safe."""
    put(store, a_company(), client_with(ANNA.registered()), a_right("1", line="BE-1"))
    admit = EdgeAdmission(SECRETS, ClientRegister(database, utc_now), demo_caller("demo"))
    async with served(query_application(database, admit)) as server:
        asked = ("/", "/v1/lines", "/v1/docs", "/lines/BE-1", "/v1/oauth/token")
        assert [await server.status(path, lines_of(by_tls())) for path in asked] == [401] * len(asked)
        assert await server.status("/v1/openapi/query.json", lines_of(by_tls())) == 200
        assert await server.status("/static/app.js", lines_of(by_tls())) == 200
        assert await server.status("/static/../v1/lines", lines_of(by_tls())) in (401, 404)
        connection = await server.connect()
        head = await connection.begin("/?lang=nl", lines_of(ANNA.headers()))
        connection.close()
        by_plain = await server.connect()
        plain = await by_plain.begin("/?lang=nl", lines_of(by_demo()))
        by_plain.close()
    cookie = next(line for line in head.lower().split("\r\n") if line.startswith("set-cookie:"))
    assert cookie.startswith("set-cookie: __host-lang=nl;")
    assert all(word in cookie for word in ("secure", "httponly", "samesite=lax", "path=/"))
    assert "domain" not in cookie
    assert "set-cookie: lang=nl;" in plain


async def test_the_real_service_refuses_people_on_pages(database: Database, store: Store) -> None:
    """Over a real connection: who is not known, and a body that is announced too large and never sent."""
    put(store, a_company(), client_with(ANNA.registered()))
    admit = EdgeAdmission(SECRETS, ClientRegister(database, utc_now))
    browser = {"accept": "text/html,*/*;q=0.8", "accept-language": "de"}
    t = language("de")
    async with served(query_application(database, admit)) as server:
        status, body = await server.ask("/", NOBODY.headers() | browser)
        assert (status, t("issue.CERTIFICATE_UNKNOWN") in body.decode()) == (403, True)
        connection = await server.connect()
        large = {"content-length": str(10**9), "origin": "https://elsewhere.example"}
        head = await connection.begin("/apply", lines_of(by_tls() | browser | large), "POST")
        connection.close()
    assert status_of(head) == 413
    assert "content-type: text/html" in head.lower()
    assert "content-language: de" in head.lower()
