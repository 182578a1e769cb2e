"""A system of five services that a Prometheus scrapes, and what drills of alerts do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from deploy.local.prometheus import PROMETHEUS, Prometheus
from deploy.local.services import SERVICES
from tests.chaos.alerts.hurrying import hurried
from tests.chaos.drilling import Diary, start_again_who_died
from tests.pipeline.running import System, until
from tests.pipeline.stations import plan, recent_hours

needs_prometheus = pytest.mark.skipif(PROMETHEUS.find() is None, reason=PROMETHEUS.sentence)
PLAN = plan("ALERT", stations=8, lines=3)
LINES = [line for station in PLAN.stations for line in PLAN.lines[station]]
HOURS = recent_hours(days=1_000)
TELEGRAMS_PER_SECOND = 10.0
FIRES_WITHIN_SECONDS = 300.0
"""Windows and waits are a minute in a hurry; servers come and go; clients are counted each minute, lines every two."""
ENDS_WITHIN_SECONDS = 420.0
"""The longest window, a week, is three minutes in a hurry; the store's caches may be cold, and the machine busy."""


def nothing() -> None:
    """Do nothing while an alert is waited for."""


@dataclass
class Watched:
    """The system, those of its services that run, and Prometheus.

    Drills name their alerts where they wait for them, in words: a test of the architecture looks for the names there.
    """

    system: System
    services: Sequence[str]
    prometheus: Prometheus

    def fire(
        self, *names: str, meanwhile: Callable[[], object] = nothing, within_seconds: float = FIRES_WITHIN_SECONDS
    ) -> None:
        """Wait until each of these alerts has fired; do something again and again meanwhile."""
        silent = set(names)

        def told() -> bool:
            meanwhile()
            silent.difference_update(self.prometheus.alerts("firing"))
            return not silent

        try:
            until(told, within_seconds, f"{names} fire")
        except AssertionError as late:
            raise AssertionError(f"silent: {sorted(silent)}") from late

    def are_silent(self, *names: str, meanwhile: Callable[[], object] = nothing) -> None:
        """Wait until these alerts do not fire; whoever died meanwhile is started again, as a supervisor does."""
        diary = Diary("alerts")

        def firing() -> set[str]:
            return set(names) & self.prometheus.alerts("firing")

        def silent() -> bool:
            meanwhile()
            start_again_who_died(self.system, diary, self.services)
            return not firing()

        try:
            until(silent, ENDS_WITHIN_SECONDS, f"{names} are silent")
        except AssertionError as late:
            raise AssertionError(f"firing: {sorted(firing())}") from late

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Kill a service or a server, and start it again in the end."""
        self.system.kill(name)
        try:
            yield
        finally:
            self.system.revive(name)

    @contextmanager
    def told(self, name: str, **settings: str) -> Iterator[None]:
        """Start a service anew with other settings, and in the end with those that it had."""
        process = self.system.services[name].process
        usual = process.environment
        self.system.tell(name, **settings)
        self._begin_anew(name)
        try:
            yield
        finally:
            process.environment = usual
            self._begin_anew(name)

    def _begin_anew(self, name: str) -> None:
        self.system.services[name].process.stop()
        self.system.revive(name)


@contextmanager
def watching(system: System, services: Sequence[str] = SERVICES) -> Iterator[Watched]:
    """Give a system with a Prometheus that scrapes its services every second, its rules in a hurry."""
    operations = {name: system.services[name].operations for name in services}
    prometheus = Prometheus(system.folder / "prometheus", operations, hurried)
    prometheus.start()
    try:
        prometheus.wait_ready()
        yield Watched(system, services, prometheus)
    finally:
        prometheus.process.stop()
