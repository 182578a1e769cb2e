"""Drill: who chains the trail is killed again and again while many read."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.servers import Servers
from tests.chaos.drilling import count_of
from tests.integration.trail.killing import killed

pytestmark = pytest.mark.drill
KILLS = 20


async def test_kills_of_who_chains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """20 times kill -9 at random places of the chains: every reading is there once, nothing is broken."""
    servers = Servers(tmp_path / "servers")
    try:
        servers.start()
        readers = await killed(servers, tmp_path / "logs", count_of(KILLS))
    finally:
        servers.stop()
    with capsys.disabled():
        print(f"\nkill -9 of the trail's consumer: {count_of(KILLS)} times, {readers:,} readings, each once")  # noqa: T201 - the drill's result
