"""Builds the query service from its settings: the only place where its adapters are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from cryptography.x509 import Certificate
from fastapi import FastAPI

from services.query.access.asking import install_access
from services.query.access.counting import COUNTED_EVERY_SECONDS, NothingHeld, count_clients
from services.query.documented.catalogue import CATALOGUE
from services.query.feed.streams import Streams
from services.query.measured.answering import MOST_KEPT_BYTES
from services.query.measured.asked_before import AskedBefore
from services.query.pages.api_page import install_api_page
from services.query.pages.page_answers import on_refused
from services.query.pages.pages import install_pages
from services.query.routes import ROUTES
from services.query.settings import QuerySettings
from services.query.tokens.giving import TokenGiver
from services.query.trail.keeping import Keeping, Policy
from services.query.trail.worker import TrailWorker
from services.query.watched.disk import MEASURED_EVERY_SECONDS, DiskWatch
from services.query.watched.harmless import harmless
from services.query.watched.lines import COUNTED_EVERY_SECONDS as COUNTED_LINES_EVERY_SECONDS
from services.query.watched.lines import LineWatch
from services.query.watched.rollups import TURN_SECONDS, RollupWatch
from shared.runtime import documented, http, http_state
from shared.runtime.door import Admission
from shared.runtime.edge.entrance import Entrance, entrance
from shared.runtime.health import Health
from shared.runtime.http_face import Draining, HttpFace
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.kept_bodies import KeptBodies
from shared.runtime.lifecycle import Part
from shared.runtime.mongo import Database, connect
from shared.runtime.periodic import Periodic
from shared.runtime.rate_limits import RateLimits
from shared.runtime.reads_told import ReadsTold, Teller
from shared.runtime.trail import Trail
from shared.store.positions import Positions
from shared.store.signing import given_key

BODY_LIMIT_BYTES = 256 * 1024
"""A thousand grants of a review are 200 KB; everything else is smaller."""


def application(  # noqa: PLR0913 - what a test may give it
    database: Database,
    admit: Admission,
    now: Clock = utc_now,
    streams: Streams | None = None,
    *,
    authorities: Sequence[Certificate] = (),
    limits: RateLimits | None = None,
    tokens: TokenGiver | None = None,
    trail: Teller | None = None,
) -> FastAPI:
    """Return the HTTP face over a database; `admit` finds out who asks, and `trail` is told what he reads.

    `authorities` issue the certificates that can be registered; `tokens` are given where there is a giver; without a
    trail nobody is told: for tests of something else.
    """
    app, kept = documented.application(CATALOGUE, "query"), KeptBodies(MOST_KEPT_BYTES)
    # The last to be added is the first to be asked: what was asked before is answered within the size limit and timed.
    app.add_middleware(AskedBefore, positions=Positions(database), kept=kept, now=now, caller_of=http_state.caller_of)
    if trail is not None:
        app.add_middleware(ReadsTold, trail=trail, refused=on_refused)
    http.install(app, BODY_LIMIT_BYTES, admit, limits, on_refused)
    http_state.read_from(app, database, now)
    app.state.kept_answers = kept
    app.state.streams = streams or Streams(database)
    install_access(app, authorities)
    app.state.tokens = tokens
    for routes in ROUTES:
        app.include_router(routes)
    install_pages(app)
    install_api_page(app)
    return app


def wire(settings: QuerySettings) -> Callable[[Health], Awaitable[Sequence[Part]]]:
    """Return what builds the service's parts once the event loop runs; a wrong setting is told at once."""
    signing_key = given_key(settings.trail_signing_key_file, "TRAIL_SIGNING_KEY_FILE")

    async def parts(health: Health) -> Sequence[Part]:
        database = connect(settings.mongo_uri, settings.mongo_database)
        streams, trail = Streams(database), Trail(settings.brokers)
        way_in = entrance(settings, database)
        app = application(
            database,
            way_in.admit,
            streams=streams,
            authorities=settings.authorities,
            limits=way_in.limits,
            tokens=giver_of(settings, database, way_in),
            trail=trail,
        )
        face = HttpFace(app, settings.http_host, settings.http_port, settings.finishing_seconds)
        counting = Periodic(harmless("clients", lambda: count_clients(database)), COUNTED_EVERY_SECONDS, NothingHeld())
        silent = Periodic(harmless("lines", LineWatch(database).turn), COUNTED_LINES_EVERY_SECONDS, NothingHeld())
        comparing = Periodic(harmless("rollups", RollupWatch(database).turn), TURN_SECONDS, NothingHeld())
        measuring = Periodic(harmless("disk", DiskWatch(database).turn), MEASURED_EVERY_SECONDS, NothingHeld())
        policy = Policy(settings.trail_kept_days, settings.trail_addresses_kept_days)
        worker = TrailWorker(settings.brokers, database, Keeping(database, policy, signing_key), health)
        # Streams end once nobody is led here, so that who comes again comes to another process. The face waits for
        # its requests, and a stream has no end of its own; then what was read until the face had ended is told.
        leaving = Draining(face, settings.drain_seconds)
        return [counting, silent, comparing, measuring, worker, trail, face, streams, leaving]

    return parts


def giver_of(settings: QuerySettings, database: Database, way_in: Entrance) -> TokenGiver | None:
    """Return what gives tokens: none where there is no register, or no name for us to give them in."""
    if way_in.register is None or not settings.issuer:
        return None
    return TokenGiver(settings.issuer, database, way_in.register, utc_now)
