"""Adds to every answer what keeps browsers from misusing it, and what caches may do with it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.edge.open_routes import is_open
from shared.runtime.safe_values import NOTHING_ALLOWED, PAGE_POLICY, SAFE_EVERYWHERE, TLS_ONLY

_SHARED = ("private", "no-store", "public")
"""What says already whether others than the reader may keep it."""


class SafeHeaders:
    """Whatever a route has said itself stays, but that what needs a certificate is for its reader alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_EVERYWHERE.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else NOTHING_ALLOWED)
                headers["Cache-Control"] = cached(headers.get("cache-control", ""), is_open=is_open(scope))
                if scope.get("scheme") == "https" and not _is_this_machine(scope):
                    headers["Strict-Transport-Security"] = TLS_ONLY
            await send(message)

        await self._app(scope, receive, safely)


def cached(said: str, *, is_open: bool) -> str:
    """Return what caches are told: what is open is asked for again, the rest is kept by its reader alone, if at all."""
    if is_open:
        return said or "no-cache"
    if not said:
        return "no-store"
    return said if said.startswith(_SHARED) else f"private, {said}"


def _is_this_machine(scope: Scope) -> bool:
    """Say whether it is asked for as `localhost`: there other programs answer on other ports, without TLS."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return bool(host.partition(b":")[0] == b"localhost")
