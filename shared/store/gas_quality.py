"""The gas of a line's rows, read from its attributions and the analyses of the chromatographs that serve it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from shared.domain.attribution import BY_ANALYSIS, Served, hours_needed, in_force, served, serving
from shared.domain.gas_rows import Flow, gas_of_hours, gas_of_periods
from shared.domain.quantities import ABSENT
from shared.domain.revision import has_values
from shared.domain.topology import Line
from shared.domain.view import HourRows, PeriodRows
from shared.runtime.mongo import Database, Session
from shared.store.analyses import AnalysesVersion, analyses_between, analyses_version

Rows = TypeVar("Rows", HourRows, PeriodRows, HourRows | PeriodRows)


@dataclass(frozen=True, slots=True)
class GasTold:
    """By whom some hours of a line are served."""

    hours: range
    served: Served


async def version_of(
    database: Database, line: Line, hours: range, session: Session | None = None
) -> AnalysesVersion | None:
    """Return what names the gas of some hours of a line; None for a line that carries that of no chromatograph."""
    if not line.gas or not hours:
        return None
    attributions = in_force(line.gas)
    needed = hours_needed(attributions, hours)
    return await analyses_version(database, serving(attributions), needed, session)


async def gas_told(
    database: Database,
    line: Line,
    hours: range,
    session: Session | None = None,
    moment_ms: int | None = None,
) -> GasTold | None:
    """Return by whom some hours of a line are served, now or as known at a moment; None for what nobody serves."""
    attributions = in_force(line.gas, moment_ms)
    if not attributions or not hours:
        return None
    needed = hours_needed(attributions, hours)
    names = serving(attributions)
    known = {name: await analyses_between(database, name, needed, session, moment_ms) for name in names}
    return GasTold(hours, served(attributions, hours, known, needed))


def with_gas(rows: Rows, told: GasTold | None, known: NDArray[np.void], reference: str) -> Rows:
    """Return rows with their gas at a reference, where somebody tells it.

    Args:
        rows: Hours, gas days or gas months.
        told: By whom the hours are served.
        known: HOUR rows of these hours.
        reference: One of `iso6976.REFERENCES`.
    """
    if told is None:
        return rows
    if isinstance(rows, HourRows):
        # Where no analysis tells the gas, its calorific value may still follow from a mean or from the contract.
        how = np.where(
            told.served.how > 0, told.served.how, np.where(np.isin(known["gas"], BY_ANALYSIS), 0, known["gas"])
        )
        return replace(rows, gas=gas_of_hours(replace(told.served, how=how), reference))
    flow = Flow(told.hours, np.where(has_values(known), known["volume"], ABSENT))
    return replace(rows, gas=gas_of_periods(told.served, flow, rows.starts, rows.ends, reference))
