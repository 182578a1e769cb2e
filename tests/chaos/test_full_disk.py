"""Drills of a full disk, under MongoDB and under Kafka: loud, safe, and over by itself once there is room."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.errors import ServerDiedError
from tests.chaos.drilling import RECOVERED_WITHIN_SECONDS, Diary, seconds_of, wait_until_all_goes_on
from tests.chaos.test_drills import HOURS, TELEGRAMS_PER_SECOND, conclude
from tests.pipeline import probes
from tests.pipeline.at_the_doors import AtTheDoors
from tests.pipeline.flow import Flow
from tests.pipeline.running import System, standing, until
from tests.pipeline.small_disk import SmallDisk, small_disk
from tests.pipeline.stations import plan
from tests.pipeline.stored import hours_by_line, volumes

pytestmark = pytest.mark.drill
DISK_MIB = 400
LITTLE_BYTES = 20 * 1024**2
"""Less than a tenth of it."""
DATA = {"mongod": "servers/mongodb", "kafka": "servers/kafka/log"}
SERVER = {"mongod": "store", "kafka": "broker"}
PLAN, AT_DOORS = plan("DRILL", stations=8, lines=3), plan("DOOR", stations=4, lines=1)
FULL_SECONDS = 75.0
"""Longer than a loop may stand before its service counts as dead."""
ENDS_WITHIN_SECONDS = 120.0
"""MongoDB writes what it has in memory once a minute; until then it goes on in journal files that were there."""
MEASURED_WITHIN_SECONDS = 40.0


@pytest.fixture(params=["mongod", "kafka"])
def cramped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[System, SmallDisk, str]]:
    """Five services, stations that they know, and the small disk under a server, with the server's name."""
    name = request.param
    with small_disk(tmp_path / DATA[name], DISK_MIB) as disk, standing(tmp_path) as system:
        system.start()
        system.edge.wait_ready()
        for one in (PLAN, AT_DOORS):
            system.register(one.document("2020-01-01"))
        yield system, disk, name


def told(system: System, metric: str, **labels: str) -> float:
    """Return the sum of a metric over all services; of those that do not tell it, 0."""
    return sum(probes.metric(service, metric, **labels) for service in system.services.values())


def assert_all_are_live_and_ready(system: System) -> None:
    """A server that is away is no reason to start a service again, nor to send nobody to it: it says what is wrong."""
    assert probes.probes(system, *system.services) == dict.fromkeys(system.services, (200, 200))


def supervise(system: System, name: str, diary: Diary) -> None:
    """Start a server again that has ended, as its supervisor does, and write down how it ended."""
    process = system.member(name).process
    if not process.running:
        diary.restarts.append(f"{name} ({process.exit_code})")
        system.member(name).start()


def serves(system: System, name: str, diary: Diary) -> bool:
    """Say whether a server takes requests again; it may end once more of what it began without room."""
    supervise(system, name, diary)
    try:
        system.member(name).wait_ready()
    except ServerDiedError:
        return False
    return True


def test_a_full_disk(cramped: tuple[System, SmallDisk, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The server ends again and again; no service does, no door takes what is not kept, and then all goes on."""
    system, disk, name = cramped
    full_seconds = seconds_of(FULL_SECONDS)
    diary, pids = Diary(f"the disk of {name} full for {full_seconds:.0f} s"), system.pids()
    faults = {"metric": probes.FAULTS, "server": SERVER[name]}
    with (
        Flow(system, PLAN, HOURS, TELEGRAMS_PER_SECOND) as flow,
        AtTheDoors(system, AT_DOORS, HOURS) as doors,
    ):
        flow.wait_for(100)
        doors.wait_for(5)
        if name == "mongod":
            disk.fill(leave_bytes=LITTLE_BYTES)
            until(lambda: _free_share(system) < 0.1, MEASURED_WITHIN_SECONDS, "the metric tells of little room")
            assert "MongoDB's disk is 9" in system.gastrack("doctor", code=1)
        before = told(system, **faults)
        disk.fill()
        until(lambda: not system.member(name).process.running, ENDS_WITHIN_SECONDS, f"{name} without room ends")
        assert "The disk is full" in system.member(name).process.describe_death()
        full_until = time.monotonic() + full_seconds
        while time.monotonic() < full_until:
            supervise(system, name, diary)
            disk.fill()
            assert_all_are_live_and_ready(system)
            time.sleep(0.5)  # a supervisor's pause
        assert told(system, **faults) > before
        disk.enlarge()
        enlarged = time.monotonic()
        until(lambda: serves(system, name, diary), RECOVERED_WITHIN_SECONDS, f"{name} is there again")
        wait_until_all_goes_on(system, diary, enlarged)
        flow.wait_for(100)
        doors.wait_for(5)
    assert system.pids() == pids
    conclude(system, flow, diary, capsys)
    assert {line: volumes(hours) for line, hours in hours_by_line(system, "DOOR").items()} == doors.volumes
    with capsys.disabled():
        print(f"  delivered {dict(doors.delivered)}, read {dict(doors.read)}")  # noqa: T201 - the drill's result
    assert set(doors.delivered) <= {202, 503}
    assert set(doors.read) <= {200, 503}


def _free_share(system: System) -> float:
    free, used = (told(system, "gastrack_store_disk_bytes", state=state) for state in ("free", "used"))
    return free / (free + used) if free + used else 1.0
