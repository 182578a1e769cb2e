"""Drills of alerts: faults that stop nobody, all at once, because each takes some minutes to be noticed."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.chaos.alerts import faults
from tests.chaos.alerts.watched import HOURS, PLAN, Watched, needs_prometheus
from tests.pipeline.flow import Flow
from tests.pipeline.running import until

pytestmark = [pytest.mark.drill, needs_prometheus]
STUCK_WITHIN_SECONDS = 600.0
"""Five minutes that are not in a hurry, and two looks a minute apart."""
GONE_WITHIN_SECONDS = 60.0
YOUNGEST = "gastrack_aggregation_youngest_hour_timestamp_seconds"


@pytest.fixture
def delivered(watched: Watched) -> None:
    """Readings of years ago were taken, and nothing is under way."""
    with Flow(watched.system, PLAN, HOURS) as flow:
        flow.wait_for(50)
    watched.system.ledger(120)


@pytest.mark.usefixtures("delivered")
def test_nothing_fresh_is_told_though_aggregation_begins_anew(watched: Watched) -> None:
    """Whoever begins knows of no hour before one comes; how long ago the last one came is known all the same."""
    watched.fire("NothingFresh")
    with watched.without("aggregation"):
        pass
    gone = f"absent({YOUNGEST}) and absent(present_over_time({YOUNGEST}[5s]))"
    until(lambda: bool(watched.prometheus.values(gone)), GONE_WITHIN_SECONDS, "nobody tells of an hour")
    assert "NothingFresh" in watched.prometheus.alerts("firing")


@pytest.mark.usefixtures("delivered")
def test_faults_that_stop_nobody(watched: Watched) -> None:
    """Documents that are wrong, certificates that end, lines that send nothing, months that cannot leave."""
    system = watched.system
    watched.are_silent("RollupMismatch", "ConservationGap", "CertificatesExpire", "CertificatesExpired")
    watched.fire("NothingFresh")
    faults.send_latest_hour(system, PLAN)
    watched.are_silent("NothingFresh", "LinesSilent", "RetentionStands")
    with ExitStack() as mended:
        mended.enter_context(faults.readings_that_are_nowhere(system))
        mended.enter_context(faults.lines_that_send_nothing(system))
        mended.enter_context(faults.certificates_that_end(system))
        mended.enter_context(faults.a_month_that_is_not_its_hours(system))
        mended.enter_context(faults.what_leaves_is_held(system))
        watched.fire(
            "CertificatesExpire",
            "CertificatesExpired",
            "ConservationGap",
            "LinesSilent",
            "RetentionStands",
            "RollupMismatch",
            within_seconds=STUCK_WITHIN_SECONDS,
        )
    watched.are_silent("RollupMismatch", "ConservationGap", "CertificatesExpire", "CertificatesExpired")
    watched.are_silent("LinesSilent", "RetentionStands")
