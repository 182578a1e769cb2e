"""Isolation: exactly the readings that make our code fail are dead-lettered as DEFECT, whatever their number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.aggregation.batch import Batch, gather
from services.aggregation.defects import DEFECT, MOST_LINES, StepError, isolated
from services.aggregation.settle import settle
from services.aggregation.settled import Settled
from shared.events.answer import FindingTold
from tests.unit.aggregation.answering import Told, answer_of, beginning, given_of

COUNT = 24


def batch_of(count: int) -> Batch:
    """Return a batch of readings of different hours."""
    return gather(beginning(), [(0, answer_of(0, [Told("A", hour, hour) for hour in range(count)]))])[0]


@settings(deadline=None)
@given(culprits=st.sets(st.integers(0, COUNT - 1)), rejected=st.sets(st.integers(0, COUNT - 1), max_size=3))
def test_exactly_the_culprits_are_found(culprits: set[int], rejected: set[int]) -> None:
    """The others are settled; what was rejected before keeps its rule."""
    batch = batch_of(COUNT)
    batch.rejected = {row: FindingTold(row, "C2", "R", None, None) for row in rejected}

    def decide() -> Settled:
        if culprits - set(batch.rejected):
            raise ZeroDivisionError
        return settle(given_of(batch, {}))

    with capture_logs():  # structlog prints every array of a traceback, which takes minutes
        settled = isolated(batch, decide)
    assert {row for row, told in batch.rejected.items() if told.rule == DEFECT} == culprits - rejected
    assert {row for row, told in batch.rejected.items() if told.rule == "C2"} == rejected
    assert (settled.outcome == 3).sum() == len(culprits | rejected)


def test_a_failure_without_a_culprit_is_raised() -> None:
    """With every reading set aside it still fails: then it is not a reading's fault, and the process must end."""

    def decide() -> Settled:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        isolated(batch_of(3), decide)


def settled_aside(failing: set[str], *, even_so: bool = False) -> set[str]:
    """Let a tick at offset 7 fail on lines that are not set aside, or (even so) also on those; return what is."""
    batch = batch_of(1)

    def decide() -> Settled:
        aside = batch.defective.get(7, set())
        remaining = failing if even_so else failing - aside
        if "" not in aside and remaining:
            raise StepError(7, min(remaining))
        return settle(given_of(batch, {}))

    with capture_logs():
        assert isolated(batch, decide).outcome.tolist() == [0]
    return batch.defective[7]


def test_lines_on_which_a_tick_fails_are_set_aside() -> None:
    """Each of them, and not the tick."""
    assert settled_aside({"A", "B"}) == {"A", "B"}


def test_a_tick_that_fails_on_many_lines_is_set_aside() -> None:
    """Trying again for each of thousands would take for ever."""
    assert "" in settled_aside({f"L{place}" for place in range(MOST_LINES + 1)})


def test_a_tick_that_fails_on_a_line_set_aside_is_set_aside() -> None:
    """Else the partition would stand still."""
    assert settled_aside({"A"}, even_so=True) == {"A", ""}
