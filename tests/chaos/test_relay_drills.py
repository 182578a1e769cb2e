"""Drills of the relay: killed at random moments and in the middle of transactions, paused beyond its session."""

from __future__ import annotations

import random
import signal
import time

import pytest

from shared.events.topics import gateway_topic
from tests.chaos.drilling import Diary, count_of, wait_until_all_goes_on
from tests.chaos.test_drills import HOURS, KILLS, PAUSE_SECONDS, TELEGRAMS_PER_SECOND, conclude
from tests.pipeline.flow import Flow
from tests.pipeline.gateways import assert_relayed_once, die_in_the_middle, register_gateway, wait_for_relay
from tests.pipeline.running import System
from tests.pipeline.stations import Plan

pytestmark = pytest.mark.drill
GATEWAYS = 3


def flow_of_gateways(system: System, plan: Plan) -> Flow:
    """Return a flow whose stations belong to gateways, in turn."""
    names = {station: f"drill-gw-{number % GATEWAYS}" for number, station in enumerate(plan.stations)}
    for gateway in sorted(set(names.values())):
        register_gateway(system, gateway, [station for station, owner in names.items() if owner == gateway])
    topics = {station: gateway_topic(gateway).name for station, gateway in names.items()}
    return Flow(system, plan, HOURS, TELEGRAMS_PER_SECOND, topics)


def test_kills_in_the_middle_of_transactions(drilled: tuple[System, Plan], capsys: pytest.CaptureFixture[str]) -> None:
    """20 times kill -9 at random moments; after every other one, one or two more relays die in the middle."""
    system, plan = drilled
    chance, diary = random.Random("relay"), Diary("kill -9 of the relay")  # noqa: S311 - the same moments every time
    with flow_of_gateways(system, plan) as flow:
        for number in range(count_of(KILLS)):
            flow.wait_for(chance.randint(1, 60))
            killed = time.monotonic()
            system.kill("ingest")
            for _ in range(chance.randint(1, 2) if number % 2 else 0):
                flow.wait_for(5)
                die_in_the_middle(system)
            system.revive("ingest")
            wait_until_all_goes_on(system, diary, killed)
    wait_for_relay(system)
    conclude(system, flow, diary, capsys)
    assert assert_relayed_once(system) >= flow.telegrams


def test_a_relay_that_is_paused_is_fenced(drilled: tuple[System, Plan], capsys: pytest.CaptureFixture[str]) -> None:
    """Stopped until another process relays, then let go on: it can write no more, and nothing is there twice."""
    system, plan = drilled
    diary, second = Diary(f"SIGSTOP {PAUSE_SECONDS:.0f} s of the relay"), system.another("ingest")
    try:
        with flow_of_gateways(system, plan) as flow:
            second.start()
            second.wait_ready()
            for _ in range(count_of(3)):
                for process in (system.services["ingest"].process, second.process):
                    flow.wait_for(30)
                    stopped = time.monotonic()
                    process.send_signal(signal.SIGSTOP)
                    time.sleep(PAUSE_SECONDS)  # the fault's own length
                    process.send_signal(signal.SIGCONT)
                    wait_until_all_goes_on(system, diary, stopped)
        wait_for_relay(system)
        conclude(system, flow, diary, capsys)
        assert assert_relayed_once(system) >= flow.telegrams
    finally:
        second.process.stop()
