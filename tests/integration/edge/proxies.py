"""Both proxies with the settings of deploy/edge, filled in as an operator fills them in."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from deploy.edge.doors import Address, Door, Tls
from deploy.edge.envoy import envoy_settings
from deploy.local import http_question
from deploy.local.envoy import program
from deploy.local.nginx import Nginx, included_secret, settings_of
from deploy.local.ports import free_ports
from deploy.local.process import WatchedProcess
from tests.integration.edge.papers import Papers

EXAMPLES = Path(__file__).parents[3] / "deploy" / "edge"
SECRET = "5ec7e7" * 8
START_WITHIN_SECONDS = 30.0


@dataclass
class Proxy:
    """A running proxy, and what a test needs to know of it."""

    kind: str
    port: int
    admin: int
    papers: Papers
    processes: list[WatchedProcess] = field(default_factory=list)

    def stop(self) -> None:
        """End it."""
        for process in self.processes:
            process.stop()


def filled_in(kind: str, folder: Path, papers: Papers, services: Mapping[str, int]) -> Proxy:
    """Start a proxy with its example of deploy/edge."""
    port, admin = free_ports(2)
    example = EXAMPLES / {"envoy": "envoy.yaml", "nginx": "nginx.conf"}[kind]
    names = {
        "EDGE_HOST": "127.0.0.1",
        "EDGE_PORT": str(port),
        "ADMIN_HOST": "127.0.0.1",
        "ADMIN_PORT": str(admin),
        "STATE_FOLDER": str(folder),
        "EDGE_SECRET_FILE": _secret(kind, folder),
        "SERVER_CERTIFICATE": str(papers.certificate("edge")),
        "SERVER_KEY": str(papers.key("edge")),
        "CLIENT_AUTHORITIES": str(papers.certificate("authority")),
        **{f"{service.upper()}_HOST": "127.0.0.1" for service in services},
        **{f"{service.upper()}_PORT": str(number) for service, number in services.items()},
    }
    text = string.Template(example.read_text("utf-8")).safe_substitute(names)  # leaves nginx's own $names, as envsubst
    return _started(kind, folder, text, Proxy(kind, port, admin, papers))


def demanding(kind: str, folder: Path, papers: Papers, services: Mapping[str, int]) -> Proxy:
    """Start a proxy that demands certificates, and reads the list of revoked ones."""
    port, admin = free_ports(2)
    edge, authority = papers.certificate("edge"), papers.certificate("authority")
    tls = Tls(str(edge), str(papers.key("edge")), str(authority), str(papers.revocations), demanded=True)
    door = Door(Address("127.0.0.1", str(port)), _secret(kind, folder), tls)
    if kind == "nginx":
        text = settings_of(door, services, folder)
    else:
        behind = {name: Address("127.0.0.1", str(number)) for name, number in services.items()}
        text = yaml.dump(envoy_settings([door], behind, Address("127.0.0.1", str(admin))))
    return _started(kind, folder, text, Proxy(kind, port, admin, papers))


def _secret(kind: str, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "edge-secret"
    file.write_text(SECRET + "\n")
    return str(included_secret(file, folder) if kind == "nginx" else file)


def _started(kind: str, folder: Path, text: str, proxy: Proxy) -> Proxy:
    log = folder / f"{kind}.log"
    if kind == "nginx":
        nginx = Nginx(folder, log, proxy.port, text)
        nginx.start()
        nginx.wait_ready()
        proxy.processes.append(nginx.process)
        return proxy
    file = folder / "envoy.yaml"
    file.write_text(text, encoding="utf-8")
    command = [str(program()), "--config-path", str(file), "--log-level", "warn", "--disable-hot-restart"]
    envoy = WatchedProcess("Envoy", [*command, "--concurrency", "1"], log)
    envoy.start()
    proxy.processes.append(envoy)
    envoy.wait_until(lambda: http_question.is_ok(f"http://127.0.0.1:{proxy.admin}/ready"), START_WITHIN_SECONDS)
    return proxy
