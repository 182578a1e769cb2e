"""`apply` as laws: what an hour says in the end does not depend on the order in which its readings arrived."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.reading import Provenance, Quality, Validity
from shared.domain.revision import HOUR, RANK, HeldReason, Outcome, apply, apply_first
from tests.property.domain.hour_strategies import hour_rows, told_rows
from tests.unit.domain.hour_rows import beside_a_finding, hour_row

SAID = ("volume", "energy", "quality", "sent")
TOP_RANK = [quality for quality in Quality if RANK[quality] == RANK[Quality.MEASURED]]


@st.composite
def histories(draw: st.DrawFn, qualities: list[Quality]) -> list[np.void]:
    """Draw readings of one hour with few different values (so that some repeat), each sent at a moment of its own."""
    sent = draw(st.lists(st.integers(0, 50), unique=True, min_size=1, max_size=7))
    return [
        hour_row(
            volume=draw(st.integers(0, 2)),
            energy=draw(st.integers(0, 1)),
            quality=draw(st.sampled_from(qualities)),
            provenance=draw(st.sampled_from([0, Provenance.FROM_FILE, Provenance.VOLUME_OPERATING])),
            sent=moment,
        )
        for moment in sent
    ]


def _told(history: list[np.void]) -> np.void:
    row: np.void = np.zeros(1, HOUR)[0]
    for candidate in history:
        row = apply(row, candidate).row
    return row


def _says(row: np.void) -> tuple[object, ...]:
    return (*(row[name].item() for name in SAID), bool(row["provenance"] & Provenance.VOLUME_OPERATING))


@given(st.data(), histories(TOP_RANK))
def test_order_of_arrival_never_matters(data: st.DataObject, history: list[np.void]) -> None:
    """Of equal rank, what was sent last stands in the end, in every order."""
    shuffled = data.draw(st.permutations(history))
    assert _says(_told(shuffled)) == _says(max(history, key=lambda row: row["sent"]))


@given(st.data(), histories(list(Quality)))
def test_order_of_arrival_never_matters_across_ranks(data: st.DataObject, history: list[np.void]) -> None:
    """The highest rank stands, and within it what was sent last."""
    shuffled = data.draw(st.permutations(history))
    best = max(history, key=lambda row: (RANK[Quality(row["quality"])], row["sent"]))
    assert _says(_told(shuffled)) == _says(best)


@given(histories(list(Quality)))
def test_revisions_count_the_accepted(history: list[np.void]) -> None:
    """Each accepted reading is the next revision; a held or repeated one is none."""
    rows, outcomes = [np.zeros(1, HOUR)[0]], []
    for candidate in history:
        applied = apply(rows[-1], candidate)
        outcomes.append(applied.outcome)
        rows.append(applied.row)
    steps = [int(after["revision"]) - int(before["revision"]) for before, after in pairwise(rows)]
    assert steps == [int(outcome is Outcome.ACCEPTED) for outcome in outcomes]


@given(histories(list(Quality)))
def test_a_history_told_twice_changes_nothing(history: list[np.void]) -> None:
    """Every reading of it is then a repetition, or held: only that leaves a mark."""
    row = _told(history)
    again = [apply(row, candidate) for candidate in history]
    assert all(applied.outcome in (Outcome.REPEATED, Outcome.HELD) for applied in again)
    assert all(beside_a_finding(applied.row) == beside_a_finding(row) for applied in again)


@given(hour_rows(), told_rows())
def test_an_outcome_says_what_it_did(row: np.void, candidate: np.void) -> None:
    """Held marks the row and gives a reason; accepted takes the candidate's values; a repetition keeps the row's."""
    applied = apply(row, candidate)
    assert (applied.reason is not None) == (applied.outcome is Outcome.HELD)
    if applied.outcome is Outcome.HELD:
        assert applied.row == (beside_a_finding(row) if row["revision"] else row)
    source = candidate if applied.outcome is Outcome.ACCEPTED else row
    assert _says(applied.row)[:3] == _says(source)[:3]


@given(told_rows(), told_rows(), st.booleans())
def test_nothing_changes_what_a_closed_or_pinned_hour_says(row: np.void, candidate: np.void, pinned: bool) -> None:  # noqa: FBT001 - drawn, not called by hand
    """Whatever comes."""
    row["provenance" if pinned else "validity"] = Provenance.PINNED if pinned else Validity.DEFINITIVE
    applied = apply(row, candidate)
    assert applied.outcome is not Outcome.ACCEPTED
    assert applied.reason in (None, HeldReason.PINNED if pinned else HeldReason.DEFINITIVE)
    assert _says(applied.row)[:3] == _says(row)[:3]


@given(hour_rows(), told_rows())
def test_nothing_changes_an_hour_of_a_closed_month(row: np.void, candidate: np.void) -> None:
    """Whatever comes, whatever stands or does not stand there."""
    applied = apply(row, candidate, closed=True)
    assert applied.outcome is not Outcome.ACCEPTED
    assert (applied.row["revision"], _says(applied.row)[:3]) == (row["revision"], _says(row)[:3])


@given(st.lists(told_rows(), min_size=1, max_size=8))
def test_first_arrivals_are_what_apply_makes_of_them(candidates: list[np.void]) -> None:
    """The fast form for hours that have nothing yet."""
    empty = np.zeros(1, HOUR)[0]
    one_by_one = np.array([apply(empty, candidate).row for candidate in candidates], HOUR)
    assert (apply_first(np.array(candidates, HOUR)) == one_by_one).all()
