"""The edge as the settings of nginx: one TLS door. What Envoy's settings say too is said in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from deploy.edge import nginx_replies
from deploy.edge.doors import (
    CHAIN_DEPTH,
    CLIENT_CERTIFICATE,
    CONNECT_WITHIN_S,
    CURVES,
    EDGE_SECRET,
    HEAD_WITHIN_S,
    HSTS,
    MOST_STREAMS,
    PEER,
    TLS_1_2_CIPHERS,
    UNTRUSTED,
    UPSTREAM_IDLE_S,
    Address,
    Door,
    Tls,
)
from deploy.edge.routes import REST, ROUTES, Route

LARGEST_BODY = "64m"  # above what any service takes: it is theirs to say what is too large, and why
LONG = "24h"  # what Envoy calls unlimited: downloads and server-sent events last as long as they last
DOUBTFUL_ADDRESS = (  # as it was sent: what nginx chooses by and what the service reads must be the same
    r'"#|^[^?]*(?:\\\\|//|/\.\.?(?:[/?]|\z)|%(?:2f|5c|2e|00))"'
)
CURVE_NAMES = {"X25519": "X25519", "P-256": "prime256v1", "P-384": "secp384r1"}
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx_settings(door: Door, services: Mapping[str, Address], state_folder: str) -> str:
    """Return nginx.conf, whole; `state_folder` is where nginx keeps its pid and temporary files.

    The door's secret file is one that nginx includes: `map $host $gastrack_edge_secret { default "…"; }`.
    """
    if door.tls is None or door.secret_file is None:
        raise ValueError("nginx has one door: with TLS, and with a secret")
    parts = [_process(state_folder), _maps(door.secret_file), *_upstreams(services), _server(door, door.tls)]
    http = "\n".join(_indented(part) for part in parts)
    return (
        "# Written by deploy/edge/nginx.py; deploy/edge/README.md says how to use it.\n"
        f"worker_processes auto;\npid {state_folder}/nginx.pid;\nevents {{ worker_connections 4096; }}\n"
        f"http {{\n{http}}}\n"
    )


def _process(state_folder: str) -> str:
    temporary = "".join(f"{name}_temp_path {state_folder}/{name}_temp;\n" for name in TEMPORARY)
    return f"access_log off;\nserver_tokens off;\nabsolute_redirect off;\n{temporary}"


def _maps(secret_file: str) -> str:
    """Who answers, by the address as it was sent; the certificate only where it verified; the secret."""
    rows = "".join(f'    "{_pattern(route)}" {route.service};\n' for route in ROUTES)
    return (
        f"include {secret_file};  # $gastrack_edge_secret\n"
        f'map "$request_method $request_uri" $gastrack_service {{\n{rows}    default {REST};\n}}\n'
        "map $ssl_client_verify $gastrack_client_certificate {\n"
        "    SUCCESS 'Cert=\"$ssl_client_escaped_cert\"';\n"
        '    default "";  # a header without a value is not sent\n'
        "}\n" + nginx_replies.maps()
    )


def _pattern(route: Route) -> str:
    method = route.method or r"\S+"
    return f"~^{method} {route.path.replace('.', chr(92) + '.')}(?:[/?]|\\z)"


def _upstreams(services: Mapping[str, Address]) -> list[str]:
    return [
        f"upstream {name} {{\n"
        f"    server {address.host}:{address.port} max_fails=0;\n"
        f"    keepalive 64;\n    keepalive_timeout {UPSTREAM_IDLE_S}s;\n}}\n"
        for name, address in services.items()
    ]


def _server(door: Door, tls: Tls) -> str:
    lasting = [f'add_header Strict-Transport-Security "{HSTS}" always;'] if door.lasting else []
    lines = [
        f"listen {door.address.host}:{door.address.port} ssl http2;",
        "server_name _;",
        *_tls(tls),
        f"http2_max_concurrent_streams {MOST_STREAMS};",
        f"client_header_timeout {HEAD_WITHIN_S}s;",
        f"client_max_body_size {LARGEST_BODY};",
        f"send_timeout {LONG};",
        "large_client_header_buffers 4 16k;",
        "underscores_in_headers off;  # and what is not allowed in a header's name is dropped with it",
        *lasting,
        *nginx_replies.pages(),
    ]
    server = "".join(f"    {line}\n" for line in lines)
    return f"server {{\n{server}\n{_indented(_location())}{_indented(nginx_replies.locations())}}}\n"


def _tls(tls: Tls) -> list[str]:
    """TLS. Sessions are not resumed: a resumed one would not be verified again, and so outlive a revocation."""
    return [
        f"ssl_certificate {tls.certificate};",
        f"ssl_certificate_key {tls.key};",
        "ssl_protocols TLSv1.2 TLSv1.3;",
        f"ssl_ciphers {':'.join(TLS_1_2_CIPHERS)};",
        f"ssl_ecdh_curve {':'.join(CURVE_NAMES[curve] for curve in CURVES)};",
        "ssl_session_cache off;",
        "ssl_session_tickets off;",
        f"ssl_client_certificate {tls.authorities};",
        f"ssl_verify_client {'on' if tls.demanded else 'optional'};",
        f"ssl_verify_depth {CHAIN_DEPTH};",
        *([f"ssl_crl {tls.revoked};"] if tls.revoked else []),
    ]


def _location() -> str:
    """The one way to the services: a second location would have to repeat every header, so there is none."""
    lines = [
        f"if ($request_uri ~* {DOUBTFUL_ADDRESS}) {{ return {HTTPStatus.BAD_REQUEST.value}; }}",
        "proxy_pass http://$gastrack_service;",
        "proxy_http_version 1.1;",
        "proxy_set_header Host $http_host;",
        'proxy_set_header Connection "";',
        f"proxy_set_header {EDGE_SECRET} $gastrack_edge_secret;",
        f"proxy_set_header {CLIENT_CERTIFICATE} $gastrack_client_certificate;",
        f"proxy_set_header {PEER} $remote_addr;",
        "proxy_set_header x-forwarded-proto $scheme;",
        *(f'proxy_set_header {name} "";' for name in UNTRUSTED),
        "proxy_buffering off;",
        "proxy_request_buffering off;",
        f"proxy_connect_timeout {CONNECT_WITHIN_S}s;",
        f"proxy_read_timeout {LONG};",
        f"proxy_send_timeout {LONG};",
        "proxy_redirect off;",
    ]
    return "location / {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
