"""Who uses the services while they are replaced: corrects hours, reads and downloads, of each process in turn."""

from __future__ import annotations

import http.client
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.local.ports import LOOPBACK
from deploy.local.services import Service
from gastrack.http_calls import call
from shared.store.documents import Collection
from tests.pipeline.meanwhile import Meanwhile
from tests.pipeline.running import System
from tests.pipeline.stations import Plan, hour_text, telegram
from tests.pipeline.stored import documents, hours_by_line, volumes

HOURS_CORRECTED = 10
"""Of each station; corrected one after the other, and from the beginning again: each says something else often."""
FIRST_THOUSANDTHS = 100_000


class Users(Meanwhile):
    """Ask the processes of a service in turn. Whoever is in `open` answers, and answers well."""

    def __init__(self, plan: Plan, hours: range, open_services: Mapping[str, Sequence[Service]]) -> None:
        super().__init__()
        self.said: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.refused: list[tuple[str, int, Any]] = []
        self.turns = 0
        self._plan, self._hours, self._open = plan, hours[-HOURS_CORRECTED:], open_services

    def done(self) -> int:
        """Return how often something was corrected, read and downloaded."""
        return self.turns

    def run(self) -> None:
        """Do so again and again."""
        while not self.ending.is_set():
            self._correct()
            line = self._plan.lines[self._plan.stations[0]][0]
            self._read("query", f"/v1/lines/{line}/measurements?from=2026-10-01&to=2026-10-08")
            self._read("query", "/v1/changes?limit=5")
            self._read("export", f"/v1/download?line={line}&from=2026-10-01&to=2026-10-08&format=json")
            self.turns += 1

    def _correct(self) -> None:
        """Say something else of the next hour: each telegram names one hour of the lines of a station."""
        count = len(self._plan.stations)
        station, hour = self._plan.stations[self.turns % count], self._hours[self.turns // count % HOURS_CORRECTED]
        volume = FIRST_THOUSANDTHS + self.turns
        texts = [(line, [hour_text(line, hour, volume_m3n=volume / 1000)]) for line in self._plan.lines[station]]
        answer = self._asked("ingest", "/v1/readings", telegram(station, texts, f"{station}/{self.turns}"))
        if answer[0] != http.client.ACCEPTED:
            self.refused.append(("/v1/readings", *answer))
        for line in self._plan.lines[station]:
            self.said[line, hour].append(volume)

    def _read(self, name: str, path: str) -> None:
        answer = self._asked(name, path)
        if answer[0] != http.client.OK:
            self.refused.append((path, *answer))

    def _asked(self, name: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        """Ask the next process; another one where this one was taken away meanwhile."""
        while True:
            candidates = self._open[name]
            service = candidates[self.turns % len(candidates)]
            status, answer = asked(service, path, body)
            if status or service in self._open[name]:
                return status, answer

    def assert_all_happened(self, system: System) -> None:
        """Check that nobody was turned away, that each hour says what was said last, and all it said before."""
        assert self.refused == []
        prefix = self._plan.stations[0].split("-")[0]
        stored = {line: volumes(hours) for line, hours in hours_by_line(system, prefix).items()}
        assert {(line, hour): volume for line, hours in stored.items() for hour, volume in hours.items()} == {
            key: volumes_said[-1] for key, volumes_said in self.said.items()
        }
        earlier = documents(system, Collection.REVISIONS, {"line": {"$regex": f"^{prefix}"}})
        assert len(earlier) == sum(len(volumes_said) - 1 for volumes_said in self.said.values())
        assert len(earlier) > len(self.said)


def asked(service: Service, path: str, body: bytes | None = None) -> tuple[int, Any]:
    """Return status and answer of one process; status 0 where it does not answer."""
    try:
        return call(f"http://{LOOPBACK}:{service.http_port}{path}", body)
    except (OSError, http.client.HTTPException) as fault:
        return 0, repr(fault)
