"""The gas of hours of many lines at once: each chromatograph is asked once for all that it serves."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.attribution import Attribution, hours_needed, in_force, served, serving
from shared.domain.topology import Line
from shared.runtime.mongo import Database, Session
from shared.store.analyses import AnalysesVersion, analyses_between, analyses_versions, hulls
from shared.store.gas_quality import GasTold

HoursOfLine = tuple[Line, range]


async def versions_of_lines(
    database: Database, wanted: Sequence[HoursOfLine], session: Session | None = None
) -> list[AnalysesVersion | None]:
    """Return what names the gas of hours of lines; None for a line that carries that of no chromatograph."""
    needs = [_need(line, hours) for line, hours in wanted]
    found = await analyses_versions(database, needs, session)
    return [version if line.gas else None for (line, _), version in zip(wanted, found, strict=True)]


async def gas_of_lines(
    database: Database, wanted: Sequence[HoursOfLine], session: Session | None = None
) -> list[GasTold | None]:
    """Return by whom hours of lines are served; None for what nobody serves."""
    needs = [_need(line, hours) for line, hours in wanted]
    whole = hulls(needs)
    known = {name: await analyses_between(database, name, hours, session) for name, hours in whole.items()}
    told: list[GasTold | None] = []
    for (line, hours), (names, needed) in zip(wanted, needs, strict=True):
        parts = {
            name: known[name][needed.start - whole[name].start : needed.stop - whole[name].start] for name in names
        }
        attributions = in_force(line.gas)
        told.append(GasTold(hours, served(attributions, hours, parts, needed)) if attributions else None)
    return told


def _need(line: Line, hours: range) -> tuple[Sequence[str], range]:
    attributions: tuple[Attribution, ...] = in_force(line.gas)
    return serving(attributions), hours_needed(attributions, hours)
