"""What answers without a certificate: the one list."""

from __future__ import annotations

from starlette.types import Scope

READ = frozenset({"GET", "HEAD"})
EXACT = frozenset(
    {
        ("POST", "/v1/access/applications"),
        ("POST", "/v1/access/application-state"),
        ("POST", "/v1/oauth/token"),
        ("GET", "/apply"),
        ("POST", "/apply"),
        ("GET", "/.well-known/oauth-authorization-server"),
        ("GET", "/v1/oauth/keys"),
        ("GET", "/v1/keys"),
    }
)
"""Applying, asking for a token, and the public keys with which others verify."""
BELOW = ("/static/", "/v1/openapi/", "/v1/keys/")
"""Nobody's data: style and script of pages, documents of the interface, public keys one by one; read only."""


STATES = "/apply/"
"""Pages of applications by their ids: whoever has the secret reads how far it is."""


def is_open(scope: Scope) -> bool:
    """Say whether a request needs no certificate."""
    method, path = scope["method"], scope["path"]
    if method in READ:
        return ("GET", path) in EXACT or path.startswith((*BELOW, STATES))
    return (method, path) in EXACT or (method == "POST" and path.startswith(STATES))
