"""Ask a local server over HTTP, with the standard library alone."""

import http.client
import json
import urllib.parse
from typing import Any

TIMEOUT_S = 5.0


def is_ok(url: str) -> bool:
    """Whether a GET of `url` is answered with 200; False while nobody listens there."""
    try:
        return _get(url)[0] == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def get_json(url: str) -> Any | None:
    """The JSON that a GET of `url` is answered with, None if it is not answered with 200."""
    try:
        status, body = _get(url)
    except (OSError, http.client.HTTPException):
        return None
    return json.loads(body) if status == http.HTTPStatus.OK else None


def _get(url: str) -> tuple[int, bytes]:
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, "")))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
