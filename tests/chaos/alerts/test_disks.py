"""Drill of alerts: MongoDB's disk fills, in a system of its own on a small disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.alerts.watched import needs_prometheus, watching
from tests.pipeline.running import standing, until
from tests.pipeline.small_disk import small_disk

pytestmark = [pytest.mark.drill, needs_prometheus]
DISK_MIB = 1_024
"""So large that what MongoDB notes for itself would not fill it within a day."""
LITTLE_BYTES = 40 * 1024**2
"""Less than a tenth of it."""
MEASURED_WITHIN_SECONDS = 60.0
FREE = 'min(gastrack_store_disk_bytes{state="free"})'


def test_a_disk_fills(tmp_path: Path) -> None:
    """Both are told: how little is left, and how soon nothing will be; until the disk is larger."""
    with (
        small_disk(tmp_path / "servers" / "mongodb", DISK_MIB) as disk,
        standing(tmp_path) as system,
        watching(system, ["query"]) as watched,
    ):
        system.start("query")
        until(lambda: bool(watched.prometheus.values(FREE)), MEASURED_WITHIN_SECONDS, "the disk is measured")
        watched.are_silent("DiskAlmostFull", "DiskFills")
        disk.fill(leave_bytes=LITTLE_BYTES)
        watched.fire("DiskAlmostFull", "DiskFills")
        disk.enlarge()
        watched.are_silent("DiskAlmostFull", "DiskFills")
