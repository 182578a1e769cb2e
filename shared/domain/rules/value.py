"""Family C: can this line have measured this volume?"""

from __future__ import annotations

import numpy as np

from shared.domain.quantities import VOLUME
from shared.domain.rules.evidence import Evidence, present
from shared.domain.rules.rule import Hits, Severity, rule


@rule(
    "C1",
    "physical range",
    formula="|V| ≤ factor·capacity",
    severity=Severity.F,
    source="AVEVA",
    thresholds={"factor": 1.05},
)
def within_capacity(evidence: Evidence) -> Hits:
    """More gas in an hour than the line can carry, in either direction.

    A line without a capacity in the register is not judged. An operating volume is compared as it is: the normalised
    one is greater but for a few percent close to atmospheric pressure. Observed and threshold: m³(n) in the hour.
    """
    volume = np.abs(evidence.scaled("volume"))
    # To the thousandth of a m³: exactly 1.15 times the capacity must pass, though 1.15 is a little less in binary.
    most = np.rint(present(evidence.terms["capacity"]) * evidence.thresholds["factor"])
    return Hits(volume > most, volume / VOLUME.scale, most / VOLUME.scale)


@rule(
    "C2",
    "negative on a one-way line",
    formula="V ≥ 0",
    severity=Severity.R,
    source="Oracle, Energinet E86",
)
def not_backwards(evidence: Evidence) -> Hits:
    """Gas cannot flow back through a line that the register calls one-way.

    Observed: m³(n) in the hour.
    """
    volume = evidence.value("volume")
    return Hits(evidence.terms["one_way"] & (volume < 0), volume, 0.0)
