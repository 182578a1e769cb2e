"""docs/openapi: the OpenAPI document of each service with an HTTP face, as the service tells it itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter

from services.export.documented import CATALOGUE as EXPORT
from services.export.routes import ROUTES as EXPORT_ROUTES
from services.ingest.api import api as ingest_api
from services.ingest.documented import CATALOGUE as INGEST
from services.query.documented.catalogue import CATALOGUE as QUERY
from services.query.routes import ROUTES as QUERY_ROUTES
from shared.runtime.documented import Catalogue, application

INTERFACES: Mapping[str, tuple[Catalogue, Sequence[APIRouter]]] = {
    "query": (QUERY, QUERY_ROUTES),
    "ingest": (INGEST, [ingest_api]),
    "export": (EXPORT, EXPORT_ROUTES),
}
"""What each service says of itself, and its routes."""


def interface(service: str) -> Callable[[], str]:
    """Return what writes the document of a service."""

    def written() -> str:
        catalogue, routes = INTERFACES[service]
        app = application(catalogue, service)
        for some in routes:
            app.include_router(some)
        return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"

    return written
