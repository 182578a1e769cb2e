"""The gas of a line's rows, read from its attributions and the analyses of the chromatographs that serve it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from shared.domain.attribution import Attribution, Served, hours_needed, in_force, served
from shared.domain.gas_rows import Flow, gas_of_hours, gas_of_periods
from shared.domain.period import Question
from shared.domain.quantities import ABSENT
from shared.domain.revision import has_values
from shared.domain.topology import Line
from shared.domain.view import HourRows, PeriodRows
from shared.runtime.mongo import Database, Session
from shared.store import measurements
from shared.store.analyses import AnalysesVersion, analyses_between, analyses_version


async def version_of(
    database: Database, line: Line, hours: range, session: Session | None = None
) -> AnalysesVersion | None:
    """Return what names the gas of some hours of a line; None for a line that carries that of no chromatograph."""
    if not line.gas or not hours:
        return None
    attributions = in_force(line.gas)
    needed = hours_needed(attributions, hours)
    return await analyses_version(database, _chromatographs(attributions), needed, session)


async def with_gas(  # noqa: PLR0913, PLR0917 - what the rows are, and what they are read with
    database: Database,
    line: Line,
    question: Question,
    rows: HourRows | PeriodRows,
    expected: range,
    session: Session | None = None,
    *,
    known: NDArray[np.void] | None = None,
    moment_ms: int | None = None,
) -> HourRows | PeriodRows:
    """Return rows with their gas, where the line carries that of a chromatograph.

    Args:
        database: Where to read.
        line: The line.
        question: Which reference is asked for.
        rows: The rows.
        expected: The hours for which rows exist.
        session: That the rows were read in.
        known: HOUR rows of `expected` where they are at hand.
        moment_ms: As known at which moment, where one is asked for.
    """
    attributions = in_force(line.gas) if moment_ms is None else in_force(line.gas, moment_ms)
    if not attributions or not expected:
        return rows
    found = await _served(database, attributions, expected, session, moment_ms)
    if isinstance(rows, HourRows):
        return replace(rows, gas=gas_of_hours(found, question.reference))
    hours = await measurements.known_hours(database, line.id, expected, session) if known is None else known
    volume = np.where(has_values(hours), hours["volume"], ABSENT)
    flow = Flow(expected, volume)
    return replace(rows, gas=gas_of_periods(found, flow, rows.starts, rows.ends, question.reference))


async def _served(
    database: Database,
    attributions: tuple[Attribution, ...],
    hours: range,
    session: Session | None,
    moment_ms: int | None,
) -> Served:
    needed = hours_needed(attributions, hours)
    known = {
        name: await analyses_between(database, name, needed, session, moment_ms)
        for name in _chromatographs(attributions)
    }
    return served(attributions, hours, known, needed)


def _chromatographs(attributions: tuple[Attribution, ...]) -> list[str]:
    return list(dict.fromkeys(name for one in attributions for name in one.chromatographs))
