"""One telegram is followed through the logs of the running services by one name; no log holds what it measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.pipeline.running import System, until
from tests.pipeline.stations import hour_text, plan, recent_hours, telegram

PLAN = plan("FOLLOWED", lines=1)
TELLING = 13579.135
"""A volume that nothing else has; as it travels it is 13579135 thousandths."""


@pytest.fixture(scope="module", autouse=True)
def _registered(running: System) -> None:
    """The lines are known."""
    running.register(PLAN.document("2020-01-01"))


def lines(system: System, service: str) -> list[dict[str, Any]]:
    """Return the lines of a service's log that are ours."""
    text = system.services[service].process.log.read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def those_of(system: System, service: str, name: str) -> list[dict[str, Any]]:
    """Return the lines of a service that name a record."""
    return [line for line in lines(system, service) if name in line.get("sources", [])]


def test_a_telegram_is_followed_from_the_door_to_its_rollup(running: System) -> None:
    """By its source position: received, recorded, judged, settled; in this order, each once."""
    station = PLAN.stations[0]
    hours = [hour_text(PLAN.lines[station][0], hour, volume_m3n=TELLING) for hour in recent_hours(days=1)[:3]]
    status, told = running.post("/v1/readings", telegram(station, [(PLAN.lines[station][0], hours)], "followed"))
    assert status == 202, told
    running.ledger()
    received = [line for line in lines(running, "ingest") if line.get("receipt") == told["receipt"]]
    (name,) = received[0]["sources"]
    until(lambda: bool(those_of(running, "aggregation", name)), 30, f"{name} in the log of aggregation")
    found = [*those_of(running, "ingest", name), *those_of(running, "validation", name)]
    found += those_of(running, "aggregation", name)
    assert [(one["service"], one["event"]) for one in found] == [
        ("ingest", "received"), ("ingest", "recorded"), ("validation", "judged"), ("aggregation", "settled"),
    ]  # fmt: skip
    assert [one.get("readings", one.get("accepted")) for one in found] == [3, 3, 3, 3]
    assert found[2]["partition"] == found[3]["partition"]


def test_no_log_holds_a_measured_value(running: System) -> None:
    """Neither as it was sent nor in thousandths, in any service's log."""
    station = PLAN.stations[1]
    hours = [hour_text(PLAN.lines[station][0], hour, volume_m3n=TELLING) for hour in recent_hours(days=1)[:3]]
    bad = hour_text(PLAN.lines[station][0], recent_hours(days=1)[4], volume_m3n=-TELLING)
    running.send([(station, telegram(station, [(PLAN.lines[station][0], [*hours, bad])], "valued"))])
    running.ledger()
    logs = {name: service.process.log.read_text() for name, service in running.services.items()}
    assert all(len(text) > 0 for text in logs.values())
    assert not [name for name, text in logs.items() if "13579.135" in text or "13579135" in text]
