"""The one table of routes: which service answers which path. Envoy's and nginx's settings are written from it."""

from __future__ import annotations

from dataclasses import dataclass

SERVICES = ("ingest", "query", "export")
"""Those that the edge stands in front of."""
REST = "query"
"""Who answers what no route names: lines, nodes, access, tokens, pages."""


@dataclass(frozen=True)
class Route:
    """A path with all that lies below it, and its service; with a method, requests of that method alone."""

    path: str
    service: str
    method: str | None = None

    def takes(self, path: str, method: str) -> bool:
        """Say whether a request is this route's; `path` without its query."""
        return self.method in {None, method} and (path == self.path or path.startswith(f"{self.path}/"))


ROUTES = (
    Route("/v1/readings", "ingest"),
    Route("/v1/files", "ingest"),
    Route("/v1/analyses", "ingest"),
    Route("/v1/topology/changes", "ingest"),
    Route("/v1/receipts", "ingest"),
    Route("/v1/decisions", "ingest", "POST"),  # reading decisions is query's
    Route("/v1/download", "export"),
    Route("/v1/exports", "export"),
    Route("/v1/schedules", "export"),
    Route("/v1/deliveries", "export"),
    Route("/v1/schemas", "export"),
    Route("/v1/manifests", "export"),
    Route("/v1/keys", "export"),
    Route("/v1/openapi/ingest.json", "ingest"),
    Route("/v1/openapi/export.json", "export"),  # query's own is with the rest
)
"""In order: the first that takes a request has it."""


def service_of(path: str, method: str) -> str:
    """Return the service that answers a request; `path` without its query."""
    return next((route.service for route in ROUTES if route.takes(path, method)), REST)
