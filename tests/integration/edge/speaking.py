"""Clients that say exactly what a test tells them, over TLS: HTTP/1.1 letter by letter, and h2 without its manners."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import h2.config
import h2.connection
import h2.events

from tests.integration.edge.proxies import Proxy

TIMEOUT_SECONDS = 20
Field = tuple[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where the connection ended without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """Codes of a problem's issues."""
        return [issue["code"] for issue in self.json["issues"]]

    def told(self, name: str) -> list[str]:
        """Return what the service got under a header's name."""
        return [value for got, value in self.json["headers"] if got == name]


NOTHING = Answer(0, {}, b"")


def context(proxy: Proxy, papers: str | None, protocol: str = "http/1.1") -> ssl.SSLContext:
    """Return the TLS of a client who trusts the edge's authority, and shows some papers."""
    made = ssl.create_default_context(cafile=proxy.papers.certificate("authority"))
    made.set_alpn_protocols([protocol])
    if papers:
        made.load_cert_chain(proxy.papers.certificate(papers), proxy.papers.key(papers))
    return made


def connected(proxy: Proxy, client: ssl.SSLContext, session: ssl.SSLSession | None = None) -> ssl.SSLSocket:
    """Return a connection to the edge, if possible one that goes on with a session."""
    raw = socket.create_connection(("127.0.0.1", proxy.port), timeout=TIMEOUT_SECONDS)
    try:
        return client.wrap_socket(raw, server_hostname="127.0.0.1", session=session)
    except OSError:
        raw.close()
        raise


def head(method: str, path: str, fields: Iterable[Field] = ()) -> bytes:
    """Return the head of a request, as it stands."""
    lines = [f"{method} {path} HTTP/1.1", "Host: grid.example", *(f"{name}: {value}" for name, value in fields)]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"


def said(proxy: Proxy, request: bytes, papers: str | None = None) -> Answer:
    """Say it on a connection of its own."""
    try:
        with connected(proxy, context(proxy, papers)) as connection:
            connection.sendall(request)
            return answer(connection)
    except (ssl.SSLError, ConnectionError):
        return NOTHING


def ask(
    proxy: Proxy, path: str = "/v1/lines", papers: str | None = None, fields: Iterable[Field] = (), method: str = "GET"
) -> Answer:
    """Ask without a body."""
    return said(proxy, head(method, path, fields), papers)


def answer(connection: ssl.SSLSocket) -> Answer:
    """Read one answer; its body by its length, or to the end of the connection."""
    with connection.makefile("rb") as stream:
        first = stream.readline()
        if not first:
            return NOTHING
        headers = {}
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = headers.get("content-length")
        return Answer(int(first.split()[1]), headers, stream.read(None if length is None else int(length)))


def ask_h2(proxy: Proxy, papers: str | None, fields: Sequence[Field], path: str = "/v1/lines") -> Answer:
    """Ask over h2, with header fields that a library would not send."""
    rude = h2.config.H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False)
    speaker = h2.connection.H2Connection(config=rude)
    pseudo = [(":method", "GET"), (":scheme", "https"), (":authority", "grid.example"), (":path", path)]
    try:
        with connected(proxy, context(proxy, papers, "h2")) as connection:
            assert connection.selected_alpn_protocol() == "h2"
            speaker.initiate_connection()
            speaker.send_headers(1, [*pseudo, *fields], end_stream=True)
            connection.sendall(speaker.data_to_send())
            return _h2_answer(connection, speaker)
    except (ssl.SSLError, ConnectionError):
        return NOTHING


def _h2_answer(connection: ssl.SSLSocket, speaker: h2.connection.H2Connection) -> Answer:
    headers: dict[str, str] = {}
    body = b""
    while received := connection.recv(65536):
        for event in speaker.receive_data(received):
            if isinstance(event, h2.events.ResponseReceived):
                headers = {_text(name): _text(value) for name, value in event.headers}
            elif isinstance(event, h2.events.DataReceived):
                body += event.data
            elif isinstance(event, h2.events.StreamReset | h2.events.ConnectionTerminated):
                return NOTHING
            elif isinstance(event, h2.events.StreamEnded):
                return Answer(int(headers.pop(":status")), headers, body)
        connection.sendall(speaker.data_to_send())
    return NOTHING


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
