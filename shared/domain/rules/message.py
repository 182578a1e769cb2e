"""Family A: is the message one of ours, and is it about an hour that this line can have?"""

from __future__ import annotations

import numpy as np

from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import MEASURES, Provenance, Quality
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.rule import Hits, JudgedBy, Severity, judged_elsewhere, rule
from shared.domain.topology import SENDABLE

SECONDS_PER_MONTH = 2_629_746
"""A month on average: 365.2425 days / 12."""

_COLUMNS = dict(zip((quantity.field for quantity in QUANTITIES), MEASURES, strict=True))


@judged_elsewhere(
    "A1",
    "schema, unit, enum",
    by=JudgedBy.DOOR,
    formula="every field has its type, its unit and a value from its list",
    severity=Severity.R,
    source="Energinet",
)
def well_formed() -> None:
    """Each check that fails has a reason code of its own; the hour beside it is taken all the same."""


@judged_elsewhere(
    "A2",
    "repeated reading",
    by=JudgedBy.AGGREGATION,
    formula="values of another telegram ≠ those that the hour has",
    severity=None,
    source="Estfeed, Fingrid",
)
def repeated() -> None:
    """Another telegram with the current values is a repetition and counted; with other values it is a new revision.

    The same source position again is a redelivery and counted nowhere.
    """


@judged_elsewhere(
    "A4",
    "start not on the hour",
    by=JudgedBy.DOOR,
    formula="minute = second = 0",
    severity=Severity.R,
    source="Energinet D66",
)
def hour_alignment() -> None:
    """A reading is named by the UTC start of its hour; behind the door an hour is a whole number."""


@rule(
    "A6",
    "too old, or in the future",
    formula="start of the line's first gas day ≤ start of hour; known_at - months ≤ end of hour (telegrams only); "
    "end of hour ≤ known_at + ahead_s",
    severity=Severity.R,
    source="Energinet E17; both thresholds [P]",
    thresholds={"months": 36.0, "ahead_s": 120.0},
)
def hour_in_reach(evidence: Evidence) -> Hits:
    """The hour lies before the line's first gas day, too far back for a telegram, or has not ended yet.

    Files and imports may bring hours of any age that are kept online: a line's first gas day is never earlier than the
    first one online, whatever its terms say, so what retention has taken away does not come back. A month is 30.436875
    days. Observed: the end of the hour; threshold: the bound that it broke; both in seconds since 1970 UTC.
    """
    end_s, known_at_s = evidence.ends_s(), evidence.known_at_ms / 1000
    oldest_s = known_at_s - np.multiply(evidence.thresholds["months"], SECONDS_PER_MONTH)
    latest_s = known_at_s + np.asarray(evidence.thresholds["ahead_s"])
    before_first = evidence.terms["before_first"]
    too_old = (end_s < oldest_s) & ~evidence.flagged(Provenance.FROM_FILE)
    future = end_s > latest_s
    first_s = evidence.terms["first"].astype(np.float64) * 3600
    bound_s = np.where(before_first, first_s, np.where(too_old, oldest_s, latest_s))
    return Hits(before_first | too_old | future, end_s, bound_s)


@rule(
    "A9",
    "unknown or inactive line",
    formula="line in the register, active on that gas day, in the station that the telegram names",
    severity=Severity.R,
    source="Oracle",
)
def line_active(evidence: Evidence) -> Hits:
    """The register has no such line on that gas day, or has it in another station than the source says.

    A file's rows carry the station that the register named when the file came; none where it knew no such line.
    """
    return Hits(~evidence.terms["active"] | (evidence.stations != evidence.terms["station"]))


@judged_elsewhere(
    "A11",
    "per hour, not per message",
    by=JudgedBy.DOOR,
    formula="one bad hour never rejects its neighbours",
    severity=None,
    source="ours",
)
def hour_by_hour() -> None:
    """Each hour is taken or refused by itself, whatever else its telegram or file says."""


@rule(
    "A10",
    "partner value missing",
    formula="values there = volume and the values that the line sends",
    severity=Severity.W,
    source="Oracle",
)
def partners_there(evidence: Evidence) -> Hits:
    """A value that the line sends according to the register, or the volume that every line sends, is not there.

    An hour that says itself that it is MISSING lacks nothing. Observed and threshold: how many of the promised values
    are there, and how many are promised.
    """
    promised_count = np.ones(len(evidence))
    there_count = (evidence.rows["volume"] != ABSENT).astype(np.float64)
    for bit, field in enumerate(SENDABLE):
        promised = (evidence.terms["sends"] & np.uint8(1 << bit)) != 0
        promised_count += promised
        there_count += promised & (evidence.rows[_COLUMNS[field]] != ABSENT)
    lacking = (there_count < promised_count) & (evidence.rows["quality"] != Quality.MISSING)
    return Hits(lacking & evidence.terms["active"], there_count, promised_count)
