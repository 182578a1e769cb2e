"""Replays change nothing: of the source topic onto the store, and of the line log onto an empty one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shared.events.topics import TELEMETRY
from shared.store.digest import digest
from tests.pipeline.kafka_groups import set_back, wait_for_group
from tests.pipeline.running import System
from tests.pipeline.stations import Plan, hour_text, of_hours, plan, recent_hours, telegram
from tests.pipeline.stored import hours_by_line

PLAN = plan("REPLAY", stations=6, lines=3)
INGEST_GROUP = "gastrack-ingest"


@dataclass(frozen=True)
class Before:
    """What the store said before anything was replayed."""

    ledger: dict[str, int]
    digest: dict[str, str]


def history(made: Plan) -> list[tuple[str, bytes]]:
    """Return telegrams with everything that can become of a reading: corrected, repeated, held, dead-lettered."""
    days = recent_hours(days=20)
    sent: list[tuple[str, bytes]] = []
    for station in made.stations:
        line = made.lines[station][0]
        sent += [
            (station, of_hours(made, station, range(first, first + 24), f"{station}/{first}"))
            for first in range(days.start, days.stop, 24)
        ]
        corrected = [hour_text(line, hour, volume_m3n=1.5) for hour in days[:30]]
        older = [hour_text(line, hour, volume_m3n=2.5) for hour in days[10:20]]
        bad = [hour_text(line, hour, volume_m3n=-1.0) for hour in days[40:43]]
        weak = [hour_text(line, hour, volume_m3n=3.5, quality="ESTIMATED") for hour in days[50:55]]
        sent += [
            (station, telegram(station, [(line, corrected)], f"{station}/corrected")),
            (station, telegram(station, [(line, older)], f"{station}/older", sent_ms=days.start * 3_600_000)),
            (station, telegram(station, [(line, [*bad, *weak]), ("UNKNOWN", bad)], f"{station}/bad")),
            (station, of_hours(made, station, days[100:124], f"{station}/again")),
            (station, b"{broken"),
        ]
    return sent


@pytest.fixture(scope="module")
def registered(running: System) -> System:
    """The system with these lines and their whole history."""
    running.register(PLAN.document("2020-01-01"))
    running.send(history(PLAN))
    return running


@pytest.fixture
def filled(registered: System) -> Before:
    """What the store says before a replay."""
    ledger = registered.ledger()
    assert min(ledger[name] for name in ("accepted", "repeated", "held", "dead_lettered")) > 0
    return Before(ledger, registered.store(digest))


def test_telemetry_replayed_adds_nothing(chain: System, filled: Before) -> None:
    """The group set back to 0, everything read again: the same received, the same outcomes, the same store."""
    chain.services["ingest"].process.stop()
    set_back(chain, INGEST_GROUP, TELEMETRY)
    chain.revive("ingest")
    wait_for_group(chain, INGEST_GROUP)
    chain.send([(PLAN.stations[0], b"{the end")])
    assert chain.ledger() == {
        **filled.ledger,
        "received": filled.ledger["received"] + 1,
        "dead_lettered": filled.ledger["dead_lettered"] + 1,
    }
    assert chain.store(digest) == filled.digest


@pytest.mark.parametrize("batch_records", [1, 64])
def test_the_line_log_replayed_gives_the_same_digest(chain: System, filled: Before, batch_records: int) -> None:
    """Whatever the batch size of validation and aggregation; the ledger holds and the rollups are true."""
    for name in ("validation", "aggregation"):
        chain.services[name].process.stop()
        chain.tell(name, GASTRACK_BATCH_RECORDS=str(batch_records))
        chain.revive(name)
    told = chain.gastrack("replay", "--wait", "280", "--json")
    assert told["same"], told
    assert told["before"] == filled.digest
    ledger = chain.ledger()
    assert {name: ledger[name] for name in ("accepted", "repeated", "held", "difference")} == {
        name: filled.ledger[name] for name in ("accepted", "repeated", "held", "difference")
    }
    assert chain.verify()["mismatches"] == []


def test_a_register_change_after_a_restart_keeps_the_lines_before_it(chain: System, filled: Before) -> None:
    """A worker that begins with a change of the register still knows what was registered before."""
    assert filled.ledger["difference"] == 0
    chain.services["validation"].process.stop()
    chain.revive("validation")
    other = plan("LATER", stations=1, lines=1)
    chain.register(other.document("2020-01-01"))
    station, day = PLAN.stations[1], recent_hours(days=40)[:24]
    chain.send([(station, of_hours(PLAN, station, day, f"{station}/late"))])
    chain.ledger()
    stored = hours_by_line(chain, station)
    assert all(set(day) <= set(stored[line]) for line in PLAN.lines[station])
