"""Drills of alerts: nobody chains who reads what, and messages to the trail that nobody has read are gone."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events.topics import ACCESS_READ
from shared.store.documents import Collection
from tests.chaos.alerts.test_servers import DOWNLOAD
from tests.chaos.alerts.watched import Watched, needs_prometheus
from tests.pipeline.kafka_groups import remove_all
from tests.pipeline.running import until
from tests.pipeline.stored import documents

pytestmark = [pytest.mark.drill, needs_prometheus]
CHAINED_WITHIN_SECONDS = 120.0


def test_nobody_chains_and_messages_are_lost(watched: Watched) -> None:
    """Query, which chains, is stopped while files are read; then what it has not read is removed from the topic."""
    system = watched.system
    watched.are_silent("TrailStands", "TrailLost")
    before = len(chained(watched))
    system.get(DOWNLOAD)
    until(lambda: len(chained(watched)) > before, CHAINED_WITHIN_SECONDS, "the file is in the trail")
    with watched.without("query"):
        watched.fire("TrailStands", meanwhile=lambda: system.get(DOWNLOAD))
        remove_all(system, ACCESS_READ)
        system.get(DOWNLOAD)  # by its number it tells that others came before it
    watched.fire("TrailLost")
    watched.are_silent("TrailStands", "TrailLost")
    # A hole is told, and breaks no chain. The register is another matter: other drills write into it without an event.
    verified = system.gastrack("access", "verify", "--json", code=None)
    assert [chain["broken"] for chain in verified["chains"]] == [[]] * len(verified["chains"])
    assert sum(chain["entries"] for chain in verified["chains"]) > before


def chained(watched: Watched) -> list[dict[str, Any]]:
    """Return the entries of the trail."""
    return documents(watched.system, Collection.ACCESS_LOG)
