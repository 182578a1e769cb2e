"""Family B: is the hour the one that was meant, and did it come in time?"""

from __future__ import annotations

from shared.domain.reading import Provenance
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.rule import Hits, JudgedBy, Severity, judged_elsewhere, rule


@judged_elsewhere(
    "B2",
    "missing hour",
    by=JudgedBy.AGGREGATION,
    formula="every hour of a gas day is there teletransmitted_h, or file_h by file, after the end of the gas day",
    severity=Severity.W,
    source="all; both deadlines [P]",
    thresholds={"teletransmitted_h": 4.0, "file_h": 288.0},
)
def hour_there() -> None:
    """A hole in the 23, 24 or 25 hours of a gas day when a tick of the line log has passed the deadline.

    Only from the line's live_from on. The hole is estimated, and stays missing where no method can.
    """


@judged_elsewhere(
    "B4",
    "ambiguous or impossible local time",
    by=JudgedBy.DOOR,
    formula="a local time without offset names exactly one hour",
    severity=Severity.R,
    source="ours",
)
def local_time_resolved() -> None:
    """October repeats a local hour and March leaves one out; the order in a file resolves the first where it can."""


@rule(
    "B5",
    "late",
    formula="known_at - end of hour ≤ hours",
    severity=Severity.W,
    source="AVEVA",
    thresholds={"hours": 1.5},
)
def in_time(evidence: Evidence) -> Hits:
    """A teletransmitted hour arrived late, from the day on which the line went live.

    Files are not late: a line without teletransmission has its own deadline. Observed and threshold: hours after the
    end of the hour.
    """
    lateness_h = (evidence.known_at_ms / 1000 - evidence.ends_s()) / 3600
    live = evidence.rows["hour"] >= evidence.terms["live"]
    expected = evidence.terms["teletransmitted"] & live & ~evidence.flagged(Provenance.FROM_FILE)
    allowed_h = evidence.thresholds["hours"]
    return Hits(expected & (lateness_h > allowed_h), lateness_h, allowed_h)
