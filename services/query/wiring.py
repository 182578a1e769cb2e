"""Builds the query service from its settings: the only place where its adapters are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from cryptography.x509 import Certificate
from fastapi import FastAPI

from services.query.access.asking import install_access
from services.query.access.counting import COUNTED_EVERY_SECONDS, NothingHeld, count_clients
from services.query.answering import MOST_KEPT_BYTES
from services.query.api_page import install_api_page
from services.query.asked_before import AskedBefore
from services.query.documented.catalogue import CATALOGUE
from services.query.pages import install_pages
from services.query.routes import ROUTES
from services.query.settings import QuerySettings
from services.query.streams import Streams
from shared.runtime import documented, http, http_state
from shared.runtime.door import Admission, open_door
from shared.runtime.health import Health
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.kept_bodies import KeptBodies
from shared.runtime.lifecycle import HttpFace, Part
from shared.runtime.mongo import Database, connect
from shared.runtime.periodic import Periodic
from shared.store.positions import Positions

BODY_LIMIT_BYTES = 256 * 1024
"""A thousand grants of a review are 200 KB; everything else is smaller."""


def application(
    database: Database,
    admit: Admission,
    now: Clock = utc_now,
    streams: Streams | None = None,
    authorities: Sequence[Certificate] = (),
) -> FastAPI:
    """Return the HTTP face over a database; `admit` finds out who asks, `authorities` issue what can be registered."""
    app, kept = documented.application(CATALOGUE, "query"), KeptBodies(MOST_KEPT_BYTES)
    # The last to be added is the first to be asked: what was asked before is answered within the size limit and timed.
    app.add_middleware(AskedBefore, positions=Positions(database), kept=kept, now=now, caller_of=http_state.caller_of)
    http.install(app, BODY_LIMIT_BYTES, admit)
    http_state.read_from(app, database, now)
    app.state.kept_answers = kept
    app.state.streams = streams or Streams(database)
    install_access(app, authorities)
    for routes in ROUTES:
        app.include_router(routes)
    install_pages(app)
    install_api_page(app)
    return app


def wire(settings: QuerySettings) -> Callable[[Health], Awaitable[Sequence[Part]]]:
    """Return what builds the service's parts once the event loop runs."""

    async def parts(_: Health) -> Sequence[Part]:
        database = connect(settings.mongo_uri, settings.mongo_database)
        streams = Streams(database)
        app = application(
            database, open_door(settings.demo_identity), streams=streams, authorities=settings.authorities
        )
        face = HttpFace(app, settings.http_host, settings.http_port, settings.shutdown_seconds)
        counting = Periodic(lambda: count_clients(database), COUNTED_EVERY_SECONDS, NothingHeld())
        return [
            counting,
            face,
            streams,
        ]  # they end first: the face waits for its requests, and a stream has no end of its own

    return parts
