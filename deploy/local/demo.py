"""The demo: everything on one machine, filled with three years of gas, until somebody ends it."""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from deploy.local import addresses, console, data_folder, history, kafka_jars, ports, simulator
from deploy.local.addresses import Addresses
from deploy.local.demo_doors import DemoDoors
from deploy.local.demo_register import DemoRegister
from deploy.local.ending import EndedError, Ending
from deploy.local.envoy import Envoy
from deploy.local.errors import ServerDiedError, StartError
from deploy.local.filling import History
from deploy.local.papers import Papers
from deploy.local.process import WatchedProcess
from deploy.local.readable import Edge
from deploy.local.servers import Servers
from deploy.local.services import PARTITIONS, REPOSITORY, Service, common_environment, five_services
from deploy.local.settled import settled
from deploy.local.supervisor import Supervisor
from shared.domain.gas_time import gas_day
from shared.runtime.kafka import ensure_topics

LOOK_EVERY_S = 0.2  # at every process: a death is told and a new start scheduled within that time
WATCHED_ARRIVING_HOURS = 12  # kept back from history, so that a newcomer sees new hours arrive at once: two minutes
REGISTER_WITHIN_S = 120.0
SERVERS, SERVICES, EDGE = 1, 2, 3  # layers, ended in the opposite order
GOOD, FAILED, WRONG_USE = 0, 1, 2


@dataclass
class Feed:
    """The simulated gateways as a process of their own."""

    process: WatchedProcess

    def start(self) -> None:
        """Start them; they go on from where the data folder says."""
        self.process.start()


class Demo:
    """One run of the demo on one data folder."""

    def __init__(self, folder: Path, ending: Ending, doors: DemoDoors) -> None:
        """Nothing is started yet."""
        self._folder = folder
        self._doors, self._papers = doors, Papers(folder)
        self._ending = ending
        self._logs = folder / "logs"
        self._lock = data_folder.FolderLock(folder)
        self._supervisor = Supervisor(console.complain)
        self._environment: dict[str, str] = {}

    def run(self, first_hour: int, *, live: bool) -> NoReturn:
        """Start everything, fill it, say that it is ready, and keep it alive until EndedError comes."""
        self._occupy()
        servers = self._start_servers()
        self._start_services(servers)
        access = DemoRegister(servers.mongo_uri, self._papers.certificates)
        access.take_in_staff()
        sent = self._register_once(first_hour)
        access.take_in_company(simulator.grid(), gas_day(sent.begin))
        until = max(sent.following, int(time.time() // 3600) - (WATCHED_ARRIVING_HOURS if live else 0))
        self._start_feed(until, live=live)
        ledger = partial(settled, self._folder, servers.mongo_uri, until)
        edge = Edge(self._doors.url, self._doors.context(self._papers))
        History(edge, sent.begin, until, ledger).wait_until_readable(self._look)
        for line in (*self._doors.told(self._papers), f"ready: {edge.url}"):
            console.say(line)
        while True:
            self._look()

    def stop(self) -> None:
        """End everything and forget the addresses."""
        self._supervisor.stop()
        if self._lock.held:
            addresses.remove(self._folder)
        self._lock.release()

    def _occupy(self) -> None:
        self._lock.take()
        data_folder.prepare(self._folder)
        addresses.remove(self._folder)
        self._doors.require_free()
        self._papers.prepare()

    def _start_servers(self) -> Servers:
        fetches = not os.environ.get("GASTRACK_KAFKA_BOOTSTRAP") and not kafka_jars.is_cached()
        console.say(f"Starting MongoDB and Kafka{' (Kafka is fetched first, once: 43 MB)' if fetches else ''} …")
        began = time.monotonic()
        servers = Servers(self._folder, [self._lock.descriptor])
        for server in servers.ours:
            self._supervisor.start(server, SERVERS)
        for server in servers.ours:
            server.wait_ready()
        asyncio.run(ensure_topics(servers.kafka_bootstrap, PARTITIONS))
        self._ending.check()
        console.say(f"MongoDB and Kafka are ready after {time.monotonic() - began:.1f} s.")
        return servers

    def _start_services(self, servers: Servers) -> None:
        """Start the five services and the edge, and publish their addresses."""
        self._environment = common_environment(servers.kafka_bootstrap, servers.mongo_uri)
        told = self._environment | self._doors.environment(self._papers)
        services = five_services(told, self._logs, [self._lock.descriptor])
        edge = self._edge({name: service.http_port for name, service in services.items() if service.http_port})
        for service in services.values():
            self._supervisor.start(service, SERVICES)
        self._supervisor.start(edge, EDGE)
        for service in services.values():
            service.wait_ready()
        edge.wait_ready()
        addresses.write(self._folder, self._addresses(servers, services))
        console.say(f"Five services are ready behind {edge.url}.")

    def _edge(self, behind: dict[str, int]) -> Envoy:
        """Return the edge with its doors, in front of services on some ports."""
        numbers, doors = (self._doors.port, ports.free_ports(1)[0]), self._doors.doors(self._papers)
        log, inherited = self._logs / "envoy.log", [self._lock.descriptor]
        return Envoy(self._folder / "envoy", log, numbers, behind, inherited, doors=doors)

    def _addresses(self, servers: Servers, services: dict[str, Service]) -> Addresses:
        return Addresses(
            kafka_bootstrap=servers.kafka_bootstrap,
            mongo_uri=servers.mongo_uri,
            http=self._doors.url,
            operations={name: service.operations for name, service in services.items()},
            **self._doors.identity(self._papers),
        )

    def _register_once(self, first_hour: int) -> history.Sent:
        """Register stations, lines and nodes on a new folder; on a used one say what is there."""
        if (sent := history.read(self._folder)) is not None:
            console.say(f"Found the data from {gas_day(sent.begin)} in {self._folder}.")
            return sent
        file = self._folder / "topology.yaml"
        file.write_text(simulator.topology_yaml(simulator.grid(), gas_day(first_hour)))
        command = [sys.executable, "-m", "gastrack", "topology", "apply", str(file)]
        apply = self._process("topology apply", command)
        apply.start()
        if apply.wait_for_end(REGISTER_WITHIN_S) != 0:
            raise ServerDiedError(f"The demo's lines could not be registered: {apply.log_tail()}")
        sent = history.Sent(first_hour, first_hour)
        history.write(self._folder, sent)
        return sent

    def _start_feed(self, until: int, *, live: bool) -> None:
        command = [sys.executable, "-m", "deploy.local.feed", str(self._folder), str(until)]
        process = self._process("simulator", [*command, "--live"] if live else command)
        self._supervisor.start(Feed(process), EDGE, finishes=not live)

    def _process(self, name: str, command: list[str]) -> WatchedProcess:
        environment = self._environment | {"GASTRACK_DATA": str(self._folder)}
        log = self._logs / f"{name.replace(' ', '-')}.log"
        return WatchedProcess(name, command, log, environment, [self._lock.descriptor], REPOSITORY)

    def _look(self) -> None:
        """See to everybody, then rest for a moment."""
        self._supervisor.check()
        self._ending.check()
        time.sleep(LOOK_EVERY_S)


def demo(
    span: str = "3y",
    port: int = 8080,
    *,
    live: bool = True,
    https_port: int | None = None,
    certificate_required: bool = False,
) -> int:
    """Run the demo until it is ended; exit code 0 if somebody ended it, 1 if it could not run, 2 for a wrong span."""
    try:
        first_hour = history.first_hour(span, int(time.time() // 3600))
    except history.WrongSpanError as error:
        console.complain(str(error))
        return WRONG_USE
    ending = Ending()
    doors = DemoDoors.chosen(port, https_port, certificate_required=certificate_required)
    running = Demo(data_folder.chosen_folder(), ending, doors)
    try:
        running.run(first_hour, live=live)
    except StartError as error:
        console.complain(str(error))
        return FAILED
    except EndedError:
        console.complain("Ending …")
        return GOOD
    finally:
        ending.ignore_further()
        running.stop()
        ending.restore()
