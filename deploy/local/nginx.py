"""nginx from a Debian package: the other proxy that the edge's settings are written for.

`python -m deploy.local.nginx` makes sure of it and prints its path; without it the edge is tested on Envoy alone.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.edge.doors import Address, Door
from deploy.edge.nginx import nginx_settings
from deploy.local.debian_program import DebianProgram
from deploy.local.process import WatchedProcess

NGINX = DebianProgram(
    names=("nginx",),
    package="nginx",
    setting="GASTRACK_NGINX",
    sentence="The edge is tested on Envoy alone, for there is no nginx: install it (sudo apt-get install nginx), "
    "or set GASTRACK_NGINX to its path.",
    serves=True,
)
START_WITHIN_S = 30.0  # 0.1 s measured
ALONE = "daemon off; master_process off; error_log stderr warn;"  # one process, which ends when we end


class Nginx:
    """nginx as the edge: `settings` is the whole of nginx.conf."""

    def __init__(self, folder: Path, log: Path, port: int, settings: str, inherited: Sequence[int] = ()) -> None:
        """Write and start nothing yet; the folder is for its settings and its temporary files."""
        self._folder, self._settings, self._port = folder, settings, port
        command = [NGINX.require(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", ALONE]
        self.process = WatchedProcess("nginx", command, log, {}, inherited)

    def start(self) -> None:
        """Write the settings, start the server and do not wait for it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "nginx.conf").write_text(self._settings)
        self.process.start()

    def wait_ready(self) -> None:
        """Wait until it takes connections. Raises ServerDiedError if it ends or does not come up."""
        self.process.wait_until(self._takes_connections, START_WITHIN_S)

    def _takes_connections(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
        except OSError:
            return False
        return True


def included_secret(secret_file: Path, folder: Path) -> Path:
    """Write the file that nginx includes for a door's secret, for its owner's eyes only, and return its path."""
    secret = secret_file.read_text().strip()
    path = folder / "edge-secret.conf"
    path.touch(mode=0o600)
    path.write_text(f'map $host $gastrack_edge_secret {{ default "{secret}"; }}\n')
    return path


def settings_of(door: Door, service_ports: Mapping[str, int], folder: Path) -> str:
    """Return nginx.conf for services on loopback ports."""
    services = {name: Address("127.0.0.1", str(port)) for name, port in service_ports.items()}
    return nginx_settings(door, services, str(folder))


if __name__ == "__main__":
    sys.exit(NGINX.main(needed=False))
