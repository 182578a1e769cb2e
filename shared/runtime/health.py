"""The operations port: /health/live, /health/ready and /metrics.

Live fails when the worker's loop no longer turns, or when what it was handed over lies there and nobody takes it; never
because a server is away: waiting for a server beats too.
Ready says that the service has finished starting and is not stopping.
"""

from __future__ import annotations

import time

from prometheus_client import make_asgi_app
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from shared.runtime.metrics import CATALOGUE

STUCK_AFTER_SECONDS = 60.0
"""Longer than the longest batch (a transaction may wait 5 s for a dead writer's, and be tried again)."""


class Health:
    """What a process knows of its own health."""

    def __init__(self, stuck_after_seconds: float = STUCK_AFTER_SECONDS) -> None:
        self.ready = False
        self._stuck_after_seconds = stuck_after_seconds
        self._last_beat: float | None = None
        self._beside: list[Health] = []

    def beside(self, stuck_after_seconds: float | None = None) -> Health:
        """Return the health of a further loop of this process, which is live only while both turn."""
        further = Health(stuck_after_seconds or self._stuck_after_seconds)
        self._beside.append(further)
        return further

    def beat(self) -> None:
        """Tell that the loop turns."""
        self._last_beat = time.monotonic()

    def is_live(self) -> bool:
        """Say whether the loop has turned lately; a service without a worker is live as long as it can answer."""
        turns = self._last_beat is None or time.monotonic() - self._last_beat < self._stuck_after_seconds
        return turns and all(further.is_live() for further in self._beside)


def operations_app(health: Health) -> Starlette:
    """Return the application of the operations port."""

    async def live(_: Request) -> JSONResponse:
        alive = health.is_live()
        return JSONResponse({"live": alive}, status_code=200 if alive else 503)

    async def ready(_: Request) -> JSONResponse:
        return JSONResponse({"ready": health.ready}, status_code=200 if health.ready else 503)

    metrics = make_asgi_app(registry=CATALOGUE)
    return Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready), Mount("/metrics", metrics)])
