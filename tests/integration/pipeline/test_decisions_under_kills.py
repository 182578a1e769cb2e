"""`kill -9` of each service of the chain while operators decide: each decision happens once, whoever dies meanwhile."""

from __future__ import annotations

import json

from shared.domain import gas_time
from shared.store.documents import Collection
from tests.pipeline.meanwhile import WITHIN_S, Meanwhile
from tests.pipeline.running import System, until
from tests.pipeline.stations import plan, recent_hours, telegram
from tests.pipeline.stored import documents, hours_by_line
from tests.scenarios.telling import usual

PLAN = plan("MIND", stations=4, lines=1)
HOURS = recent_hours(days=30)
CHAIN = ("ingest", "validation", "aggregation")
PAUSE_S = 0.02


class Deciding(Meanwhile):
    """An operator who corrects one hour after the other, and asks again where he got no answer."""

    def __init__(self, system: System) -> None:
        super().__init__()
        self.decided: list[tuple[str, int]] = []
        self._system = system

    def done(self) -> int:
        """Return how many decisions have been handed in."""
        return len(self.decided)

    def run(self) -> None:
        """Decide."""
        lines = [PLAN.lines[station][0] for station in PLAN.stations]
        for hour in HOURS:
            for line in lines:
                if self.ending.is_set():
                    return
                self._decide(line, hour)

    def _decide(self, line: str, hour: int) -> None:
        told = {"start": start(hour), "revision": 1, "volume_m3n": corrected(hour)}
        decision = {"kind": "correct", "line": line, "author": "an", "reason": "a drill", "hours": [told]}
        body = json.dumps(decision).encode()
        while self._system.post("/v1/decisions?wait=0", body)[0] != 202:
            if self.ending.wait(PAUSE_S * 10):
                return
        self.decided.append((line, hour))
        self.ending.wait(PAUSE_S)


def start(hour: int) -> str:
    """Return an hour's start."""
    return f"{gas_time.hour_start(hour):%Y-%m-%dT%H:%M:%SZ}"


def corrected(hour: int) -> float:
    """Return what an hour is corrected to."""
    return 700 + hour % 100 / 4


def test_each_decision_happens_once_whoever_dies(own_system: System) -> None:
    """Every hour that was decided says so, as its second revision; every decision has one outcome."""
    own_system.start(*CHAIN)
    own_system.register(PLAN.document("2020-01-01"))
    own_system.send(
        [
            (station, telegram(station, [(line, [{"start": start(hour), **usual(hour)} for hour in HOURS])], station))
            for station, (line,) in PLAN.lines.items()
        ]
    )
    own_system.ledger(WITHIN_S)
    with Deciding(own_system) as deciding:
        for name in CHAIN:
            deciding.wait_for(20)
            own_system.kill(name)
            own_system.revive(name)
        deciding.wait_for(20)
    wanted = set(deciding.decided)
    until(lambda: wanted <= superseded(own_system), WITHIN_S, "every decision taken")
    stored = hours_by_line(own_system, "MIND")
    said = {
        (line, hour): (int(row["revision"]), int(row["volume"]))
        for line in stored
        for hour, row in stored[line].items()
    }
    changed = {key: told for key, told in said.items() if told[0] != 1}
    assert wanted <= set(changed)
    assert all(told == (2, round(corrected(hour) * 1000)) for (_, hour), told in changed.items())
    assert superseded(own_system) == set(changed)
    assert own_system.verify()["mismatches"] == []


def superseded(system: System) -> set[tuple[str, int]]:
    """Return the hours whose first revision was replaced."""
    found = documents(system, Collection.REVISIONS, {"line": {"$regex": "^MIND"}})
    return {(document["line"], document["hour"]) for document in found}
