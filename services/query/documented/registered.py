"""Answers about the register: lines, nodes, chromatographs and the analyses that they told."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from services.query.documented.told import HourStart, Listed, Moment, Readable, Told
from shared.domain.physics.components import COMPONENTS

Share = Annotated[float, Field(ge=0, le=100, description="mol %")]


class LineRow(Told):
    """A line with the terms of the gas day that is running."""

    id: str = Field(examples=["BE-0042-A"])
    name: str
    station: str = Field(description="Id of its station.")
    station_name: str
    network: str = Field(description="H or L gas, or another network; empty where it is not said.")
    teletransmitted: bool = Field(description="Whether the station sends its hours by itself.")
    one_way: bool
    capacity_m3n_per_h: int | None
    from_: date = Field(alias="from", description="First gas day.")
    to: date | None = Field(description="End, exclusive: a gas day; null while it goes on.")
    codes: list[str] = Field(description="Other codes by which people know it.")
    readable: Readable


class TermsTold(Told):
    """What holds for a line from a gas day on."""

    from_: date = Field(alias="from")
    name: str
    network: str
    teletransmitted: bool
    one_way: bool
    capacity_m3n_per_h: int | None
    sends: list[str] = Field(description="Values that it promises to send beside the volume.")


class AttributionTold(Told):
    """Whose gas a line carries from an hour on."""

    from_: HourStart = Field(alias="from")
    chromatograph: str | None
    delay_h: int = Field(description="Hours that the gas takes from there.")
    others: list[str] = Field(description="Who serves while it is silent, in this order.")
    contract_gcv_kwh_per_m3n: float | None
    known_at: Moment | None


class LineTold(LineRow):
    """A line with all its terms."""

    online_from: date | None = Field(description="First gas day that is kept online; null where all are.")
    terms: list[TermsTold]
    gas: list[AttributionTold]


class Lines(Listed):
    """Lines in the order of their ids."""

    rows: list[LineRow]


class ChromatographRow(Told):
    """A chromatograph."""

    id: str
    name: str


class Chromatographs(Listed):
    """Chromatographs in the order of their ids."""

    rows: list[ChromatographRow]


class AnalysisFinding(Told):
    """What a rule found in an analysis."""

    rule: str
    severity: str
    observed: float | None
    threshold: float | None


class AnalysisRow(Told):
    """An analysis; its gross calorific value, density and Wobbe index where they were sent."""

    start: HourStart
    composition_mol_percent: dict[str, Share] = Field(description=f"Of {', '.join(COMPONENTS)} those that were sent.")
    gcv_kwh_per_m3n: float | None
    density_kg_per_m3n: float | None
    wobbe_kwh_per_m3n: float | None
    revision: int
    known_at: Moment | None
    is_applied: bool = Field(description="False where a finding of severity F keeps it from being applied.")
    findings: list[AnalysisFinding]


class Analyses(Listed):
    """The analyses of a chromatograph in a period; all of them, at most a hundred gas days."""

    id: str
    from_: str = Field(alias="from")
    to: str
    rows: list[AnalysisRow]
