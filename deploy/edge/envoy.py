"""The edge as the settings of Envoy: its doors, its routes, its clusters.

People and programs see one port. The order counts: the first route that matches takes the request.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.edge import envoy_hop
from deploy.edge.doors import (
    CHAIN_DEPTH,
    CONNECT_WITHIN_S,
    CURVES,
    HEAD_WITHIN_S,
    HSTS,
    HTTP_NAMES,
    MOST_AT_ONCE,
    MOST_STREAMS,
    TLS_1_2_CIPHERS,
    UPSTREAM_IDLE_S,
    Address,
    AddressFile,
    Door,
)
from deploy.edge.envoy_replies import problem_replies
from deploy.edge.routes import REST, ROUTES, Route

FILTERS = f"{envoy_hop.EXTENSIONS}.filters"
OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
ENDPOINTS = "envoy.config.endpoint.v3.ClusterLoadAssignment"
UNLIMITED = "0s"  # downloads and server-sent events last as long as they last
OVERWRITE = "OVERWRITE_IF_EXISTS_OR_ADD"
RETRIES = 5  # only while the service has not seen the request: a restart of one second stays unseen
BOUNDED = ("max_connections", "max_pending_requests", "max_requests", "max_retries")
"""What Envoy bounds for a service; by itself to 1,024, which as many streams of events use up, and to 3 retries."""
TLS_PARAMETERS = {
    "tls_minimum_protocol_version": "TLSv1_2",
    "tls_maximum_protocol_version": "TLSv1_3",
    "cipher_suites": list(TLS_1_2_CIPHERS),
    "ecdh_curves": list(CURVES),
}

Json = dict[str, Any]


def envoy_settings(doors: Sequence[Door], services: Mapping[str, Address | AddressFile], admin: Address) -> Json:
    """Return Envoy's bootstrap: one listener a door, one cluster a service, the admin page on `admin`."""
    resources: Json = {
        "listeners": [_listener(door) for door in doors],
        "clusters": [_cluster(name, place) for name, place in services.items()],
    }
    if secrets := envoy_hop.secrets(list(doors)):
        resources["secrets"] = secrets
    node = {"id": "edge", "cluster": "gastrack"}  # without a name Envoy follows no file
    named = {"node": node} if any(isinstance(place, AddressFile) for place in services.values()) else {}
    return {**named, "admin": {"address": _address(admin)}, "static_resources": resources}


def routes() -> list[Json]:
    """Return the routes in order; everything that is neither ingest's nor export's is query's."""
    return [*(_route(route) for route in ROUTES), {"match": {"prefix": "/"}, "route": _to(REST)}]


def _route(route: Route) -> Json:
    match: Json = {"path_separated_prefix": route.path}
    if route.method:
        match["headers"] = [{"name": ":method", "string_match": {"exact": route.method}}]
    return {"match": match, "route": _to(route.service)}


def _to(service: str) -> Json:
    retry = {
        "retry_on": "connect-failure,reset-before-request",
        "num_retries": RETRIES,
        "retry_back_off": {"base_interval": "0.1s", "max_interval": "1s"},
    }
    return {"cluster": service, "timeout": UNLIMITED, "retry_policy": retry}


def _listener(door: Door) -> Json:
    chain: Json = {
        "filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": _manager(door)}]
    }
    if door.tls:
        chain["transport_socket"] = envoy_hop.transport(door.tls, HTTP_NAMES, TLS_PARAMETERS, CHAIN_DEPTH)
    # Without reuse_port a second server on the same port fails instead of silently taking half the connections.
    name = "edge-tls" if door.tls else "edge"
    return {"name": name, "address": _address(door.address), "enable_reuse_port": False, "filter_chains": [chain]}


def _manager(door: Door) -> Json:
    lasting = [{"header": {"key": "strict-transport-security", "value": HSTS}, "append_action": OVERWRITE}]
    added = lasting if door.lasting else []
    hosts = [{"name": "gastrack", "domains": ["*"], "routes": routes()}]
    return {
        "@type": f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "edge",
        "server_header_transformation": "PASS_THROUGH",  # nobody needs to know what answers, the services say nothing
        "use_remote_address": True,
        **envoy_hop.certificate_forwarding(),
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "common_http_protocol_options": {"headers_with_underscores_action": "DROP_HEADER"},
        "http2_protocol_options": {"max_concurrent_streams": MOST_STREAMS},
        "request_headers_timeout": f"{HEAD_WITHIN_S}s",
        "stream_idle_timeout": UNLIMITED,
        "route_config": {"virtual_hosts": hosts} | ({"response_headers_to_add": added} if added else {}),
        "local_reply_config": problem_replies(added),
        "http_filters": [*envoy_hop.hop_filters(door), _router()],
    }


def _router() -> Json:
    settings = {"@type": f"{FILTERS}.http.router.v3.Router", "suppress_envoy_headers": True}
    return {"name": "envoy.filters.http.router", "typed_config": settings}


def endpoints(name: str, addresses: Sequence[Address]) -> Json:
    """Return what the file of a service tells: its processes, among which requests go round."""
    return {"resources": [{"@type": f"type.googleapis.com/{ENDPOINTS}", **_assignment(name, addresses)}]}


def _assignment(name: str, addresses: Sequence[Address]) -> Json:
    processes = [{"endpoint": {"address": _address(address)}} for address in addresses]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": processes}]}


def _cluster(name: str, place: Address | AddressFile) -> Json:
    kind, found = _discovery(name, place)
    protocol = {
        "@type": f"type.googleapis.com/{OPTIONS}",
        "common_http_protocol_options": {"idle_timeout": f"{UPSTREAM_IDLE_S}s"},
        "explicit_http_config": {"http_protocol_options": {}},
    }
    return {
        "name": name,
        "type": kind,
        "connect_timeout": f"{CONNECT_WITHIN_S}s",
        "circuit_breakers": {"thresholds": [dict.fromkeys(BOUNDED, MOST_AT_ONCE)]},
        **found,
        "typed_extension_protocol_options": {OPTIONS: protocol},
    }


def _discovery(name: str, place: Address | AddressFile) -> tuple[str, Json]:
    if isinstance(place, AddressFile):
        source = {"path_config_source": {"path": place.path}, "resource_api_version": "V3"}
        return "EDS", {"eds_cluster_config": {"eds_config": source}}
    kind = "STATIC" if _is_number(place.host) else "STRICT_DNS"
    return kind, {"load_assignment": _assignment(name, [place])}


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _address(address: Address) -> Json:
    port = int(address.port) if address.port.isdecimal() else address.port
    return {"socket_address": {"address": address.host, "port_value": port}}
