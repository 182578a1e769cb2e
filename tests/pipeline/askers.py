"""Those who ask a running system through its edge, again and again, and keep each answer that is not as it must be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import httpx2

from tests.pipeline.flow import Flow
from tests.pipeline.following_edge import FollowingEdge
from tests.pipeline.meanwhile import Meanwhile
from tests.pipeline.running import System
from tests.pipeline.stations import Plan

PATIENCE_SECONDS = 60.0


def client(edge: FollowingEdge) -> httpx2.Client:
    """Return a client that trusts the edge, keeps its connections, and tries nothing a second time."""
    return httpx2.Client(base_url=edge.url, verify=edge.trust, timeout=PATIENCE_SECONDS)


class Asker(Meanwhile):
    """Asks for one path after the other; each answer is whole, and says that all is well."""

    def __init__(self, edge: FollowingEdge, paths: Sequence[str]) -> None:
        super().__init__()
        self._edge, self._paths = edge, paths
        self.answers = 0
        self.failures: list[str] = []

    def done(self) -> int:
        """Return how often it was answered, however."""
        return self.answers

    def run(self) -> None:
        """Ask until the end."""
        with client(self._edge) as asking:
            for path in cycle(self._paths):
                if self.ending.is_set():
                    return
                self._ask(asking, path)
                self.answers += 1

    def _ask(self, asking: httpx2.Client, path: str) -> None:
        try:
            answer = asking.get(path)
        except httpx2.HTTPError as fault:
            self.failures.append(f"{path}: {fault!r}")
            return
        if answer.status_code != httpx2.codes.OK:
            self.failures.append(f"{path}: {answer.status_code} {answer.text[:200]}")


class Gateway(Flow):
    """Delivers telegrams by HTTP, each once: one that is not taken is a failure, and is missing then."""

    def __init__(
        self, edge: FollowingEdge, system: System, plan: Plan, hours: range, telegrams_per_second: float
    ) -> None:
        super().__init__(system, plan, hours, telegrams_per_second)
        self._edge = edge
        self.failures: list[str] = []

    def run(self) -> None:
        """Deliver until the end."""
        with client(self._edge) as delivering:
            for station, body in self.telegrams_due():
                try:
                    answer = delivering.post("/v1/readings", content=body, headers={"Content-Type": "application/json"})
                except httpx2.HTTPError as fault:
                    self.failures.append(f"a telegram of {station}: {fault!r}")
                    continue
                if answer.status_code != httpx2.codes.ACCEPTED:
                    self.failures.append(f"a telegram of {station}: {answer.status_code} {answer.text[:200]}")


class Listener(Meanwhile):
    """Listens to the change feed; when a stream ends he goes on behind its last event, as browsers do by themselves.

    He notices that he is to end at the next sign of life; where nothing changes that takes 15 seconds.
    """

    def __init__(self, edge: FollowingEdge) -> None:
        super().__init__()
        self._edge = edge
        self.events = 0
        self.ends = 0
        self.failures: list[str] = []

    def done(self) -> int:
        """Return how many events came."""
        return self.events

    def run(self) -> None:
        """Listen until the end."""
        last: dict[str, str] = {}
        with client(self._edge) as asking:
            while not self.ending.is_set():
                try:
                    self._listen(asking, last)
                except httpx2.HTTPError as fault:
                    self.failures.append(f"stream {self.ends}: {fault!r}")

    def _listen(self, asking: httpx2.Client, last: dict[str, str]) -> None:
        """Listen to one stream, until it ends as it should: by the other side, with its last piece."""
        with asking.stream("GET", "/v1/stream", headers=last) as answer:
            if answer.status_code != httpx2.codes.OK:
                self.failures.append(f"stream {self.ends}: {answer.status_code}")
                return
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    last["Last-Event-ID"] = line.removeprefix("id: ")
                    self.events += 1
                if self.ending.is_set():
                    return
        self.ends += 1
