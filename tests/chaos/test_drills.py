"""Drills: random kills of everything, long pauses, long outages, a soak; each prints what happened."""

from __future__ import annotations

import random
import signal
import time

import pytest

from tests.chaos.drilling import CHAIN, Diary, count_of, seconds_of, start_again_who_died, wait_until_all_goes_on
from tests.pipeline.books import assert_nothing_lost_nothing_twice
from tests.pipeline.flow import Flow
from tests.pipeline.running import System
from tests.pipeline.stations import Plan, recent_hours

pytestmark = pytest.mark.drill
HOURS = recent_hours(days=1_000)
KILLS = 20
PAUSE_SECONDS = 25.0
"""Two and a half times Kafka's session timeout, five times the life of a transaction."""
OUTAGE_SECONDS = 60.0
SOAK_SECONDS = 240.0
TELEGRAMS_PER_SECOND = 30.0


def conclude(system: System, flow: Flow, diary: Diary, capsys: pytest.CaptureFixture[str]) -> None:
    """Check the books and print the summary past pytest's capture."""
    ledger = assert_nothing_lost_nothing_twice(system, flow, "DRILL")
    with capsys.disabled():
        print(diary.told(ledger, flow.telegrams))  # noqa: T201 - the drill's result


@pytest.mark.parametrize("name", [*CHAIN, "mongod", "kafka"])
def test_kills(drilled: tuple[System, Plan], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """20 times kill -9 at random moments while telegrams flow."""
    system, plan = drilled
    chance, diary = random.Random(name), Diary(f"kill -9 {name}")  # noqa: S311 - the same moments every time
    with Flow(system, plan, HOURS, TELEGRAMS_PER_SECOND) as flow:
        for _ in range(count_of(KILLS)):
            flow.wait_for(chance.randint(1, 90))
            killed = time.monotonic()
            system.kill(name)
            system.revive(name)
            wait_until_all_goes_on(system, diary, killed)
    conclude(system, flow, diary, capsys)


@pytest.mark.parametrize("name", CHAIN)
def test_pauses_longer_than_the_session(
    drilled: tuple[System, Plan], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGSTOP until a second worker has everything, then SIGCONT: the first is fenced."""
    system, plan = drilled
    diary, second = Diary(f"SIGSTOP {PAUSE_SECONDS:.0f} s {name}"), system.another(name)
    try:
        second.start()
        second.wait_ready()
        with Flow(system, plan, HOURS, TELEGRAMS_PER_SECOND) as flow:
            for _ in range(count_of(3)):
                flow.wait_for(30)
                stopped = time.monotonic()
                system.services[name].process.send_signal(signal.SIGSTOP)
                time.sleep(PAUSE_SECONDS)  # the fault's own length
                system.services[name].process.send_signal(signal.SIGCONT)
                wait_until_all_goes_on(system, diary, stopped)
        conclude(system, flow, diary, capsys)
    finally:
        second.process.stop()


@pytest.mark.parametrize("name", ["mongod", "kafka"])
def test_an_outage(drilled: tuple[System, Plan], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A server is away for a minute while telegrams flow (or wait, where it is the broker)."""
    system, plan = drilled
    outage_seconds = seconds_of(OUTAGE_SECONDS)
    diary = Diary(f"{name} away for {outage_seconds:.0f} s")
    with Flow(system, plan, HOURS, TELEGRAMS_PER_SECOND) as flow:
        flow.wait_for(60)
        system.kill(name)
        time.sleep(outage_seconds)  # the fault's own length
        back = time.monotonic()
        system.revive(name)
        start_again_who_died(system, diary)
        wait_until_all_goes_on(system, diary, back)
    conclude(system, flow, diary, capsys)


def test_soak(drilled: tuple[System, Plan], capsys: pytest.CaptureFixture[str]) -> None:
    """Some minutes of telegrams without any fault: nobody dies, nothing stands still."""
    system, plan = drilled
    diary, pids = Diary("soak", "looks"), system.pids()
    ends = time.monotonic() + seconds_of(SOAK_SECONDS)
    with Flow(system, plan, HOURS, 4 * TELEGRAMS_PER_SECOND) as flow:
        while time.monotonic() < ends:
            flow.wait_for(100)
            wait_until_all_goes_on(system, diary, time.monotonic())
    conclude(system, flow, diary, capsys)
    assert system.pids() == pids
