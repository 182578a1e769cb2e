"""Estimates of a batch: the tapes that the methods look at, and the rows that their results become."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.aggregation.deciding import Deciding
from services.aggregation.giving import is_served
from shared.domain import gas_time
from shared.domain.estimation import Check, Estimate, Method, Tape
from shared.domain.line_context import (
    ABSENT_32,
    ACTUAL,
    AROUND_HOURS,
    BEFORE_HOURS,
    BLOCKED,
    OPERATING,
    PRESENT,
)
from shared.domain.quantities import ABSENT
from shared.domain.reading import Quality
from shared.domain.revision import OF_GAS
from shared.domain.topology import Line

_COLUMNS = ("volume", "volume_operating", "energy", "gcv")


def tape_of(deciding: Deciding, line: str, gap: range) -> Tape:
    """Return what is known of a line around a gap; what a finding keeps back feeds no estimate.

    The same hours whatever the batch: what a larger one knows beyond them must not make another estimate.
    """
    begin, rows = deciding.contexts.span(line)
    first = max(begin, gap.start - BEFORE_HOURS)
    rows = rows[first - begin : gap.stop + AROUND_HOURS - begin]
    gcv = np.where(rows["gcv"] == ABSENT_32, ABSENT, rows["gcv"].astype(np.int64))
    trusted = (rows["state"] & np.uint8(ACTUAL | BLOCKED)) == ACTUAL
    return Tape(first, rows["volume"], rows["volume_operating"], _index_of_last_meter(rows), gcv, trusted)


def _index_of_last_meter(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Return the counters of the meter that stands last: those of two meters have no difference."""
    present = np.flatnonzero(rows["state"])
    same: NDArray[np.bool_] = rows["meter"] == (rows["meter"][present[-1]] if len(present) else 0)
    return np.where(same, rows["index"], ABSENT)


def check_of(deciding: Deciding, line: Line, gap: range) -> Check | None:
    """Return the check meter of a line in a gap, None where it has none."""
    terms = line.terms_on(gas_time.gas_day(gap.start))
    check = terms.check if terms is not None else None
    if check is None or check.line not in deciding.contexts.numbers:
        return None
    return Check(tape_of(deciding, check.line, gap), check.factor, check.offset_m3n)


def estimated_values(deciding: Deciding, line: str, gap: range, estimate: Estimate) -> list[dict[str, int | bytes]]:
    """Return what an estimate says of each hour of its gap, as columns of an hour at rest.

    Where the gas of a chromatograph serves the line, that tells the energy.
    """
    quality = Quality.SUBSTITUTED if estimate.method is Method.CHECK_METER else Quality.ESTIMATED
    told: dict[str, int | bytes] = {"quality": int(quality), "method": estimate.method.encode()}
    columns = [getattr(estimate, name).tolist() for name in _COLUMNS]
    estimates = [{**told, **dict(zip(_COLUMNS, values, strict=True))} for values in zip(*columns, strict=True)]
    untold, served = dict.fromkeys(OF_GAS, ABSENT), is_served(deciding, line, gap).tolist()
    return [{**each, **untold} if by_gas else each for each, by_gas in zip(estimates, served, strict=True)]


def is_operating(deciding: Deciding, line: str, gap: range) -> bool:
    """Say whether the volumes of a line before a gap are operating volumes: so are estimates that follow from them."""
    begin, rows = deciding.contexts.span(line)
    before = rows["state"][: gap.start - begin]
    present = np.flatnonzero(before & np.uint8(PRESENT))
    return bool(len(present) and before[present[-1]] & np.uint8(OPERATING))
