"""What documents say of who may ask: by certificate or by token, and what others are told, who ask too often too."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from shared.runtime.edge.open_routes import is_open

SCHEMES = MappingProxyType(
    {
        "certificate": {
            "type": "mutualTLS",
            "description": "The certificate whose key is registered for the client; the register is asked every time.",
        },
        "token": {
            "type": "oauth2",
            "description": "For programs that cannot show it on every connection: a token for five minutes, for an "
            "assertion signed with the registered key (private_key_jwt). Asked for with a certificate it only counts "
            "together with that one (RFC 8705). There are no scopes: it opens what its client may at each moment.",
            "flows": {"clientCredentials": {"tokenUrl": "/v1/oauth/token", "scopes": {}}},
        },
    }
)
EITHER: list[dict[str, list[str]]] = [{"certificate": []}, {"token": []}]
GUARDED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
HEADERS = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Which token may be shown in place of a certificate."},
        HTTPStatus.TOO_MANY_REQUESTS: {
            "Retry-After": "After how many seconds to go on.",
            "RateLimit": "What is left of how many requests (`r`), and in how many seconds all of them are (`t`).",
            "RateLimit-Policy": "How many requests (`q`) in how many seconds (`w`); both stand in every answer.",
        },
    }
)
"""What problems of a status say in their headers."""


def needs_nobody(method: str, path: str) -> bool:
    """Say whether an operation is open to everybody."""
    return is_open({"method": method.upper(), "path": path})


def headers_of(status: HTTPStatus) -> dict[str, Any]:
    """Return the headers of a status as OpenAPI has them; nothing where there are none."""
    told = HEADERS.get(status, {})
    headers = {name: {"description": words, "schema": {"type": "string"}} for name, words in told.items()}
    return {"headers": headers} if headers else {}
