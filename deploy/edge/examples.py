"""The settings as operators find them: names in the place of addresses and files, to be filled in with envsubst."""

from __future__ import annotations

import yaml

from deploy.edge.doors import Address, Door, Tls
from deploy.edge.envoy import envoy_settings
from deploy.edge.nginx import nginx_settings
from deploy.edge.routes import SERVICES

NAMES = {
    "EDGE_HOST": "address that the edge listens on",
    "EDGE_PORT": "its port, as a rule 443",
    "EDGE_SECRET_FILE": "the file of the secret that the services know too",
    "SERVER_CERTIFICATE": "PEM: the edge's certificate, then the authorities between it and the root",
    "SERVER_KEY": "PEM: its key",
    "CLIENT_AUTHORITIES": "PEM: the authorities whose certificates clients may show",
    **{
        f"{service.upper()}_{part}": f"{words} of {service}'s HTTP face"
        for service in SERVICES
        for part, words in (("HOST", "address"), ("PORT", "port"))
    },
    "ADMIN_HOST": "Envoy only: address of its admin page, never one that others reach",
    "ADMIN_PORT": "Envoy only: port of its admin page",
    "STATE_FOLDER": "nginx only: folder for its pid and its temporary files",
}
"""Every name that stands in the examples, and what it is."""


def envoy_example() -> str:
    """Return deploy/edge/envoy.yaml."""
    settings = envoy_settings([_door()], _services(), Address("${ADMIN_HOST}", "${ADMIN_PORT}"))
    head = "# Written by deploy/edge/envoy.py; deploy/edge/README.md says how to use it.\n"
    return head + yaml.dump(settings, Dumper=_Plain, sort_keys=False, width=120)


def nginx_example() -> str:
    """Return deploy/edge/nginx.conf."""
    return nginx_settings(_door(), _services(), "${STATE_FOLDER}")


def names_table() -> str:
    """Return the names as rows of a table in markdown."""
    return "".join(f"| `{name}` | {words} |\n" for name, words in NAMES.items())


def _door() -> Door:
    tls = Tls("${SERVER_CERTIFICATE}", "${SERVER_KEY}", "${CLIENT_AUTHORITIES}")
    return Door(Address("${EDGE_HOST}", "${EDGE_PORT}"), "${EDGE_SECRET_FILE}", tls, lasting=True)


def _services() -> dict[str, Address]:
    return {name: Address(f"${{{name.upper()}_HOST}}", f"${{{name.upper()}_PORT}}") for name in SERVICES}


class _Plain(yaml.SafeDumper):
    """Writes everything out: anchors would be one more thing to understand."""

    def ignore_aliases(self, _: object) -> bool:
        return True
