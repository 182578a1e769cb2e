"""Lag as Prometheus asks for it: grows while nothing is taken, and is nothing where nothing is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import pytest

from shared.runtime.lag import Lag
from shared.runtime.metrics import CATALOGUE

_NUMBERS = count()


@dataclass
class Read:
    """A topic of its own, where it ends, and a clock."""

    ends: dict[int, int | None] = field(default_factory=lambda: {0: 0})
    now: float = 1_000_000.0
    topic: str = field(default_factory=lambda: f"lag-{next(_NUMBERS)}")

    def lag(self) -> Lag:
        """Return what is tried."""
        return Lag(self.topic, self.ends.get, lambda: self.now)

    def told(self, partition: int = 0) -> tuple[float | None, float | None]:
        """Return what a scrape finds: records and seconds."""
        labels = {"topic": self.topic, "partition": str(partition)}
        names = ("gastrack_worker_lag_records", "gastrack_worker_lag_seconds")
        records, seconds = (CATALOGUE.get_sample_value(name, labels) for name in names)
        return records, seconds


@pytest.fixture
def read() -> Read:
    """A topic that nobody else reads."""
    return Read()


def test_a_worker_that_stands_falls_behind(read: Read) -> None:
    """Without another batch: each scrape asks anew."""
    lag = read.lag()
    lag.begin(0, 0)
    read.ends[0] = 10
    lag.reached(0, 4, round(read.now * 1000))
    read.now += 30
    assert read.told() == (6, 30)
    read.ends[0] = 20
    read.now += 60
    assert read.told() == (16, 90)


def test_what_came_after_a_pause_waits_since_it_came(read: Read) -> None:
    """The record before it may be days old; nothing waited until now."""
    lag = read.lag()
    lag.begin(0, 0)
    read.ends[0] = 5
    lag.reached(0, 5, round(read.now * 1000))
    read.now += 100_000
    assert read.told() == (0, 0)
    read.ends[0] = 6
    read.now += 2
    assert read.told() == (1, 2)


def test_who_begins_behind_is_as_late_as_what_he_takes(read: Read) -> None:
    """From its time in the topic; before the first record from the begin."""
    lag = read.lag()
    read.ends[0] = None  # nothing has been fetched yet
    lag.begin(0, 10)
    assert read.told() == (0, 0)
    read.ends[0] = 100
    read.now += 5
    assert read.told() == (90, 5)
    lag.reached(0, 11, round((read.now - 3_600) * 1000))
    assert read.told() == (89, 3_600)


def test_a_partition_that_moved_away_has_no_lag(read: Read) -> None:
    """Whoever reads it now tells it."""
    lag = read.lag()
    read.ends[0] = 100
    lag.begin(0, 10)
    read.ends[0] = None
    read.now += 500
    assert read.told() == (0, 0)
