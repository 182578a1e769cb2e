"""Drills of an upgrade: this version beside the one before it on the same store and topics, and the way back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.services import SERVICES
from tests.chaos.deeds import AUTHORITY, Deeds
from tests.chaos.drilling import Diary, wait_until_all_goes_on
from tests.chaos.test_drills import HOURS, TELEGRAMS_PER_SECOND, conclude
from tests.chaos.upgrading import Versions
from tests.chaos.users import Users
from tests.pipeline import version_before
from tests.pipeline.flow import Flow
from tests.pipeline.running import ROOT, System, standing
from tests.pipeline.stations import plan

pytestmark = pytest.mark.drill
PLAN = plan("DRILL", stations=8, lines=3)
CORRECTED = plan("CORRECTED", stations=4, lines=2)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The folder with the code of the version before, which is sure to be what runs there."""
    folder = version_before.code(tmp_path / "before")
    version_before.the_code_is_its_own(folder)
    return folder


@contextmanager
def used(
    system: System, before: Path, diary: Diary, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[Flow, Users, Versions]]:
    """Give a system in the version before, under load; in the end nothing is lost and nothing counts twice."""
    versions, authorities = Versions(system), system.folder / "authorities.pem"
    authorities.write_text(AUTHORITY.pem)
    system.environment["GASTRACK_ACCESS_AUTHORITIES_FILE"] = str(authorities)
    try:
        versions.begin(before)
        for each in (PLAN, CORRECTED):
            system.register(each.document("2020-01-01"))
        users = Users(CORRECTED, HOURS, versions.open)
        with Flow(system, PLAN, HOURS, TELEGRAMS_PER_SECOND) as flow, users:
            yield flow, users, versions
        conclude(system, flow, diary, capsys)
        users.assert_all_happened(system)
        assert diary.restarts == []
        assert system.gastrack("access", "verify", "--json")
        assert system.gastrack("replay", "--wait", "280", "--json")["same"]
    finally:
        versions.stop()


def test_one_service_after_the_other_and_back(tmp_path: Path, before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Writers first on the way up, readers first on the way back: so the older one reads what the newer one writes."""
    diary = Diary(f"upgrade from {version_before.name()[:12]} and back", "replacements")
    with standing(tmp_path) as system, used(system, before, diary, capsys) as (flow, _, versions):
        deeds = Deeds(versions)
        deeds.begin()
        for code, order in ((ROOT, SERVICES), (before, reversed(SERVICES))):
            for name in order:
                began = time.monotonic()
                versions.add(name, code)
                versions.share(name)
                deeds.do_more()
                versions.take_away(name)
                versions.lead_to_who_runs()
                flow.wait_for(20)
                wait_until_all_goes_on(system, diary, began)
            system.code = code
        deeds.conclude()


def test_all_services_at_once(tmp_path: Path, before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the manifests do it: one process more of each, then one less of each."""
    diary = Diary(f"upgrade from {version_before.name()[:12]} at once", "replacements")
    with standing(tmp_path) as system, used(system, before, diary, capsys) as (flow, _, versions):
        deeds, began = Deeds(versions), time.monotonic()
        deeds.begin()
        for name in SERVICES:
            versions.add(name, ROOT)
        for name in SERVICES:
            versions.share(name)
        deeds.do_more()
        for name in SERVICES:
            versions.take_away(name)
        versions.lead_to_who_runs()
        system.code = ROOT
        flow.wait_for(20)
        wait_until_all_goes_on(system, diary, began)
        deeds.conclude()
