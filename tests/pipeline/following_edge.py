"""Envoy over TLS that is told by files which processes a service has: as Kubernetes tells an edge by endpoints."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from deploy.edge.doors import Address, AddressFile, Door, Tls
from deploy.edge.envoy import endpoints, envoy_settings
from deploy.edge.routes import SERVICES
from deploy.local import http_question
from deploy.local.envoy import program
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.process import WatchedProcess
from deploy.local.services import Service
from tests.integration.edge.papers import Papers

START_WITHIN_SECONDS = 30.0


class FollowingEdge:
    """The edge in front of processes that come and go."""

    def __init__(self, folder: Path, papers: Papers) -> None:
        self._folder = folder
        port, admin_port = free_ports(2)
        self._admin = f"http://{LOOPBACK}:{admin_port}"
        self.url = f"https://{LOOPBACK}:{port}"
        self.trust = ssl.create_default_context(cafile=papers.certificate("authority"))
        certificate, key, authority = papers.certificate("edge"), papers.key("edge"), papers.certificate("authority")
        tls = Tls(str(certificate), str(key), str(authority))
        files = {name: AddressFile(str(self._file(name))) for name in SERVICES}
        told = envoy_settings(
            [Door(Address(LOOPBACK, str(port)), None, tls)], files, Address(LOOPBACK, str(admin_port))
        )
        folder.mkdir(parents=True, exist_ok=True)
        settings = folder / "envoy.yaml"
        settings.write_text(yaml.safe_dump(told), encoding="utf-8")
        command = [str(program()), "--config-path", str(settings), "--log-level", "warn", "--disable-hot-restart"]
        self.process = WatchedProcess("Envoy", [*command, "--concurrency", "2"], folder / "envoy.log")

    def start(self, services: Mapping[str, Service]) -> None:
        """Start it in front of a process of each service, and wait until it takes connections."""
        for name in SERVICES:
            self._write(name, [services[name]] if name in services else [])
        self.process.start()
        self.process.wait_until(lambda: http_question.is_ok(f"{self._admin}/ready"), START_WITHIN_SECONDS)

    def lead(self, name: str, *processes: Service) -> None:
        """Let requests go to these processes of a service from now on; return once it does so."""
        self._write(name, processes)
        wanted = {process.http_port for process in processes}
        self.process.wait_until(lambda: self._led(name) == wanted, START_WITHIN_SECONDS)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _write(self, name: str, processes: Sequence[Service]) -> None:
        addresses = [Address(LOOPBACK, str(process.http_port)) for process in processes]
        draft = self._folder / f"{name}.draft"
        draft.write_text(json.dumps(endpoints(name, addresses)), encoding="utf-8")
        draft.replace(self._file(name))  # a file that is written in its place is not read again

    def _led(self, name: str) -> set[int]:
        """Return to which ports the edge leads what is asked of a service."""
        told: Any = http_question.get_json(f"{self._admin}/clusters?format=json")
        (cluster,) = [each for each in told["cluster_statuses"] if each["name"] == name]
        hosts = cluster.get("host_statuses", ())
        return {host["address"]["socket_address"]["port_value"] for host in hosts}
