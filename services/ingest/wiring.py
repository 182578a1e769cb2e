"""Builds ingest from its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from fastapi import FastAPI

from services.ingest.api import MAX_BODY_BYTES, api
from services.ingest.documented import CATALOGUE
from services.ingest.handlers import Doors
from services.ingest.originals import LOOK_SECONDS as ORIGINALS_LOOK_SECONDS
from services.ingest.originals import Originals
from services.ingest.relay import RELAY_GROUP, Relay
from services.ingest.settings import IngestSettings
from services.ingest.ticks import LOOK_SECONDS as TICKS_LOOK_SECONDS
from services.ingest.ticks import Ticks
from services.ingest.worker import IngestWorker
from shared.events.acls import RELAY_TRANSACTIONS
from shared.events.topics import INGEST_GROUP
from shared.runtime import documented, http, kafka
from shared.runtime.door import Admission
from shared.runtime.edge.entrance import entrance
from shared.runtime.health import Health
from shared.runtime.http_face import Draining, HttpFace
from shared.runtime.http_state import utc_now
from shared.runtime.lifecycle import Part
from shared.runtime.mongo import Database, connect
from shared.runtime.periodic import Periodic
from shared.runtime.rate_limits import RateLimits
from shared.runtime.transactions import Transactions
from shared.store.access.gateways import gateways
from shared.store.access.register import ClientRegister
from shared.store.documents import ensure_collections

LINGER_MS = 5
"""A batch is sent at once; this only lets the messages of one batch travel together."""


def application(doors: Doors, admit: Admission, outcome_seconds: float, limits: RateLimits | None = None) -> FastAPI:
    """Return the HTTP face over the doors; `admit` finds out who asks, outcomes are waited for some seconds."""
    app = documented.application(CATALOGUE, "ingest")
    http.install(app, MAX_BODY_BYTES, admit, limits)
    app.state.doors = doors
    app.state.outcome_seconds = outcome_seconds
    app.include_router(api)
    return app


def relay(settings: IngestSettings, database: Database, owns: Callable[[], bool], health: Health) -> Relay:
    """Return what passes on the telegrams of gateways of others."""
    bootstrap, copies = settings.brokers, settings.kafka_replication
    clients = kafka.consumer(bootstrap, None, reset="none"), kafka.watcher(bootstrap, RELAY_GROUP, copies)
    register = partial(gateways, database), ClientRegister(database, utc_now).caller_named
    return Relay(clients, partial(Transactions, bootstrap, RELAY_TRANSACTIONS), register, owns, health.beside())


async def wire(settings: IngestSettings, health: Health) -> Sequence[Part]:
    """Return the parts of the service, in the order in which they start."""
    database = connect(settings.mongo_uri, settings.mongo_database)
    await ensure_collections(database)
    await kafka.ensure_topics(settings.brokers, settings.partitions, settings.kafka_replication)
    clients = (
        kafka.consumer(settings.brokers, INGEST_GROUP),
        kafka.producer(settings.brokers, LINGER_MS),
        kafka.watcher(settings.brokers, INGEST_GROUP),
    )
    worker = IngestWorker(
        clients, database, health, settings.partitions, settings.batch_records, bootstrap=settings.brokers
    )
    watcher = kafka.watcher(settings.brokers, INGEST_GROUP)
    ticks = Ticks(watcher, settings.tick_seconds, worker.owns_operations, worker.tick)
    reader = kafka.consumer(settings.brokers, None)
    originals = Originals(reader, database)
    doors = Doors(clients[1], database, settings.partitions)
    way_in = entrance(settings, database)
    app = application(doors, way_in.admit, settings.outcome_seconds, way_in.limits)
    face = HttpFace(app, settings.http_host, settings.http_port, settings.finishing_seconds)
    return [
        worker,
        relay(settings, database, worker.owns_operations, health),
        Periodic(ticks.look, TICKS_LOOK_SECONDS, watcher),
        Periodic(originals.add_missing, ORIGINALS_LOOK_SECONDS, reader),
        face,
        Draining(face, settings.drain_seconds),
    ]
