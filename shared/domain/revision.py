"""What becomes of a candidate for an hour: the one pure function `apply`, and its fast form for first arrivals.

An hour at rest is a row of `HOUR`; revision 0 means that nothing was ever accepted. `apply` ranks: pinned or
closed hours hold everything; then MEASURED or CALCULATED, SUBSTITUTED, ESTIMATED, MISSING; within a rank the later
`sent` wins, then the order of the log. The same values again are a repetition; if sent later, they confirm the row
(its `sent` moves on), so that the order of arrival never decides what an hour says in the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shared.domain.quantities import ABSENT
from shared.domain.reading import MEASURES, Provenance, Quality, Validity
from shared.domain.rows import copied

HOUR = np.dtype(
    [
        ("revision", np.uint16),
        ("validity", np.uint8),
        ("quality", np.uint8),
        ("provenance", np.uint8),
        ("volume", np.int64),
        ("energy", np.int64),
        ("gcv", np.int64),
        ("temperature", np.int64),
        ("index", np.int64),
        ("volume_operating", np.int64),
        ("pressure", np.int64),
        ("sent", np.int64),  # ms since 1970, the sender's time
        ("known_at", np.int64),  # ms since 1970, the line log's time
        ("log_offset", np.int64),  # offset in the partition of the line log
        ("source_topic", np.uint8),  # index in events.topics.SOURCES
        ("source_partition", np.uint16),
        ("source_offset", np.int64),
        ("source_place", np.uint32),
        ("meter", np.uint16),  # reading.meter_mark of the meter's name
        ("found", np.uint16),  # bit i: rule i of rules.catalogue.IN_CONTEXT has found something, once a revision
        ("method", "S2"),  # estimation.Method, empty where nothing was estimated
        ("failed", "S3"),  # id of the rule that failed first (severity F), or for which it was estimated
        (
            "gas",
            np.uint8,
        ),  # attribution.GasHow, where energy and calorific value follow from the gas of a chromatograph
        (
            "chromatograph",
            np.uint16,
        ),  # its place in attribution.serving of all that was told of the line, from 1; 0: none
        ("analysed", np.int32),  # hour number of its analysis
    ]
)
_SAID = (*MEASURES, "quality")
OF_GAS = ("energy", "gcv")
"""The measures that follow from the gas where they are not sent."""
MOST_REVISIONS = 2**16 - 1
"""Of an hour: what its number can count."""
RANK = {
    Quality.MEASURED: 4,
    Quality.CALCULATED: 4,
    Quality.EDITED: 4,
    Quality.SUBSTITUTED: 3,
    Quality.ESTIMATED: 2,
    Quality.MISSING: 1,
}


class Outcome(StrEnum):
    """Where a reading ended: each one in exactly one of these."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    HELD = "held"
    DEAD_LETTERED = "dead_lettered"


class HeldReason(StrEnum):
    """Why a reading was held."""

    DEFINITIVE = "DEFINITIVE"
    PINNED = "PINNED"
    OUTRANKED = "OUTRANKED"
    OLDER = "OLDER"


def has_values(hours: NDArray[np.void] | np.void) -> NDArray[np.bool_]:
    """Say where hours at rest (HOUR, one or many) carry values: something is known, and not that they are missing."""
    present: NDArray[np.bool_] = (hours["revision"] > 0) & (hours["quality"] != Quality.MISSING)
    return present


def lacks_value(row: np.void) -> bool:
    """Say whether an hour at rest is missing without anybody having accepted that."""
    return not has_values(row) and not row["provenance"] & Provenance.WAIVED


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` decided: the outcome, the row as it stands now, and why a held one was held."""

    outcome: Outcome
    row: np.void
    reason: HeldReason | None = None


def apply(row: np.void, candidate: np.void, *, closed: bool = False) -> Applied:
    """Decide what a candidate does to an hour.

    Args:
        row: The hour as it stands (dtype HOUR, revision 0 if it has none).
        candidate: The row that the candidate would become (dtype HOUR; its revision is not looked at).
        closed: The hour's month is closed.
    """
    if row["revision"] == 0 and not closed:
        return Applied(Outcome.ACCEPTED, _as_revision(candidate, 1))
    if row["revision"] and _says_the_same(row, candidate):
        return Applied(Outcome.REPEATED, _confirmed(row, candidate))
    reason = _held_reason(row, candidate, closed=closed)
    if reason is not None:
        return Applied(Outcome.HELD, _with_finding(row), reason)
    return Applied(Outcome.ACCEPTED, revised(row, candidate))


def revised(row: np.void, candidate: np.void) -> np.void:
    """Return the next revision of an hour: what somebody decides stands whatever stood there before."""
    return _as_revision(candidate, int(row["revision"]) + 1)


def apply_first(candidates: NDArray[np.void]) -> NDArray[np.void]:
    """Return what `apply` makes of candidates for hours that have nothing yet, each another hour: revision 1 each."""
    rows = copied(candidates)
    rows["revision"] = 1
    return rows


def _says_the_same(row: np.void, candidate: np.void) -> bool:
    """Compare values, quality and whether the volume is operating volume: the same number means another thing then.

    What follows from the gas was not said: who repeats a volume alone repeats it, whatever energy it has been given.
    """
    other_kind = (row["provenance"] ^ candidate["provenance"]) & Provenance.VOLUME_OPERATING
    return not other_kind and all(_said(row, name) == _said(candidate, name) for name in _SAID)


def _said(row: np.void, name: str) -> int:
    return ABSENT if row["gas"] and name in OF_GAS else int(row[name])


def _as_revision(candidate: np.void, revision: int) -> np.void:
    row = candidate.copy()
    row["revision"] = revision
    return row


def _confirmed(row: np.void, candidate: np.void) -> np.void:
    if candidate["sent"] <= row["sent"]:
        return row
    confirmed = row.copy()
    confirmed["sent"] = candidate["sent"]
    return confirmed


def _with_finding(row: np.void) -> np.void:
    """Return an hour that says the same, with the mark that a finding concerns it: what was held beside it."""
    if row["revision"] == 0 or row["provenance"] & Provenance.FOUND:
        return row
    marked = row.copy()
    marked["provenance"] |= np.uint8(Provenance.FOUND)
    return marked


def _held_reason(row: np.void, candidate: np.void, *, closed: bool) -> HeldReason | None:
    if row["provenance"] & Provenance.PINNED:
        return HeldReason.PINNED
    if closed or row["validity"] == Validity.DEFINITIVE:
        return HeldReason.DEFINITIVE
    standing, coming = RANK[Quality(row["quality"])], RANK[Quality(candidate["quality"])]
    if coming < standing:
        return HeldReason.OUTRANKED
    if coming == standing and candidate["sent"] < row["sent"]:
        return HeldReason.OLDER
    return None
