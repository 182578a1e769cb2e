"""Envoy as the demo starts it: a plain door and one with TLS, told apart by their secrets alone."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from deploy.local.demo_doors import DemoDoors
from deploy.local.envoy import Envoy
from deploy.local.http_question import client_context, get_json
from deploy.local.papers import Papers
from deploy.local.people import PEOPLE
from deploy.local.ports import free_ports
from tests.integration.edge.upstream import Upstream

FORGED = [
    *(("x-gastrack-edge", "forged"), ("x-gastrack-edge", "forged"), ("X-Gastrack_Edge", "forged")),
    *(("x-forwarded-client-cert", 'Cert="forged"'), ("x-forwarded-for", "10.0.0.1"), ("x-forwarded-proto", "https")),
]


@dataclass(frozen=True)
class Demo:
    """What a test needs to know of it."""

    doors: DemoDoors
    papers: Papers
    admin_port: int


@pytest.fixture(scope="module")
def demo(services: dict[str, Upstream], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Envoy with the demo's own doors and papers."""
    folder = tmp_path_factory.mktemp("demo")
    port, https_port, admin_port = free_ports(3)
    made = Demo(DemoDoors(port, https_port, certificate_required=False), Papers(folder), admin_port)
    made.papers.prepare()
    behind = {name: service.server_port for name, service in services.items()}
    opened = made.doors.doors(made.papers)
    envoy = Envoy(folder / "envoy", folder / "envoy.log", (port, admin_port), behind, doors=opened)
    envoy.start()
    envoy.wait_ready()
    yield made
    envoy.process.stop()


def headers(told: dict[str, Any], name: str) -> list[str]:
    """Return what the service got under a header's name."""
    return [value for got, value in told["headers"] if got == name]


def test_the_plain_door_has_its_own_secret_and_no_certificate(demo: Demo) -> None:
    """Whatever a client says."""
    connection = http.client.HTTPConnection("127.0.0.1", demo.doors.port, timeout=20)
    connection.putrequest("GET", "/v1/lines")
    for name, value in FORGED:
        connection.putheader(name, value)
    connection.endheaders()
    told = json.loads(connection.getresponse().read())
    connection.close()
    assert headers(told, "x-gastrack-edge") == [demo.papers.plain_secret.read_text().strip()]
    assert headers(told, "x-forwarded-client-cert") == []
    assert headers(told, "x-forwarded-for") == ["127.0.0.1"]
    assert headers(told, "x-forwarded-proto") == ["http"]
    assert "forged" not in str(told)


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_of_the_demo_comes_in_by_tls(demo: Demo, name: str) -> None:
    """By the other secret, with a certificate."""
    files = (demo.papers.certificate("authority"), demo.papers.certificate(name), demo.papers.key(name))
    told = get_json(f"{demo.doors.https_url}/v1/lines", client_context(*(str(file) for file in files)))
    assert told is not None
    assert headers(told, "x-gastrack-edge") == [demo.papers.tls_secret.read_text().strip()]
    assert len(headers(told, "x-forwarded-client-cert")) == 1


def test_envoys_admin_page_does_not_tell_the_secrets(demo: Demo) -> None:
    """Nor a key."""
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.admin_port}/config_dump?include_eds", timeout=20) as answer:
        told = answer.read().decode()
    assert "secret-of-the-tls-door" in told
    hidden = [demo.papers.tls_secret, demo.papers.plain_secret, demo.papers.key("server")]
    assert not [file for file in hidden if file.read_text().splitlines()[-1] in told]
    assert not [file for file in hidden if file.read_text().splitlines()[0] in told]
