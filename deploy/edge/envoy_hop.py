"""What Envoy tells the services about the hop: a client's own words removed, the peer, the certificate, the secret."""

from __future__ import annotations

from typing import Any

from deploy.edge.doors import EDGE_SECRET, PEER, UNTRUSTED, Door, Tls

EXTENSIONS = "type.googleapis.com/envoy.extensions"
PEER_ADDRESS = "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"

Json = dict[str, Any]


def certificate_forwarding() -> Json:
    """Return what the connection manager is told: the certificate of this connection, or no header at all."""
    return {"forward_client_cert_details": "SANITIZE_SET", "set_current_client_cert_details": {"cert": True}}


def hop_filters(door: Door) -> list[Json]:
    """Return the filters that rewrite the headers, before the router."""
    return [_cleaning(), *([_secret(secret_name(door))] if door.secret_file else [])]


def secrets(doors: list[Door]) -> list[Json]:
    """Return the secrets of doors, to be read from their files at the start."""
    return [
        {"name": secret_name(door), "generic_secret": {"secret": {"filename": door.secret_file}}}
        for door in doors
        if door.secret_file
    ]


def secret_name(door: Door) -> str:
    """Return under which name Envoy keeps a door's secret."""
    return "secret-of-the-tls-door" if door.tls else "secret-of-the-plain-door"


def transport(tls: Tls, protocols: tuple[str, ...], parameters: Json, depth: int) -> Json:
    """Return the TLS of a door.

    Sessions are not resumed: a resumed one would not be verified again, and so outlive a certificate or its revocation.
    """
    trusted: Json = {"trusted_ca": {"filename": tls.authorities}, "max_verify_depth": depth}
    if tls.revoked:
        trusted["crl"] = {"filename": tls.revoked}
    certificate = {"certificate_chain": {"filename": tls.certificate}, "private_key": {"filename": tls.key}}
    settings = {
        "@type": f"{EXTENSIONS}.transport_sockets.tls.v3.DownstreamTlsContext",
        "require_client_certificate": tls.demanded,
        "disable_stateless_session_resumption": True,
        "disable_stateful_session_resumption": True,
        "common_tls_context": {
            "tls_params": parameters,
            "alpn_protocols": list(protocols),
            "tls_certificates": [certificate],
            "validation_context": trusted,
        },
    }
    return {"name": "envoy.transport_sockets.tls", "typed_config": settings}


def _cleaning() -> Json:
    removed = [{"remove": name} for name in (EDGE_SECRET, *UNTRUSTED, "x-envoy-external-address")]
    peer = {"header": {"key": PEER, "value": PEER_ADDRESS}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
    settings = {
        "@type": f"{EXTENSIONS}.filters.http.header_mutation.v3.HeaderMutation",
        "mutations": {"request_mutations": [*removed, {"append": peer}]},
    }
    return {"name": "envoy.filters.http.header_mutation", "typed_config": settings}


def _secret(name: str) -> Json:
    generic = {
        "@type": f"{EXTENSIONS}.http.injected_credentials.generic.v3.Generic",
        "credential": {"name": name},
        "header": EDGE_SECRET,
    }
    settings = {
        "@type": f"{EXTENSIONS}.filters.http.credential_injector.v3.CredentialInjector",
        "overwrite": True,
        "credential": {"name": "envoy.http.injected_credentials.generic", "typed_config": generic},
    }
    return {"name": "envoy.filters.http.credential_injector", "typed_config": settings}
