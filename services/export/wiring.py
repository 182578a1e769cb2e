"""Builds the export service from its settings: the only place where its adapters are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI

from services.export.api import api
from services.export.documented import CATALOGUE
from services.export.rendered import KeptTexts
from services.export.settings import ExportSettings
from shared.runtime import documented, http, http_state
from shared.runtime.health import Health
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.lifecycle import HttpFace, Part
from shared.runtime.mongo import Database, connect

BODY_LIMIT_BYTES = 64 * 1024
"""Nothing that export answers has a body; room for a client that sends one all the same."""


def application(database: Database, identity: str, now: Clock = utc_now) -> FastAPI:
    """Return the HTTP face over a database; everybody acts as `identity` until access is built."""
    app = documented.application(CATALOGUE, "export")
    http.install(app, BODY_LIMIT_BYTES)
    http_state.act_as(app, identity)
    http_state.read_from(app, database, now)
    app.state.kept_texts = KeptTexts()
    app.include_router(api)
    return app


def wire(settings: ExportSettings) -> Callable[[Health], Awaitable[Sequence[Part]]]:
    """Return what builds the service's parts once the event loop runs."""

    async def parts(_: Health) -> Sequence[Part]:
        app = application(connect(settings.mongo_uri, settings.mongo_database), settings.demo_identity)
        return [HttpFace(app, settings.http_host, settings.http_port, settings.shutdown_seconds)]

    return parts
