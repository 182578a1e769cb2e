"""Builds the export service from its settings: the only place where its adapters are made."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI
from joserfc.jwk import OKPKey

from services.export import manifests_api
from services.export.api import api
from services.export.documented import CATALOGUE
from services.export.settings import ExportSettings
from services.export.signing import Signer, SigningKeyError, key_in
from shared.runtime import documented, http, http_state
from shared.runtime.health import Health
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.lifecycle import HttpFace, Part
from shared.runtime.mongo import Database, connect
from shared.runtime.settings import PREFIX, WRONG_USE

BODY_LIMIT_BYTES = 64 * 1024
"""Nothing that export answers has a body; room for a client that sends one all the same."""


def application(database: Database, identity: str, now: Clock = utc_now, signing_key: OKPKey | None = None) -> FastAPI:
    """Return the HTTP face over a database; everybody acts as `identity` until access is built.

    Without a key manifests are signed with one that rests in the database.
    """
    app = documented.application(CATALOGUE, "export")
    http.install(app, BODY_LIMIT_BYTES)
    http_state.act_as(app, identity)
    http_state.read_from(app, database, now)
    app.state.signer = Signer(database, signing_key)
    app.include_router(api)
    app.include_router(manifests_api.api)
    return app


def wire(settings: ExportSettings) -> Callable[[Health], Awaitable[Sequence[Part]]]:
    """Return what builds the service's parts once the event loop runs."""
    signing_key = _given_key(settings)

    async def parts(_: Health) -> Sequence[Part]:
        database = connect(settings.mongo_uri, settings.mongo_database)
        app = application(database, settings.demo_identity, signing_key=signing_key)
        return [HttpFace(app, settings.http_host, settings.http_port, settings.shutdown_seconds)]

    return parts


def _given_key(settings: ExportSettings) -> OKPKey | None:
    """Return the key that a setting names, None where it names none; a wrong one ends the start and is told."""
    if settings.signing_key_file is None:
        return None
    try:
        return key_in(settings.signing_key_file)
    except SigningKeyError as fault:
        sys.stderr.write(f"{PREFIX}SIGNING_KEY_FILE: {fault}\n")
        raise SystemExit(WRONG_USE) from None
