"""Drills of operations: services of the chain replaced one by one under load, aggregation scaled out and in again."""

from __future__ import annotations

import time

import pytest

from deploy.local.services import Service
from tests.chaos.drilling import CHAIN, Diary, count_of, reached, wait_until_all_goes_on
from tests.chaos.test_drills import HOURS, TELEGRAMS_PER_SECOND, conclude
from tests.pipeline.flow import Flow
from tests.pipeline.running import System
from tests.pipeline.stations import Plan

pytestmark = pytest.mark.drill
ENDS_WITHIN_SECONDS = 60.0
"""As a pod may take (terminationGracePeriodSeconds)."""
WORKERS = 3


def take_away(service: Service) -> None:
    """End a process as Kubernetes does; it finishes what it has in hand, and says that all is well."""
    service.process.terminate()
    assert service.process.wait_for_end(ENDS_WITHIN_SECONDS) == 0, service.process.log_tail()


def test_a_rolling_restart(drilled: tuple[System, Plan], capsys: pytest.CaptureFixture[str]) -> None:
    """Of each service of the chain: the new process is ready before the old one is asked to end; telegrams flow."""
    system, plan = drilled
    diary = Diary("rolling restart", "replacements")
    with Flow(system, plan, HOURS, TELEGRAMS_PER_SECOND) as flow:
        for _ in range(count_of(3)):
            for name in CHAIN:
                old, new, began = system.services[name], system.another(name), time.monotonic()
                new.start()
                new.wait_ready()
                flow.wait_for(20)
                take_away(old)
                system.services[name] = new
                wait_until_all_goes_on(system, diary, began)
    conclude(system, flow, diary, capsys)
    assert diary.restarts == []


def test_scaling_out_and_in(drilled: tuple[System, Plan], capsys: pytest.CaptureFixture[str]) -> None:
    """From one worker of aggregation to three and back under load: promises 1 to 3, and a replay says the same."""
    system, plan = drilled
    diary = Diary("one to three workers of aggregation and back", "changes")
    with Flow(system, plan, HOURS, 2 * TELEGRAMS_PER_SECOND) as flow:
        for _ in range(count_of(3)):
            more = [system.another("aggregation") for _ in range(WORKERS - 1)]
            for service in more:
                began = time.monotonic()
                service.start()
                service.wait_ready()
                wait_until_all_goes_on(system, diary, began)
            flow.wait_for(100)
            for service in more:
                began = time.monotonic()
                take_away(service)
                wait_until_all_goes_on(system, diary, began)
    conclude(system, flow, diary, capsys)
    assert diary.restarts == []
    assert len(reached(system)) > 1
    assert system.gastrack("replay", "--wait", "280", "--json")["same"]
