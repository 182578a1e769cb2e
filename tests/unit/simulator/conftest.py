"""Ten weeks of the simulated grid, made once for all tests."""

from __future__ import annotations

from collections import defaultdict

import pytest

from deploy.local.simulator import Fault, grid, history, labels
from tests.unit.simulator.reading import FIRST, LAST, SentHour, Telegram, decode


@pytest.fixture(scope="session")
def telegrams() -> list[tuple[str, Telegram]]:
    """Station and decoded telegram of ten weeks, in the order in which they are given."""
    return [(station, decode(body)) for station, body in history(grid(), FIRST, LAST)]


@pytest.fixture(scope="session")
def sent(telegrams: list[tuple[str, Telegram]]) -> dict[tuple[str, int], list[SentHour]]:
    """What was sent of each line and hour number, repetitions included."""
    found = defaultdict(list)
    for _, telegram in telegrams:
        for line in telegram.lines:
            for hour in line.hours:
                found[line.line, hour.number].append(hour)
    return found


@pytest.fixture(scope="session")
def faults() -> dict[tuple[str, int], set[Fault]]:
    """The kinds of fault of each line and hour number that has any."""
    found = defaultdict(set)
    for label in labels(grid(), FIRST, LAST):
        found[label.line, label.hour].add(label.kind)
    return found
