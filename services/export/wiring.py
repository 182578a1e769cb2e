"""Builds the export service from its settings: the only place where its adapters are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from fastapi import FastAPI

from services.export.deliveries.carrying import Carrier, Courier
from services.export.deliveries.lanes import DeliveryLanes
from services.export.deliveries.sftp_carrying import SftpCarrier
from services.export.deliveries.webhook_carrying import WebhookCarrier
from services.export.documented import CATALOGUE
from services.export.files.rendered import KeptTexts
from services.export.jobs.attempt import CallerNamed, Workshop
from services.export.jobs.sweeping import SWEEP_SECONDS, Sweeper
from services.export.jobs.worker import JobWorker
from services.export.routes import ROUTES
from services.export.schedules.turns import TURN_SECONDS, Schedules
from services.export.schedules.where import IN_PUBLIC, Offers
from services.export.settings import ExportSettings
from shared.runtime import documented, http, http_state
from shared.runtime.door import Admission
from shared.runtime.edge.entrance import entrance
from shared.runtime.health import Health
from shared.runtime.http_face import Draining, HttpFace
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.lifecycle import Part
from shared.runtime.mongo import Database, connect
from shared.runtime.periodic import Periodic
from shared.runtime.rate_limits import RateLimits
from shared.runtime.reads_told import ReadsTold, Teller
from shared.runtime.trail import Trail
from shared.store.results import GridResults, Results
from shared.store.results_s3 import S3Results, s3_store
from shared.store.schedules import Where
from shared.store.signing import Signer, given_key

BODY_LIMIT_BYTES = 256 * 1024
"""An order of 1,000 lines and 1,000 nodes: their ids have at most 64 characters."""
MOST_OPEN = 20


def application(  # noqa: PLR0913 - what a test may give it
    database: Database,
    admit: Admission,
    now: Clock = utc_now,
    results: Results | None = None,
    most_open_exports: int = MOST_OPEN,
    *,
    offers: Offers = IN_PUBLIC,
    signer: Signer | None = None,
    limits: RateLimits | None = None,
    trail: Teller | None = None,
) -> FastAPI:
    """Return the HTTP face over a database; `admit` finds out who asks, and `trail` is told what he reads.

    Without a signer manifests are signed with a key that rests in the database; without a trail nobody is told: for
    tests of something else.
    """
    app = documented.application(CATALOGUE, "export")
    if trail is not None:
        app.add_middleware(ReadsTold, trail=trail)
    http.install(app, BODY_LIMIT_BYTES, admit, limits)
    http_state.read_from(app, database, now)
    app.state.signer = signer or Signer(database)
    app.state.results = results or GridResults(database)
    app.state.most_open_exports = most_open_exports
    app.state.offers = offers
    app.state.kept_texts = KeptTexts()
    for routes in ROUTES:
        app.include_router(routes)
    return app


def results_of(settings: ExportSettings, database: Database) -> Results:
    """Return the storage of files that the settings name."""
    if settings.export_results == "gridfs":
        return GridResults(database)
    bucket, _, prefix = settings.export_results.removeprefix("s3://").partition("/")
    return S3Results(s3_store(bucket, settings.export_s3_endpoint), prefix)


def workshop_of(
    settings: ExportSettings, database: Database, results: Results, signer: Signer, named: CallerNamed
) -> Workshop:
    """Return what workers need; `named` says what whoever ordered may do by now."""
    kept_seconds = settings.export_kept_hours * 3600
    return Workshop(
        database,
        results,
        named,
        settings.export_lease_seconds,
        settings.export_attempts,
        kept_seconds,
        signer,
    )


def wire(settings: ExportSettings) -> Callable[[Health], Awaitable[Sequence[Part]]]:
    """Return what builds the service's parts once the event loop runs; a wrong setting is told at once."""
    signing_key = given_key(settings.export_signing_key_file, "EXPORT_SIGNING_KEY_FILE")

    async def parts(_: Health) -> Sequence[Part]:
        database = connect(settings.mongo_uri, settings.mongo_database)
        results = results_of(settings, database)
        way_in = entrance(settings, database)
        shop = workshop_of(settings, database, results, Signer(database, signing_key), way_in.caller_named)
        carriers = carriers_of(settings)
        sftp = carriers.get(Where.SFTP)
        trail = Trail(settings.brokers)
        app = application(
            database,
            way_in.admit,
            results=results,
            most_open_exports=settings.export_most_open,
            signer=shop.signer,
            limits=way_in.limits,
            offers=Offers(settings.export_webhook_loopback, sftp.public_key if isinstance(sftp, SftpCarrier) else ""),
            trail=trail,
        )
        face = HttpFace(app, settings.http_host, settings.http_port, settings.finishing_seconds)
        sweeper = Sweeper(shop)
        again = Schedules(database, settings.export_deliveries_kept_hours * 3600, way_in.caller_named)
        workers = [JobWorker(shop) for _ in range(settings.export_workers)]
        return [
            Periodic(sweeper.sweep, SWEEP_SECONDS, sweeper),
            trail,
            face,
            Periodic(again.turn, TURN_SECONDS, again),
            DeliveryLanes(Courier(shop, carriers, trail=trail)),
            *workers,
            Draining(face, settings.drain_seconds),
        ]

    return parts


def carriers_of(settings: ExportSettings) -> dict[Where, Carrier]:
    """Return the ways in which deliveries go out; SFTP where there is a key for it."""
    allowed = settings.export_webhook_loopback
    carriers: dict[Where, Carrier] = {Where.WEBHOOK: WebhookCarrier(allows_loopback=allowed)}
    if settings.export_sftp_key:
        carriers[Where.SFTP] = SftpCarrier(Path(settings.export_sftp_key), allows_loopback=allowed)
    return carriers
