"""Drills of alerts: readings that cannot be taken."""

from __future__ import annotations

import pytest

from tests.chaos.alerts.watched import PLAN, Watched, needs_prometheus
from tests.pipeline.flow import Flow

pytestmark = [pytest.mark.drill, needs_prometheus]


def test_many_dead_letters(watched: Watched, flowing: Flow) -> None:
    """A sender with new software: more than one in a hundred cannot be taken."""
    assert flowing.telegrams
    watched.are_silent("DeadLetters")
    watched.system.send([(PLAN.stations[0], b"no telegram") for _ in range(400)])
    watched.fire("DeadLetters")
    watched.are_silent("DeadLetters")
