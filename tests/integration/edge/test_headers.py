"""What clients forge stays outside: the services get the edge's own words, once each, and nothing alike."""

from __future__ import annotations

import itertools

import pytest

from tests.integration.edge.proxies import SECRET, Proxy
from tests.integration.edge.speaking import Answer, Field, ask, ask_h2, said
from tests.integration.edge.upstream import Upstream

FORGED = "forged-by-the-client"
EDGES_OWN = ("x-gastrack-edge", "x-forwarded-client-cert", "x-forwarded-for", "x-forwarded-proto")
CERTIFICATE = f'Hash=00;Cert="{FORGED}"'


def variants(name: str) -> dict[str, list[Field]]:
    """Return ways of smuggling a header past somebody who removes it."""
    return {
        "plain": [(name, FORGED)],
        "upper case": [(name.upper(), FORGED)],
        "title case": [(name.title(), FORGED)],
        "underscores": [(name.replace("-", "_"), FORGED)],
        "one underscore": [(name.replace("-", "_", 1), FORGED)],
        "doubled": [(name, FORGED), (name, FORGED)],
        "doubled in other letters": [(name, FORGED), (name.upper(), FORGED), (name.replace("-", "_"), FORGED)],
        "empty": [(name, "")],
        "empty, then not": [(name, ""), (name, FORGED)],
        "a list": [(name, f"{FORGED}, {FORGED}")],
        "as a certificate": [(name, CERTIFICATE)],
        "named by connection": [("connection", f"close, {name}"), (name, FORGED)],
        "ours named by connection": [("connection", f"keep-alive, {name}")],
    }


def raw_variants(name: str) -> dict[str, bytes]:
    """Return the same for lines that no header field may look like."""
    return {
        "space before the colon": f"{name} : {FORGED}\r\n".encode(),
        "tab before the colon": f"{name}\t: {FORGED}\r\n".encode(),
        "space before the name": f" {name}: {FORGED}\r\n".encode(),
        "folded": f"{name}:\r\n {FORGED}\r\n".encode(),
        "folded behind another": f"x-other: 1\r\n {name}: {FORGED}\r\n".encode(),
        "line feed alone": f"x-other: 1\n{name}: {FORGED}\n".encode(),
        "carriage return alone": f"x-other: 1\r{name}: {FORGED}\r\n".encode(),
        "a zero in the name": f"{name}\0: {FORGED}\r\n".encode(),
        "a zero in the value": f"{name}: {FORGED}\0\r\n".encode(),
        "a letter of another alphabet": f"{name}\u0301: {FORGED}\r\n".encode(),
        "no colon": f"{name}\r\n".encode(),
    }


def alike(name: str) -> str:
    """Return a header's name as careless software reads it."""
    return "".join(sign for sign in name.lower() if sign.isascii() and sign.isalnum())


OWN_ALIKE = {alike(name) for name in EDGES_OWN}


def assert_nothing_forged(got: Answer, *, certificate: bool) -> None:
    """Either the edge refused, or the service got the edge's words alone."""
    if got.status in {0, 400}:
        return
    assert got.status == 200
    headers = [(name, value) for name, value in got.json["headers"] if alike(name) in OWN_ALIKE]
    assert not [value for _, value in headers if FORGED in value]
    counted = {name: len(got.told(name)) for name in EDGES_OWN}
    assert counted == {
        "x-gastrack-edge": 1, "x-forwarded-client-cert": int(certificate), "x-forwarded-for": 1, "x-forwarded-proto": 1,
    }  # fmt: skip
    assert len(headers) == sum(counted.values())
    assert got.told("x-gastrack-edge") == [SECRET]
    assert got.told("x-forwarded-for") == ["127.0.0.1"]
    assert got.told("x-forwarded-proto") == ["https"]


SHAPES = list(variants("x"))
RAW_SHAPES = list(raw_variants("x"))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", EDGES_OWN)
def test_forged_fields(edge: Proxy, name: str, shape: str) -> None:
    """Over HTTP/1.1, with a certificate and without."""
    for papers in (None, "good"):
        got = ask(edge, papers=papers, fields=variants(name)[shape])
        assert_nothing_forged(got, certificate=papers is not None)
        assert got.status == 200 or "connection" in shape


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("name", "showing"), [("x-gastrack-edge", "good"), ("x-forwarded-client-cert", None)])
def test_forged_fields_over_h2(edge: Proxy, name: str, shape: str, showing: str | None) -> None:
    """Capital letters and `connection` are against the protocol there: they end the stream, or are dropped."""
    assert_nothing_forged(ask_h2(edge, showing, variants(name)[shape]), certificate=showing is not None)


@pytest.mark.parametrize("shape", RAW_SHAPES)
@pytest.mark.parametrize("name", EDGES_OWN)
def test_forged_lines(edge: Proxy, name: str, shape: str) -> None:
    """Lines that one reader takes for a header and another does not."""
    begin, end = b"GET /v1/lines HTTP/1.1\r\nHost: grid.example\r\n", b"Connection: close\r\n\r\n"
    got = said(edge, begin + raw_variants(name)[shape] + end)
    assert_nothing_forged(got, certificate=False)


@pytest.mark.parametrize("name", ["forwarded", "x-forwarded-host", "x-real-ip", "x-original-url", "X-Rewrite-URL"])
def test_what_else_is_said_of_the_way(edge: Proxy, name: str) -> None:
    """No service gets to see it."""
    got = ask(edge, fields=[(name, FORGED), (name, FORGED)])
    assert got.status == 200
    assert FORGED not in str(got.json["headers"])


def test_other_headers_pass(edge: Proxy) -> None:
    """What services read: conditions, accepted forms, a key against repetition, a token."""
    fields = [
        *(("accept", "text/csv"), ("accept-language", "nl"), ("if-none-match", '"a"'), ("range", "bytes=0-9")),
        *(("idempotency-key", "1"), ("authorization", "Bearer token"), ("last-event-id", "7"), ("cookie", "a=b")),
    ]
    got = ask(edge, fields=fields)
    assert [(name, got.told(name)) for name, _ in fields] == [(name, [value]) for name, value in fields]


def test_the_secret_stays_inside(edge: Proxy, services: dict[str, Upstream]) -> None:
    """No answer's header tells it, nor which software answers in which version."""
    for got in (ask(edge), ask(edge, "/v1/lines/a%2Fb"), ask_h2(edge, None, [])):
        assert SECRET not in str(got.headers)
        assert not any(sign.isdigit() for sign in got.headers.get("server", ""))
        assert not [name for name in got.headers if name.startswith("x-envoy") or name == "via"]
        assert got.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert all(SECRET in str(seen["headers"]) for seen in services["query"].seen)


def test_the_variants_are_many() -> None:
    """A list that somebody emptied would pass for ever."""
    assert len(list(itertools.chain(SHAPES, RAW_SHAPES))) >= 24
