"""What the metrics say of a batch: how long its readings took from their receipt, and what a replay does not count."""

from __future__ import annotations

import time

import numpy as np
import pytest

from services.aggregation.batch import gather
from services.aggregation.settle import settle
from services.aggregation.state import PartitionState
from services.aggregation.telling import tell, tell_position
from shared.domain.reading import Readings, Source, empty_rows
from shared.events import line_log
from shared.events.answer import Answer
from shared.events.line_log import Recorded
from shared.runtime.metrics import CATALOGUE
from tests.unit.aggregation.answering import FIRST_HOUR, beginning, given_of

READABLE = "gastrack_aggregation_readable_readings_total"


def answer(ages_seconds: list[float | None], known_ms: int) -> Answer:
    """Return the answer to a message of readings, received so long ago; None: nobody wrote it down."""
    rows = empty_rows(len(ages_seconds))
    rows["hour"], rows["volume"] = FIRST_HOUR + np.arange(len(rows)), 1
    rows["source"] = np.arange(len(rows))
    now_ms = time.time() * 1000
    received = [0 if age is None else round(now_ms - age * 1000) for age in ages_seconds]
    sources = [Source("telemetry", 0, place, "T", "S", 0, moment) for place, moment in enumerate(received)]
    record = line_log.encode(Recorded(Readings(rows, ["A"], sources)))
    return Answer(0, 0, known_ms, record, np.full(len(rows), 2, np.uint8))


def told(one: Answer, partition: int, raised_ms: int = 0) -> tuple[float, float]:
    """Tell a batch of one answer; return by how much what was in time and what was late rose."""

    def counts() -> list[float]:
        return [CATALOGUE.get_sample_value(READABLE, {"within": within}) or 0.0 for within in ("60s", "later")]

    before = counts()
    batch, after = gather(beginning(), [(0, one)])
    state = PartitionState(after, raised_ms=raised_ms)
    tell(partition, state, batch, settle(given_of(batch, {})), {})
    in_time, late = (after - before for after, before in zip(counts(), before, strict=True))
    return in_time, late


def test_readings_count_from_their_receipt() -> None:
    """Each by itself; where nobody wrote it down, from the line log's time."""
    now_ms = round(time.time() * 1000)
    assert told(answer([5.0, 50.0, 90.0], now_ms), 900) == (2, 1)
    assert told(answer([None, None], now_ms), 900) == (2, 0)
    assert told(answer([None], now_ms - 70_000), 900) == (0, 1)


def test_what_a_replay_tells_again_does_not_count() -> None:
    """It would be late by its age; what comes after the replay counts."""
    now_ms = round(time.time() * 1000)
    assert told(answer([9_000.0], now_ms - 9_000_000), 900, raised_ms=now_ms) == (0, 0)
    assert told(answer([1.0], now_ms + 1), 900, raised_ms=now_ms) == (1, 0)


def test_the_youngest_hour_does_not_grow_old_by_a_correction() -> None:
    """An hour of last year is no step back."""
    state = PartitionState(beginning(), youngest_hour=FIRST_HOUR + 100)
    batch, state.progress = gather(beginning(), [(0, answer([1.0], 1))])
    tell(901, state, batch, settle(given_of(batch, {})), {})
    name = "gastrack_aggregation_youngest_hour_timestamp_seconds"
    assert CATALOGUE.get_sample_value(name, {"partition": "901"}) == (FIRST_HOUR + 100) * 3600


@pytest.mark.parametrize(("until_ms", "expected"), [(0, None), (5_000, 5.0)])
def test_up_to_when_has_been_read_is_told_once_a_tick_said_so(until_ms: int, expected: float | None) -> None:
    """Before the first tick nobody knows."""
    partition, position = 902 + until_ms, beginning()
    position.until_ms = until_ms
    tell_position(partition, PartitionState(position))
    name = "gastrack_aggregation_read_up_to_timestamp_seconds"
    assert CATALOGUE.get_sample_value(name, {"partition": str(partition)}) == expected
