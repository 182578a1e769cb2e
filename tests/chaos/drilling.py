"""How drills are told, bounded and kept alive."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from shared.store.documents import Collection
from tests.pipeline.running import System, until
from tests.pipeline.stored import documents

CHAIN = ("ingest", "validation", "aggregation")
RECOVERED_WITHIN_SECONDS = 180.0
"""Session timeout 10 s, transaction of a dead writer 5 s, backoff and rejoining; the machine may be busy."""


def count_of(usual: int) -> int:
    """Return how often a drill repeats: `usual`, or what GASTRACK_DRILL_COUNT says for a short try."""
    return int(os.environ.get("GASTRACK_DRILL_COUNT", str(usual)))


def seconds_of(usual: float) -> float:
    """Return how long a drill lasts: `usual`, or what GASTRACK_DRILL_SECONDS says for a short try."""
    return float(os.environ.get("GASTRACK_DRILL_SECONDS", str(usual)))


@dataclass(slots=True)
class Diary:
    """What happened in a drill: faults, seconds until everything went on, services that had to be started again."""

    what: str
    times: str = "faults"
    seconds: list[float] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)

    def told(self, ledger: dict[str, int], telegrams: int) -> str:
        """Return the summary of a drill."""
        times = sorted(self.seconds) or [0.0]
        again = f"; started again by themselves dead: {', '.join(self.restarts)}" if self.restarts else ""
        return (
            f"\n{self.what}: {len(self.seconds)} {self.times}, {telegrams:,} telegrams; everything went on after "
            f"{median(times):.1f} s (median), {times[-1]:.1f} s (longest){again}\n  ledger {ledger}"
        )


def reached(system: System) -> dict[str, int]:
    """Return aggregation's offset in each partition."""
    found = documents(system, Collection.PROGRESS, {"_id": {"$regex": "^aggregation/"}})
    return {document["_id"]: document["offset"] for document in found}


def wait_until_all_goes_on(system: System, diary: Diary, since: float) -> None:
    """Wait until every partition has moved on (ticks alone move it every two seconds); start again who died."""
    stood = reached(system)

    def goes_on() -> bool:
        start_again_who_died(system, diary)
        now = reached(system)
        return len(now) == len(stood) and all(now[key] > offset for key, offset in stood.items())

    until(goes_on, RECOVERED_WITHIN_SECONDS, "every partition goes on")
    diary.seconds.append(time.monotonic() - since)


def start_again_who_died(system: System, diary: Diary, names: Sequence[str] = CHAIN) -> None:
    """Do what a supervisor does, and write it down: a service may end itself while a server is away."""
    for name in names:
        if not system.services[name].process.running:
            diary.restarts.append(name)
            system.revive(name)
