"""A store that was brought back from a backup goes on with Kafka as it is now; with another Kafka nobody goes on."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from deploy.local.services import PARTITIONS
from shared.events.topics import VALIDATED
from shared.runtime.kafka import ensure_topics
from shared.store.digest import digest
from shared.store.documents import Collection
from tests.pipeline.backups import back_up, lose_kafka, restore
from tests.pipeline.kafka_groups import remove_all
from tests.pipeline.running import System, until
from tests.pipeline.stations import Plan, hour_text, of_hours, plan, recent_hours, telegram
from tests.pipeline.stored import documents

PLAN = plan("RESTORE", lines=1)
WORKERS = ("ingest", "validation", "aggregation")
BLOCKS = 2_100
"""Telegrams of one station after the backup: beyond two blocks of what ingest reads again by itself."""


def before_the_backup(made: Plan) -> list[tuple[str, bytes]]:
    """Return ten days of every line, and what cannot be read."""
    hours = recent_hours(days=10)
    return [(station, of_hours(made, station, hours, f"{station}/first")) for station in made.stations] + [
        (station, b"{broken") for station in made.stations
    ]


def after_the_backup(made: Plan) -> list[tuple[str, bytes]]:
    """Return corrections of all lines, and many telegrams of one station: new, repeated, held, and dead letters."""
    first, hours = made.stations[0], recent_hours(days=90)
    line = made.lines[first][0]
    sent = [(first, of_hours(made, first, [hour], f"{first}/{hour}")) for hour in hours[:BLOCKS]]
    for station in made.stations:
        corrected = [hour_text(made.lines[station][0], hour, volume_m3n=1.5) for hour in hours[-30:]]
        sent += [(station, telegram(station, [(made.lines[station][0], corrected)], f"{station}/corrected"))]
    weak = [hour_text(line, hour, volume_m3n=3.5, quality="ESTIMATED") for hour in hours[-60:-50]]
    bad = [hour_text(line, hour, volume_m3n=-1.0) for hour in hours[-5:]]
    return [*sent, (first, telegram(first, [(line, [*weak, *bad])], "weak and bad")), (first, b"{broken again")]


def stop_workers(system: System) -> None:
    """Stop those who write the store."""
    for name in WORKERS:
        system.services[name].process.stop()


def has_refused(system: System, name: str) -> bool:
    """Say whether a service has told that it holds still."""
    return "AnotherTopicError" in system.services[name].process.log.read_text()


def said(system: System) -> dict[str, Any]:
    """Return all that must be as if nothing had happened: the digest, the ledger, dead letters with their bytes.

    Ingest adds the bytes of what validation refused some seconds later.
    """
    ledger, without = system.ledger(), {"by": "validation", "original": None}
    until(lambda: not documents(system, Collection.DEAD_LETTERS, without), 60, "the bytes of every dead letter")
    return {
        "ledger": ledger,
        "digest": system.store(digest),
        "dead letters": documents(system, Collection.DEAD_LETTERS),
        "originals": {one["_id"] for one in documents(system, Collection.ORIGINALS)},
    }


def test_a_store_from_a_backup_goes_on_where_it_stands(own_system: System, tmp_path: Path) -> None:
    """After `replay --from-store` all is as in the undisturbed store; even answers that are gone come again."""
    system, backup = own_system, tmp_path / "backup"
    system.start(*WORKERS)
    system.register(PLAN.document("2020-01-01"))
    system.send(before_the_backup(PLAN))
    system.ledger()
    back_up(system, backup)
    other = plan("LATER", stations=1, lines=1)
    system.register(other.document("2020-01-01"))
    system.send(after_the_backup(PLAN))
    undisturbed = said(system)
    assert min(undisturbed["ledger"][name] for name in ("accepted", "held", "dead_lettered")) > 0

    assert "Somebody still works" in system.gastrack("replay", "--from-store", code=1)
    stop_workers(system)
    restore(system, backup)
    remove_all(system, VALIDATED)
    told = system.gastrack("replay", "--from-store", "--json")
    assert set(told["groups"]) == {"gastrack-ingest", "gastrack-validation", "gastrack-aggregation"}
    assert told["uncounted"] == {}
    system.start(*WORKERS)
    until(lambda: system.store(digest) == undisturbed["digest"], 60, "the digest of the undisturbed store")
    assert said(system) == undisturbed
    assert system.verify()["mismatches"] == []


def test_with_another_kafka_nobody_goes_on(own_system: System) -> None:
    """New topics under a store that knows more: workers hold still and say why, nothing is dropped, readers read."""
    system = own_system
    system.start(*WORKERS, "query")
    system.register(PLAN.document("2020-01-01"))
    system.send(before_the_backup(PLAN))
    before = said(system)
    stop_workers(system)
    lose_kafka(system)
    assert "Kafka has no topic" in system.gastrack("replay", "--from-store", code=1)
    asyncio.run(ensure_topics(system.servers.kafka_bootstrap, PARTITIONS))
    assert "this is another topic" in system.gastrack("replay", "--from-store", code=1)
    for name in WORKERS:
        system.services[name].start()
    for name in WORKERS:
        until(partial(has_refused, system, name), 60, f"a refusal of {name}")
    system.send([(PLAN.stations[0], of_hours(PLAN, PLAN.stations[0], recent_hours(days=12)[:24], "new"))])
    assert said(system) == before
    line = PLAN.lines[PLAN.stations[0]][0]
    assert system.get(f"/v1/lines/{line}")["id"] == line
