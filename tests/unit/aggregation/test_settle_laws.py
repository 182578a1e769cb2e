"""Settling: however a history is cut into batches, and however it is computed, the days say the same in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.aggregation.batch import gather
from services.aggregation.settle import settle
from services.aggregation.settled import OUTCOMES
from services.aggregation.state import month_slots
from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.reading import Quality
from shared.domain.revision import HOUR, Outcome, apply
from shared.domain.rollup import fold_hours
from tests.unit.aggregation.answering import FIRST_HOUR, Told, answer_of, beginning, given_of

TOLD = st.builds(
    Told,
    line=st.sampled_from(["A", "B"]),
    hour=st.integers(0, 30),
    volume=st.integers(0, 3),
    quality=st.sampled_from([Quality.MEASURED, Quality.ESTIMATED, Quality.MISSING]),
    sent=st.integers(0, 3),
)
MESSAGES = st.lists(st.lists(TOLD, min_size=1, max_size=12), min_size=1, max_size=8)


@dataclass
class Store:
    """Days, and what happened on the way: outcomes in order, what was superseded."""

    days: dict[DayKey, NDArray[np.void]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    superseded: list[tuple[str, int, bytes]] = field(default_factory=list)

    def said(self) -> dict[DayKey, bytes]:
        """Return the days as bytes, to be compared."""
        return {key: hours.tobytes() for key, hours in self.days.items()}


def settled_in_batches(messages: list[list[Told]], sizes: list[int]) -> Store:
    """Settle a history in batches of so many messages, the sizes in turn."""
    store, position, turn = Store(), beginning(), 0
    answers = [(offset, answer_of(offset, told)) for offset, told in enumerate(messages)]
    while answers:
        size, turn = sizes[turn % len(sizes)], turn + 1
        batch, position = gather(position, answers[:size])
        answers = answers[size:]
        settled = settle(given_of(batch, store.days))
        store.outcomes += [OUTCOMES[number] for number in settled.outcome]
        store.superseded += [(line, hour, row.tobytes()) for line, hour, row in settled.superseded]
        for key, (hours, rollup) in settled.days.items():
            assert rollup == fold_hours(hours[None, :])[0]
            store.days[key] = hours
    return store


def applied_one_by_one(messages: list[list[Told]]) -> Store:
    """Apply each candidate by itself: what settling must agree with."""
    store = Store()
    for offset, told in enumerate(messages):
        batch, _ = gather(beginning(offset=offset - 1), [(offset, answer_of(offset, told))])
        for candidate, one in zip(batch.candidates, told, strict=True):
            hour = FIRST_HOUR + one.hour
            key = one.line, gas_time.gas_day(hour)
            day = store.days.setdefault(key, np.zeros(gas_time.MAX_HOURS_PER_DAY, HOUR))
            place = gas_time.hour_index(hour) - 1
            before = day[place].copy()
            applied = apply(before, candidate)
            day[place] = applied.row
            store.outcomes.append(applied.outcome)
            if applied.outcome is Outcome.ACCEPTED and before["revision"]:
                store.superseded.append((one.line, hour, before.tobytes()))
    return store


@settings(deadline=None)
@given(messages=MESSAGES, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_any_cut_is_one_by_one(messages: list[list[Told]], sizes: list[int]) -> None:
    """Days, outcomes in their order, and what was superseded."""
    batches, single = settled_in_batches(messages, sizes), applied_one_by_one(messages)
    assert batches.said() == single.said()
    assert batches.outcomes == single.outcomes
    assert batches.superseded == single.superseded


def test_slots_of_months() -> None:
    """A day's rollup is in the slot of its month and day."""
    batch, _ = gather(beginning(), [(0, answer_of(0, [Told("A", 0, 5)]))])
    settled = settle(given_of(batch, {}))
    day = gas_time.gas_day(FIRST_HOUR)
    slots = month_slots(settled)
    assert list(slots) == [("A", gas_time.month_of(day))]
    assert list(slots["A", gas_time.month_of(day)]) == [day.day]
    assert isinstance(day, date)
