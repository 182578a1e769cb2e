"""The edge's one table of routes for Envoy Gateway, and its settings for nginx and for Envoy beside the services."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import yaml

from deploy.edge.doors import HSTS, Address, Door, Tls
from deploy.edge.envoy import envoy_settings
from deploy.edge.nginx import nginx_settings
from deploy.edge.routes import REST, ROUTES, SERVICES, Route
from deploy.kubernetes.objects import HEAD, Json, documents, named

API = "gateway.networking.k8s.io/v1"
HTTP_PORT = 8000
EDGE_PORT = "8443"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside its own container
SECRETS = "/etc/edge"
STATE = "/var/run/edge"
UNLIMITED = {"request": "0s", "backendRequest": "0s"}  # downloads and streams last as long as they last


def routes() -> str:
    """Return the routes as one HTTPRoute: a rule a service. The longest path that matches takes a request there."""
    ordered = sorted(ROUTES, key=lambda route: route.service)
    by_service = {service: list(theirs) for service, theirs in groupby(ordered, lambda route: route.service)}
    rules = [_rule(service, [_match(route) for route in theirs]) for service, theirs in by_service.items()]
    rest = _rule(REST, [{"path": {"type": "PathPrefix", "value": "/"}}])
    parents = [{"name": "gastrack", "sectionName": "https"}]
    return documents([named(API, "HTTPRoute", "gastrack") | {"spec": {"parentRefs": parents, "rules": [*rules, rest]}}])


def _match(route: Route) -> Json:
    path: Json = {"path": {"type": "PathPrefix", "value": route.path}}
    return path | ({"method": route.method} if route.method else {})


def _rule(service: str, matches: list[Json]) -> Json:
    lasting = {"set": [{"name": "Strict-Transport-Security", "value": HSTS}]}
    known = {"group": "gateway.envoyproxy.io", "kind": "HTTPRouteFilter", "name": "gastrack-edge"}
    return {
        "matches": matches,
        "filters": [
            {"type": "ExtensionRef", "extensionRef": known},
            {"type": "ResponseHeaderModifier", "responseHeaderModifier": lasting},
        ],
        "timeouts": UNLIMITED,
        "backendRefs": [{"name": f"gastrack-{service}", "port": HTTP_PORT}],
    }


def nginx_in_kubernetes() -> str:
    """Return nginx.conf for a pod in front of the services; its secrets are mounted files."""
    return HEAD + nginx_settings(_door("nginx.conf"), _addresses("gastrack-"), STATE)


def envoy_in_compose() -> str:
    """Return the settings of Envoy beside the services of compose.yaml; its admin page is the container's own."""
    settings: Any = envoy_settings([_door("credential")], _addresses(""), Address("127.0.0.1", "9901"))
    return HEAD + yaml.safe_dump(settings, sort_keys=False, width=120)


def _door(secret: str) -> Door:
    tls = Tls(f"{SECRETS}/tls.crt", f"{SECRETS}/tls.key", f"{SECRETS}/clients.crt")
    return Door(Address(EVERYWHERE, EDGE_PORT), f"{SECRETS}/{secret}", tls, lasting=True)


def _addresses(prefix: str) -> dict[str, Address]:
    return {service: Address(f"{prefix}{service}", str(HTTP_PORT)) for service in SERVICES}
