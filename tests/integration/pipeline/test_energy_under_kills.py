"""`kill -9` of each service while attributions change and analyses are corrected: every hour has its gas in the end."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest

from shared.domain import gas_time
from shared.events.topics import ANALYSES
from shared.runtime.kafka import producer
from shared.store.documents import Collection, hours_of
from tests.integration.pipeline.test_analyses import analysis, telegram
from tests.integration.pipeline.test_gas_quality import change
from tests.pipeline.meanwhile import WITHIN_S, Meanwhile
from tests.pipeline.running import System, until
from tests.pipeline.stations import of_hours, plan, recent_hours, volume_thousandths
from tests.pipeline.stored import documents

PLAN = plan("GASKILL", lines=2)
LINES = [line for station in PLAN.stations for line in PLAN.lines[station]]
HOURS = recent_hours(days=90)
CHROMATOGRAPHS = ("GK-A", "GK-B")
SPANS = (60, 7, 200, 1)
"""Hours that are corrected at a time: some are told again at once, some in parts."""
FIRST_GCV = 11_000_000
CHAIN = ("aggregation", "validation", "ingest", "aggregation")


@dataclass(slots=True)
class Expected:
    """What was told: calorific values by chromatograph and hour, and by line whose gas it carries from which hour."""

    gcv: dict[str, dict[int, int]] = field(
        default_factory=lambda: {name: dict.fromkeys(HOURS, FIRST_GCV + n) for n, name in enumerate(CHROMATOGRAPHS)}
    )
    words: dict[str, dict[int, str]] = field(
        default_factory=lambda: {line: {HOURS.start: CHROMATOGRAPHS[0]} for line in LINES}
    )

    def gcv_of(self, line: str, hour: int) -> int:
        """Return what an hour of a line has in the end."""
        start = max(start for start in self.words[line] if start <= hour)
        return self.gcv[self.words[line][start]][hour]


class Changing(Meanwhile):
    """Somebody who corrects analyses and changes attributions, one after the other."""

    def __init__(self, system: System, expected: Expected) -> None:
        super().__init__()
        self._system, self._expected, self._count = system, expected, 0

    def done(self) -> int:
        """Return how many changes there were."""
        return self._count

    def run(self) -> None:
        """Change."""
        for number in itertools.count():
            if self.ending.is_set():
                return
            self._correct(number)
            self._attribute(number)
            self._count += 1

    def _correct(self, number: int) -> None:
        name, first = CHROMATOGRAPHS[number % 2], HOURS[number * 211 % (len(HOURS) - max(SPANS))]
        hours, gcv = range(first, first + SPANS[number % len(SPANS)]), FIRST_GCV + 1_000 + number
        self._expected.gcv[name] |= dict.fromkeys(hours, gcv)
        put(self._system, name, dict.fromkeys(hours, gcv), sent=f"2026-11-21T{number // 60:02d}:{number % 60:02d}:00Z")

    def _attribute(self, number: int) -> None:
        line, hour = LINES[number % len(LINES)], HOURS[number * 307 % len(HOURS)]
        name = CHROMATOGRAPHS[number // 2 % 2]
        self._expected.words[line][hour] = name
        word = {"line": line, "from": gas_time.hour_text(hour), "chromatograph": name}
        document = json.dumps({"reason": "another way", "attributions": [word]}).encode()
        until(lambda: is_taken(self._system, document), WITHIN_S, "a change of the register")


def is_taken(system: System, document: bytes) -> bool:
    """Say whether the door has a change; while nobody is there it has not."""
    try:
        return system.post("/v1/topology/changes", document)[0] in {200, 202}
    except OSError:
        return False


def put(system: System, chromatograph: str, gcvs: dict[int, int], sent: str) -> None:
    """Write analyses to the topic, as a chromatograph does."""

    async def written() -> None:
        sender = producer(system.servers.kafka_bootstrap)
        await sender.start()
        hours = list(gcvs)
        for some in (hours[first : first + 1_000] for first in range(0, len(hours), 1_000)):
            told = [analysis(hour, composition_mol_percent=None, gcv_kwh_per_m3n=gcvs[hour] / 1e6) for hour in some]
            await sender.send_and_wait(
                ANALYSES.name, telegram(*told, chromatograph=chromatograph, sent=sent), partition=0
            )
        await sender.stop()

    asyncio.run(written())


def is_settled(system: System) -> bool:
    """Say whether every position stands at the same operation, with nothing left to be told again."""
    positions = documents(system, Collection.PROGRESS, {"_id": {"$regex": "^aggregation/"}})
    operations = {position["sources"].get("operations/0", [-1])[0] for position in positions}
    return len(operations) == 1 and not any(position.get("retelling") for position in positions)


def stored(system: System, told: Callable[[str, int], int]) -> int:
    """Compare every hour with what it should have; return how many there are."""
    count = 0
    for document in documents(system, Collection.LINE_DAYS):
        day = gas_time.hours_of_day(date.fromisoformat(document["_id"].rpartition("|")[2]))
        for hour, row in zip(day, hours_of(document["h"]), strict=False):
            gcv = told(document["l"], hour)
            energy = round(volume_thousandths(document["l"], hour) * gcv / 1e6)
            assert (int(row["gcv"]), abs(int(row["energy"]) - energy) <= 1) == (gcv, True), (document["l"], hour)
            count += 1
    return count


@pytest.mark.drill
def test_every_hour_has_its_gas_whoever_dies(own_system: System) -> None:
    """That of the last word on it; each earlier one is a revision; and the log says the same again."""
    own_system.start()
    own_system.register(PLAN.document("2020-01-01"))
    named = [{"id": name, "name": name} for name in CHROMATOGRAPHS]
    words = [{"line": line, "from": gas_time.hour_text(HOURS.start), "chromatograph": "GK-A"} for line in LINES]
    own_system.register(change(chromatographs=named, attributions=words))
    expected = Expected()
    for name in CHROMATOGRAPHS:
        put(own_system, name, expected.gcv[name], sent="2026-11-20T00:00:00Z")
    own_system.send([(station, of_hours(PLAN, station, HOURS, "K")) for station in PLAN.stations])
    with Changing(own_system, expected) as changing:
        for name in CHAIN:
            changing.wait_for(6)
            own_system.kill(name)
            own_system.revive(name)
        changing.wait_for(6)
    assert own_system.ledger(WITHIN_S)["difference"] == 0
    until(lambda: is_settled(own_system), WITHIN_S, "nothing left to be told again")
    assert stored(own_system, expected.gcv_of) == len(LINES) * len(HOURS)
    assert own_system.verify()
    replayed = own_system.gastrack("replay", "--json")
    assert replayed["same"] is True, replayed
