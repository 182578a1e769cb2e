"""Ask a local server over HTTP, with the standard library alone."""

import http.client
import json
import ssl
import urllib.parse
from typing import Any

TIMEOUT_S = 5.0


def is_ok(url: str) -> bool:
    """Whether a GET of `url` is answered with 200; False while nobody listens there."""
    try:
        return _get(url)[0] == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def client_context(authority: str, certificate: str, certificate_key: str) -> ssl.SSLContext:
    """Return the TLS of one who trusts an authority and shows a certificate: files in PEM."""
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(certificate, certificate_key)
    return context


def get_json(url: str, context: ssl.SSLContext | None = None) -> Any | None:
    """The JSON that a GET of `url` is answered with, None if it is not answered with 200."""
    try:
        status, body = _get(url, context)
    except (OSError, http.client.HTTPException):
        return None
    return json.loads(body) if status == http.HTTPStatus.OK else None


def _get(url: str, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
    parts = urllib.parse.urlsplit(url)
    connection = _connection(parts.hostname or "", parts.port, context)
    try:
        connection.request("GET", urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, "")))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _connection(host: str, port: int | None, context: ssl.SSLContext | None) -> http.client.HTTPConnection:
    if context is None:
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
