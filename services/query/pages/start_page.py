"""The start page: lines and nodes that match; lines with their month so far, and how old their last reading is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from services.query.asked.searched import searched
from services.query.measured.lines import lines
from services.query.measured.nodes import nodes
from services.query.pages.languages import Language
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.quantities import EnergyUnit, energy, volume_m3n
from shared.domain.rollup import fold_days
from shared.domain.view import ended_before
from shared.runtime.mongo import Database
from shared.store.lines import Selection
from shared.store.measurements import latest_hours

MOST_NODES = 12
"""Nodes shown with the first lines; a more exact search finds the others."""
SPARK_HEIGHT = 28.0
"""Pixels of the small chart of a month's gas days."""


@dataclass(frozen=True, slots=True)
class Spark:
    """A bar of the small chart: percent across, pixels down."""

    x: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class LineCard:
    """A line on the start page."""

    id: str
    name: str
    station: str
    station_name: str
    network: str
    volume: str | None
    energy: str | None
    sparks: list[Spark]
    seconds_since_last: int | None


@dataclass(frozen=True, slots=True)
class NodeCard:
    """A node on the start page, and where its page is."""

    id: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class StartPage:
    """Everything that the template of the start page shows."""

    words: str
    nodes: list[NodeCard]
    cards: list[LineCard]
    month: date
    last_id: str | None


async def start_page(
    database: Database, caller: Caller, selection: Selection, now: datetime, language: Language
) -> StartPage:
    """Read the lines that match, with the running gas month of each."""
    today = gas_time.gas_day(ended_before(now) - 1)
    typed, selection = selection.words, replace(selection, words=searched(selection.words))
    listed = await lines(database, caller, selection, today)
    days = {row["id"]: caller.rights.line(row["id"]) for row in listed.rows}
    latest = await latest_hours(database, days, gas_time.month_of(today))
    cards = []
    for row in listed.rows:
        slots, hour = latest[row["id"]]
        month = fold_days(slots)
        age = None if hour < 0 else int(now.timestamp()) - (hour + 1) * 3600
        volume = language.number(str(volume_m3n(int(month["volume"]))), 0) if month["hours_with_volume"] else None
        kwh = (
            language.number(str(energy(int(month["energy"]), EnergyUnit.KWH)), 0)
            if month["hours_with_energy"]
            else None
        )
        place = (row["id"], row["name"], row["station"], row["station_name"], row["network"])
        cards.append(LineCard(*place, volume, kwh, _sparks(slots), age))
    matching = [] if selection.after else await _nodes(database, caller, selection.words, today)
    return StartPage(typed, matching, cards, today, listed.last_id)


async def _nodes(database: Database, caller: Caller, words: str, today: date) -> list[NodeCard]:
    listed = await nodes(database, caller, Selection(MOST_NODES, words=words), today)
    return [NodeCard(row["id"], row["name"], f"/nodes/{quote(row['id'])}") for row in listed.rows]


def _sparks(slots: NDArray[np.void]) -> list[Spark]:
    volumes = np.abs(slots["volume"]).astype(np.float64)
    most, width = volumes.max(initial=0.0), 100 / max(len(volumes), 1)
    if not most:
        return []
    heights = volumes / most * SPARK_HEIGHT
    return [
        Spark(f"{place * width:.2f}%", f"{SPARK_HEIGHT - height:.1f}", f"{height:.1f}")
        for place, height in enumerate(heights.tolist())
        if height
    ]
