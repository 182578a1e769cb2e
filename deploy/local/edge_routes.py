"""The one address: which service answers which path, as the settings of Envoy.

People and programs see one port. The order counts: the first route that matches takes the request.
"""

from http import HTTPStatus
from typing import Any

from deploy.local.ports import LOOPBACK

INGEST_PATHS = ("/v1/readings", "/v1/files", "/v1/analyses", "/v1/topology/changes", "/v1/receipts")
OPENAPI_PATHS = {name: f"/v1/openapi/{name}.json" for name in ("ingest", "export")}  # query's own is with the rest
INGEST_POSTS = ("/v1/decisions",)  # reading decisions is query's
EXPORT_PATHS = (
    *("/v1/download", "/v1/exports", "/v1/schedules", "/v1/deliveries", "/v1/schemas"),
    *("/v1/manifests", "/v1/keys"),
)
EDGE_STATUSES = (  # what Envoy says by itself: an address it cannot read, too much head, a service that is away
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)

FILTERS = "type.googleapis.com/envoy.extensions.filters"
UNLIMITED = "0s"  # downloads and server-sent events last as long as they last
UPSTREAM_IDLE = "3s"  # below the 5 s after which uvicorn closes an idle connection, so none is reused while it closes
CONNECT_TIMEOUT = "2s"
RETRIES = 5  # only while the service has not seen the request: a restart of one second stays unseen

Json = dict[str, Any]


def envoy_settings(port: int, admin_port: int, service_ports: dict[str, int]) -> Json:
    """Envoy's bootstrap: one listener on `port`, one cluster per service, the admin page on `admin_port`."""
    clusters = [_cluster(name, service_port) for name, service_port in service_ports.items()]
    return {
        "admin": {"address": _address(admin_port)},
        "static_resources": {"listeners": [_listener(port)], "clusters": clusters},
    }


def routes() -> list[Json]:
    """The routes in order; everything that is neither ingest's nor export's is query's."""
    ingest = [_route(path, "ingest") for path in INGEST_PATHS]
    posts = [_route(path, "ingest", method="POST") for path in INGEST_POSTS]
    export = [_route(path, "export") for path in EXPORT_PATHS]
    documents = [_route(path, service) for service, path in OPENAPI_PATHS.items()]
    return [*ingest, *posts, *export, *documents, {"match": {"prefix": "/"}, "route": _to("query")}]


def _route(path: str, service: str, method: str | None = None) -> Json:
    match: Json = {"path_separated_prefix": path}
    if method:
        match["headers"] = [{"name": ":method", "string_match": {"exact": method}}]
    return {"match": match, "route": _to(service)}


def _to(service: str) -> Json:
    retry = {
        "retry_on": "connect-failure,reset-before-request",
        "num_retries": RETRIES,
        "retry_back_off": {"base_interval": "0.1s", "max_interval": "1s"},
    }
    return {"cluster": service, "timeout": UNLIMITED, "retry_policy": retry}


def _listener(port: int) -> Json:
    manager = {
        "@type": f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "edge",
        "use_remote_address": True,
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "stream_idle_timeout": UNLIMITED,
        "route_config": {"virtual_hosts": [{"name": "gastrack", "domains": ["*"], "routes": routes()}]},
        "local_reply_config": _problem_replies(),
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": f"{FILTERS}.http.router.v3.Router"},
            }
        ],
    }
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    # Without reuse_port a second server on the same port fails instead of silently taking half the connections.
    return {"name": "edge", "address": _address(port), "enable_reuse_port": False, "filter_chains": [chain]}


def _problem_replies() -> Json:
    """What Envoy itself answers, a service that is away for instance, as RFC 9457 problem details like ours."""
    return {"mappers": [_titled(status) for status in EDGE_STATUSES], "body_format": _problem("Answered by the edge")}


def _titled(status: HTTPStatus) -> Json:
    """A problem of one status under its own title: Envoy knows only the number."""
    value = {"default_value": status.value, "runtime_key": f"edge_{status.value}"}
    matching = {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}
    return {"filter": matching, "body_format_override": _problem(status.phrase)}


def _problem(title: str) -> Json:
    issue = {"code": "EDGE", "position": "request", "message": "%RESPONSE_CODE_DETAILS% %LOCAL_REPLY_BODY%"}
    problem = {"type": "about:blank", "title": title, "status": "%RESPONSE_CODE%", "issues": [issue]}
    return {"json_format": problem, "content_type": "application/problem+json"}


def _cluster(name: str, port: int) -> Json:
    endpoint = {"endpoint": {"address": _address(port)}}
    protocol = {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        "common_http_protocol_options": {"idle_timeout": UPSTREAM_IDLE},
        "explicit_http_config": {"http_protocol_options": {}},
    }
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": CONNECT_TIMEOUT,
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": protocol},
    }


def _address(port: int) -> Json:
    return {"socket_address": {"address": LOOPBACK, "port_value": port}}
