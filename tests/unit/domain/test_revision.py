"""`apply` by example: each rank, each reason to hold, and what a repetition does."""

from __future__ import annotations

import numpy as np
import pytest

from shared.domain.reading import Provenance, Quality, Validity
from shared.domain.revision import HOUR, RANK, HeldReason, Outcome, apply, apply_first, revised
from tests.unit.domain.hour_rows import beside_a_finding, empty_day, hour_row


def test_the_first_candidate_of_an_hour_is_revision_1() -> None:
    """Whatever revision number it brings."""
    applied = apply(empty_day()[0], hour_row(volume=5, revision=9))
    assert (applied.outcome, applied.reason) == (Outcome.ACCEPTED, None)
    assert (applied.row["revision"], applied.row["volume"]) == (1, 5)


def test_other_values_sent_later_are_the_next_revision() -> None:
    """The hour says the new values, and when they became known."""
    applied = apply(hour_row(volume=5, sent=10, revision=3), hour_row(volume=6, sent=11, known_at=70))
    assert applied.outcome is Outcome.ACCEPTED
    assert (applied.row["revision"], applied.row["volume"], applied.row["known_at"]) == (4, 6, 70)


def test_other_values_sent_at_the_same_moment_follow_the_order_of_the_log() -> None:
    """The later one in the log wins."""
    assert apply(hour_row(volume=5, sent=10), hour_row(volume=6, sent=10)).outcome is Outcome.ACCEPTED


def test_other_values_sent_earlier_are_held() -> None:
    """A late copy of an old telegram does not undo a newer one."""
    row = hour_row(volume=5, sent=10)
    applied = apply(row, hour_row(volume=6, sent=9))
    assert (applied.outcome, applied.reason) == (Outcome.HELD, HeldReason.OLDER)
    assert applied.row == beside_a_finding(row)


def test_the_same_values_again_are_a_repetition() -> None:
    """Sent no later, it changes nothing at all."""
    row = hour_row(volume=5, sent=10)
    applied = apply(row, hour_row(volume=5, sent=10, known_at=99, log_offset=7))
    assert (applied.outcome, applied.row, applied.reason) == (Outcome.REPEATED, row, None)


def test_a_repetition_sent_later_confirms_the_hour() -> None:
    """Only `sent` moves on, so that what was sent in between is older, whichever arrives first."""
    applied = apply(hour_row(volume=5, sent=10, known_at=50), hour_row(volume=5, sent=30, known_at=99))
    assert (applied.outcome, applied.row) == (Outcome.REPEATED, hour_row(volume=5, sent=30, known_at=50))
    assert apply(applied.row, hour_row(volume=6, sent=20)).reason is HeldReason.OLDER


@pytest.mark.parametrize("field", ["volume", "energy", "gcv", "temperature", "quality"])
def test_any_value_that_differs_is_a_new_revision(field: str) -> None:
    """A value that was absent before differs too."""
    coming = hour_row(volume=5, sent=11)
    coming[field] = Quality.CALCULATED if field == "quality" else 8
    assert apply(hour_row(volume=5, sent=10), coming).outcome is Outcome.ACCEPTED


def test_the_same_number_as_operating_volume_is_another_value() -> None:
    """Normalised and operating volume are different things."""
    coming = hour_row(volume=5, sent=11, provenance=Provenance.VOLUME_OPERATING)
    assert apply(hour_row(volume=5, sent=10), coming).outcome is Outcome.ACCEPTED


def test_the_same_values_by_file_are_a_repetition() -> None:
    """By which door a value came does not change what it says."""
    coming = hour_row(volume=5, sent=11, provenance=Provenance.FROM_FILE)
    assert apply(hour_row(volume=5, sent=10), coming).outcome is Outcome.REPEATED


@pytest.mark.parametrize("standing", Quality)
@pytest.mark.parametrize("coming", Quality)
def test_ranks(standing: Quality, coming: Quality) -> None:
    """A lower rank never replaces a higher one, a higher one always a lower, even when sent earlier."""
    applied = apply(hour_row(volume=5, sent=10, quality=standing), hour_row(volume=6, sent=9, quality=coming))
    expected = {1: None, 0: HeldReason.OLDER, -1: HeldReason.OUTRANKED}
    assert applied.reason is expected[int(np.sign(RANK[coming] - RANK[standing]))]


def test_the_order_of_the_ranks() -> None:
    """Measured, calculated and edited; substituted; estimated; missing."""
    by_rank = sorted(Quality, key=lambda quality: (-RANK[quality], quality))
    assert [quality.name for quality in by_rank] == [
        "MEASURED",
        "CALCULATED",
        "EDITED",
        "SUBSTITUTED",
        "ESTIMATED",
        "MISSING",
    ]


def test_a_definitive_hour_holds_everything() -> None:
    """Only an authored correction changes it; that is another path."""
    row = hour_row(volume=5, sent=10, validity=Validity.DEFINITIVE)
    applied = apply(row, hour_row(volume=6, sent=11))
    assert (applied.outcome, applied.reason, applied.row) == (
        Outcome.HELD,
        HeldReason.DEFINITIVE,
        beside_a_finding(row),
    )


def test_a_pinned_hour_holds_everything() -> None:
    """Pinned comes first: it is the reason that a person can undo."""
    row = hour_row(volume=5, sent=10, provenance=Provenance.PINNED, validity=Validity.DEFINITIVE)
    applied = apply(row, hour_row(volume=6, sent=11))
    assert (applied.outcome, applied.reason, applied.row) == (Outcome.HELD, HeldReason.PINNED, beside_a_finding(row))


def test_apply_changes_neither_of_its_arguments() -> None:
    """It is pure: both may be used again."""
    row, candidate = hour_row(volume=5, sent=10), hour_row(volume=6, sent=11, revision=0)
    before = row.copy(), candidate.copy()
    apply(row, candidate)
    apply(row, hour_row(volume=5, sent=12))
    assert (row, candidate) == before


def test_first_arrivals_of_many_hours() -> None:
    """Each is revision 1; the candidates stay as they were."""
    candidates = np.zeros(3, HOUR)
    candidates["volume"] = [1, 2, 3]
    rows = apply_first(candidates)
    assert rows["revision"].tolist() == [1, 1, 1]
    assert rows["volume"].tolist() == [1, 2, 3]
    assert candidates["revision"].tolist() == [0, 0, 0]


def test_an_hour_of_a_closed_month_holds_everything() -> None:
    """Whatever its own validity says, and also where nothing was ever known of it."""
    row = hour_row(volume=5, sent=10)
    applied = apply(row, hour_row(volume=6, sent=11), closed=True)
    assert (applied.outcome, applied.reason, applied.row) == (
        Outcome.HELD,
        HeldReason.DEFINITIVE,
        beside_a_finding(row),
    )
    unknown = empty_day()[0]
    applied = apply(unknown, hour_row(volume=6), closed=True)
    assert (applied.outcome, applied.reason, applied.row) == (Outcome.HELD, HeldReason.DEFINITIVE, unknown)
    pinned = hour_row(volume=5, provenance=Provenance.PINNED)
    assert apply(pinned, hour_row(volume=6, sent=11), closed=True).reason is HeldReason.PINNED


def test_a_repetition_in_a_closed_month_is_a_repetition() -> None:
    """It changes nothing that anybody reads."""
    applied = apply(hour_row(volume=5, sent=10), hour_row(volume=5, sent=30), closed=True)
    assert (applied.outcome, applied.row) == (Outcome.REPEATED, hour_row(volume=5, sent=30))


def test_what_somebody_decides_stands_whatever_stood_there() -> None:
    """The next revision, over a pin, a rank and a definitive hour."""
    row = hour_row(volume=5, revision=7, validity=Validity.DEFINITIVE, provenance=Provenance.PINNED)
    coming = hour_row(volume=6, revision=0, quality=Quality.ESTIMATED)
    assert revised(row, coming) == hour_row(volume=6, revision=8, quality=Quality.ESTIMATED)
    assert coming["revision"] == 0
